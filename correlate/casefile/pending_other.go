//go:build !linux

package casefile

import (
	"errors"
	"os"
)

// unnamed files are a matter of Linux; elsewhere a file beside is used.
func unnamed(string) (*os.File, error) { return nil, errors.ErrUnsupported }

func link(*os.File, string) error { return errors.ErrUnsupported }

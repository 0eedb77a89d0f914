//go:build !linux

package casefile

import (
	"errors"
	"os"
)

// unnamed files are a matter of Linux; elsewhere a file beside is used.
func unnamed(string) (*os.File, error) { return nil, errors.ErrUnsupported }

// runs is not known here: what may be another's stays.
func runs(int) bool { return true }

func link(*os.File, string) error { return errors.ErrUnsupported }

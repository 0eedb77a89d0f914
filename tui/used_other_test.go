//go:build !unix

package tui

import "time"

var started = time.Now()

// used is how long the process has run, where nothing tells what it computed.
func used() time.Duration { return time.Since(started) }

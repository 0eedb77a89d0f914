package tui

import (
	"os"

	"github.com/charmbracelet/x/term"
)

// IsTerminal says whether a file is a terminal: a screen can be drawn on it,
// and keys come from it. Other character devices, such as /dev/null, are none.
func IsTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }

// Package unasked keeps a library from asking the terminal for its colours whenever
// the program starts, whatever the verb: bubbletea does so in an init of its own
// (bubbletea v1.3, tea_init.go), writes a query to the terminal for it, and waits
// five seconds where none answers. No colour here hangs on the answer.
//
// Packages are initialised in the order of their paths as soon as what they import
// is (The Go Programming Language Specification, Package initialization): this one
// imports lipgloss alone and stands before bubbletea.
package unasked

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }

// Package tui is the screen: eight views of one case on one cursor, one
// selection and one set of filters. Moving in one view moves all.
//
// [Model] is a value over an immutable case. Update looks a key up in the one
// table of keys.go and calls a small function; what reads, writes, judges or
// searches is passed in as [Ports] and runs as a command, never in Update or
// View. Numbers come from package correlate, package chart makes cells of
// them, and each screen is a file that joins the two.
package tui

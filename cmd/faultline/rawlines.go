package main

import (
	"errors"
	"fmt"

	"faultline/cmd/mcp"
	"faultline/parse"
)

// rawLines reads some lines of a source again, as they stand there: of a file,
// of a member of an archive, of a bundled incident.
func (a *app) rawLines(in []parse.Input, path string, from, to int) (out []string, err error) {
	if in == nil {
		return nil, errors.New("a case holds the lines of its events, not those beside them: open the dump that it was made of")
	}
	err = walk(a.ctx, in, func(p string) bool { return p == path }, func(l mcp.Line) bool {
		if int(l.No) >= from {
			out = append(out, string(l.Text))
		}
		return int(l.No) < to
	})
	if err == nil && out == nil {
		err = fmt.Errorf("%s cannot be read again", path)
	}
	return out, err
}

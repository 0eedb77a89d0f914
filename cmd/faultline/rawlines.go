package main

import (
	"bufio"
	"errors"
	"fmt"

	"faultline/parse"
)

// rawLines reads some lines of a source again, as they stand there: of a file,
// of a member of an archive, of a bundled incident.
func (a *app) rawLines(in []parse.Input, path string, from, to int) (out []string, err error) {
	if in == nil {
		return nil, errors.New("a case holds the lines of its events, not those beside them: open the dump that it was made of")
	}
	err = fmt.Errorf("%s cannot be read again", path)
	take := func(one parse.Input) bool {
		if one.Path != path || one.Open == nil {
			return true
		}
		r, failed := one.Open()
		if err = failed; err != nil {
			return false
		}
		defer r.Close()
		lines := bufio.NewReaderSize(r, 256<<10)
		for no := 1; no <= to && a.ctx.Err() == nil; no++ {
			text, size, end := oneLine(lines)
			if no >= from && (size > 0 || end == nil) {
				out = append(out, string(text))
			}
			if end != nil {
				break
			}
		}
		return false
	}
	for _, one := range in {
		if one.Expand != nil {
			one.Expand(take)
		} else {
			take(one)
		}
		if out != nil {
			break
		}
	}
	return out, err
}

package tui

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/tui/chart"
)

// cast is a recording of the screen: each picture that differs from the one
// before, and when it came.
type cast struct {
	path   string
	frames []castFrame
	warned bool // that leaving drops it
}

// castFrame is one picture of a recording.
type castFrame struct {
	*chart.Block
	painted string // to know it again
	at      time.Time
	typing  bool // a command was being typed
}

// mostFrames is how many pictures a recording holds.
const mostFrames = 400

// A picture of a recording stands as long as it stood on the screen, within
// these bounds.
const (
	leastStands = 150 * time.Millisecond
	mostStands  = 4 * time.Second
)

// recorded adds the screen to the recording, if there is one and it changed.
func (m Model) recorded(now time.Time) Model {
	if m.cast == nil || len(m.cast.frames) >= mostFrames || m.w == 0 || m.c == nil {
		return m
	}
	b := m.frame()
	f := castFrame{b, b.String() + b.Styles(), now, m.prompt != nil}
	if n := len(m.cast.frames); n > 0 && m.cast.frames[n-1].painted == f.painted {
		return m
	}
	m.cast = &cast{m.cast.path, append(m.cast.frames[:len(m.cast.frames):len(m.cast.frames)], f), false}
	return m
}

// typedCast begins a recording, or ends it and writes it, to another path if one
// is given then.
func typedCast(m Model, path string) (Model, tea.Cmd) {
	switch {
	case m.ports.Shot == nil:
		return m.say("pictures cannot be saved here"), nil
	case m.cast == nil && path == "":
		return m.fail(fmt.Errorf(":cast needs a PATH such as cast.svg to begin")), nil
	case m.cast == nil:
		m.cast = &cast{path: path}
		return m.say("recording; :cast ends it and writes " + path), nil
	}
	if path == "" {
		path = m.cast.path
	}
	svg, n, err := m.cast.write(time.Now())
	if err != nil {
		return m.fail(err), nil
	}
	ports := m.ports
	return m, func() tea.Msg {
		if err := ports.Shot(path, svg); err != nil {
			return errMsg{fmt.Errorf("%w; :cast and another path keeps the recording", err)}
		}
		return castMsg(fmt.Sprintf("saved %s, %s", path, counted(n, "picture")))
	}
}

// castMsg says that a recording was written.
type castMsg string

// write makes the picture that moves: without the command that ended it, each
// size that the terminal had on a ground as large as the largest.
func (c *cast) write(end time.Time) (svg []byte, n int, err error) {
	all := slices.Clone(c.frames)
	for len(all) > 0 && all[len(all)-1].typing {
		end, all = all[len(all)-1].at, all[:len(all)-1]
	}
	if len(all) == 0 {
		return nil, 0, fmt.Errorf("nothing was recorded")
	}
	var frames []chart.Frame
	for i, f := range all {
		next := end
		if i+1 < len(all) {
			next = all[i+1].at
		}
		frames = append(frames, chart.Frame{Block: f.Block, Stands: min(max(next.Sub(f.at), leastStands), mostStands)})
	}
	var out bytes.Buffer
	err = chart.Cast(&out, frames, "faultline")
	return out.Bytes(), len(all), err
}

// optional says whether a command may be called without its argument.
func (v *verb) optional() bool { return strings.HasPrefix(v.args, "[") }

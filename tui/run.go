package tui

import (
	"context"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
)

// opened brings the case that was read, with its index.
type opened struct {
	c     *correlate.Case
	ports Ports
	all   *index
}

// Run shows the screen on a terminal, with keys from in or, if that is nil, from
// the terminal itself, until the user quits: at first how far
// open has come, then its case. The terminal is as it was afterwards, whatever
// happens. The error is open's, or the context's. Who quits before the case is
// there leaves open behind: it is for the caller to end it.
func Run(ctx context.Context, in io.Reader, out io.Writer, display Display, open func(tell func(Progress)) (*correlate.Case, Ports,
	error)) error {
	m := Model{display: display.ready(), cache: &lineCache{}, waiting: &wait{}}
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithAltScreen(), tea.WithOutput(out), tea.WithFPS(30)}
	if in != nil {
		options = append(options, tea.WithInput(in))
	}
	if display.Mouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	var p *tea.Program
	failed := make(chan error, 1)
	// As a command, so that the terminal is restored if it panics.
	m.begin = func() tea.Msg {
		c, ports, err := open(func(at Progress) { p.Send(at) })
		if err != nil {
			failed <- err
			return tea.QuitMsg{}
		}
		return opened{c, ports, newIndex(c, nil)}
	}
	p = tea.NewProgram(m, options...)
	_, err := p.Run()
	select {
	case err := <-failed:
		return err
	default:
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

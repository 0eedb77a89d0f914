package tui

import (
	"context"
	"fmt"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/tui/chart"
)

// Progress is how far the reading has come.
type Progress struct {
	Sources     int
	Bytes       int64
	Total       int64 // 0 when it is not known
	MBPerSecond float64
}

// opened brings the case that was read, with its index.
type opened struct {
	c     *correlate.Case
	ports Ports
	all   *index
}

// Run shows the screen on a terminal, with keys from in or, if that is nil, from
// the terminal itself, until the user quits: at first how far
// open has come, then its case. The terminal is as it was afterwards, whatever
// happens. The error is open's, or the context's.
func Run(ctx context.Context, in io.Reader, out io.Writer, look Look, open func(tell func(Progress)) (*correlate.Case, Ports, error)) error {
	m := Model{look: look.ready(), told: &told{}, waiting: &Progress{}}
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithAltScreen(), tea.WithOutput(out), tea.WithFPS(30)}
	if in != nil {
		options = append(options, tea.WithInput(in))
	}
	if look.Mouse {
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

// viewLoading shows how far the reading has come.
func (m *Model) viewLoading(b *chart.Block) {
	p := m.waiting
	if p == nil {
		return
	}
	y := b.H / 2
	b.Text(2, y-1, "reading", chart.Title)
	said := fmt.Sprintf("%s, %.0f MB", counted(p.Sources, "source"), float64(p.Bytes)/1e6)
	if p.MBPerSecond > 0 {
		said += fmt.Sprintf(", %.0f MB/s", p.MBPerSecond)
	}
	b.Clip(2, y, b.W-4, said, chart.Plain, m.look.glyphs.ASCII)
	if p.Total > 0 && b.W > 8 {
		w := b.W - 4
		done := chart.Column(float64(p.Bytes), 0, float64(p.Total), w)
		b.Fill(2, y+1, w, 1, m.look.glyphs.Base, chart.Dim)
		b.Fill(2, y+1, done, 1, m.look.glyphs.Bars[len(m.look.glyphs.Bars)-1], chart.Accent)
	}
	b.Text(1, b.H-1, "q quits", chart.Dim)
}

package tui

import (
	"context"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// What was not read, not understood or not explained is on the first screen with
// its counts, and enter opens it, down to the line.
func TestUnreadIsSaid(t *testing.T) {
	inputs := []parse.Input{
		bundle.Memory("odd.txt", []byte("hello\nworld\n")),
		bundle.Memory("dest.log", []byte("time=\"2025-06-25T10:02:11Z\" level=info msg=\"running version stable-2.14.8\"\n"+
			"time=\"2025-06-25T10:02:12Z\" level=error msg=\"something odd 7\"\ntime=\"2025-06-25T10:02:13Z\" level=error msg=\"something odd 8\"\n")),
	}
	text := bundle.NewText()
	captured, err := parse.Read(context.Background(), inputs, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &robot{t: t}
	r.m = New(correlate.Judge(correlate.NewIndex(captured), correlate.Options{}), Ports{
		Unexplained: func(c *correlate.Case) ([]report.Unexplained, int) { return report.UnexplainedLines(c, text) },
	}, Display{})
	r.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	r.expect("1 file not read", "1 kind of error lines unexplained: enter lists them")
	r.press("enter").expect("Not read", "odd.txt: not recognised", "Unexplained", "2×", "something odd #")
	r.press("G", "enter")
	if r.m.screen != lines {
		t.Errorf("enter on an unexplained line shows %s", r.m.screen)
	}
}

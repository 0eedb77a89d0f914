package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
	"faultline/parse"
)

// terminal collects what is sent to a terminal.
type terminal struct {
	sync.Mutex
	bytes.Buffer
}

func (b *terminal) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *terminal) text() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

// restored fails unless the terminal was left as it was found: the other
// screen gone, the cursor back.
func restored(t *testing.T, out string) {
	t.Helper()
	if !strings.Contains(out, "\x1b[?1049h") || strings.LastIndex(out, "\x1b[?1049l") < strings.LastIndex(out, "\x1b[?1049h") {
		t.Error("the alternate screen was not left")
	}
	if strings.LastIndex(out, "\x1b[?25h") < strings.LastIndex(out, "\x1b[?25l") {
		t.Error("the cursor stays hidden")
	}
}

func TestRunUntilQuit(t *testing.T) {
	c, _ := open(t, "day")
	in, keys := io.Pipe()
	var out terminal
	done := make(chan error)
	go func() {
		done <- Run(context.Background(), in, &out, Display{}, func(tell func(Progress)) (*correlate.Case, Ports, error) {
			tell(Progress{Sources: 1, Bytes: 1e6, Total: 2e6})
			return c, Ports{}, nil
		})
	}()
	go func() {
		for range 100 { // until the case is there, and then to quit
			io.WriteString(keys, "q")
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	restored(t, out.text())
}

func TestWhatFailsToOpenIsReported(t *testing.T) {
	want := errors.New("nothing could be read")
	in, _ := io.Pipe()
	var out terminal
	err := Run(context.Background(), in, &out, Display{}, func(func(Progress)) (*correlate.Case, Ports, error) { return nil, Ports{}, want })
	if !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
	restored(t, out.text())
}

func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	in, _ := io.Pipe()
	var out terminal
	err := Run(ctx, in, &out, Display{}, func(func(Progress)) (*correlate.Case, Ports, error) {
		stop()
		<-ctx.Done()
		return nil, Ports{}, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	restored(t, out.text())
}

// A panic, whether it comes while the case is opened or in a port, ends the
// program and gives the terminal back.
func TestTerminalIsRestoredAfterAPanic(t *testing.T) {
	c, _ := open(t, "day")
	for name, opening := range map[string]func(func(Progress)) (*correlate.Case, Ports, error){
		"opening": func(func(Progress)) (*correlate.Case, Ports, error) { panic("while opening") },
		"a port": func(func(Progress)) (*correlate.Case, Ports, error) {
			return c, Ports{Detail: func(*correlate.Case, correlate.Point) (parse.Detail, string, error) { panic("in a port") }}, nil
		},
	} {
		in, keys := io.Pipe()
		stop := make(chan bool)
		go func() {
			for {
				select {
				case <-stop:
					return
				default:
					io.WriteString(keys, "8")
					time.Sleep(20 * time.Millisecond)
				}
			}
		}()
		var out terminal
		err := Run(context.Background(), in, &out, Display{}, opening)
		close(stop)
		go io.Copy(io.Discard, in)
		if !errors.Is(err, tea.ErrProgramPanic) {
			t.Errorf("%s: got %v", name, err)
		}
		restored(t, out.text())
	}
}

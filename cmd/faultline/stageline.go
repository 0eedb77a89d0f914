package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// stageLine says on a terminal what is done behind the reading, from a second on: the
// clocks, periods and links of a large dump take as long as reading it.
type stageLine struct {
	mu    sync.Mutex
	to    io.Writer
	began time.Time // when the program was
	timer *time.Timer
	doing string // "" when nothing is to be said
	shown bool
}

// say takes what is done now.
func (l *stageLine) say(to io.Writer, doing string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Second-time.Since(l.began), l.show)
	}
	l.to, l.doing = to, doing
	if time.Since(l.began) >= time.Second {
		l.print()
	}
}

// show says what is done when a second has gone by.
func (l *stageLine) show() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.print()
}

func (l *stageLine) print() {
	if l.doing != "" {
		fmt.Fprintf(l.to, "\r%s…\x1b[K", l.doing)
		l.shown = true
	}
}

// clear takes the line away, before anything else is written. It comes back with what is
// done next.
func (l *stageLine) clear() {
	if l == nil {
		return // of a test without a terminal
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		fmt.Fprint(l.to, "\r\x1b[K")
	}
	l.doing, l.shown = "", false
}

package tui

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// A recording holds each picture once, without the command that ends it, and
// begins anew only when it was written.
func TestCast(t *testing.T) {
	r := newRobot(t, "day", 100, 30, Display{Colour: true})
	var svg []byte
	full := errors.New("there is no room")
	err := full
	r.m.ports.Shot = func(_ string, b []byte) error { svg = b; return err }
	r.press(":", `"cast`, "enter").expect("needs a PATH").press(":", `"cast a.svg`, "enter").expect("recording")
	if !strings.Contains(r.m.View(), " recording ") {
		t.Error("the screen does not say that it is recorded")
	}
	r.press("2", "3")
	n := len(r.m.cast.frames)
	if r.press("3", "3"); n < 3 || len(r.m.cast.frames) != n {
		t.Errorf("%d pictures, and then %d of the same", n, len(r.m.cast.frames))
	}
	r.press("4")
	r.press("q").expect("not written")
	if r.quit {
		t.Fatal("a recording is lost")
	}
	r.press(":", `"cast`, "enter").expect("no room")
	err = nil
	if r.press(":", `"cast b.svg`, "enter").expect("saved b.svg"); r.m.cast != nil {
		t.Error("still recording")
	}
	for _, want := range []string{"What precedes it", "all cycles", "@keyframes", "prefers-reduced-motion"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture does not hold %q", want)
		}
	}
	if strings.Contains(string(svg), ":cast b.svg") {
		t.Error("it shows the command that ends it")
	}
	for d := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

package tui

import (
	"io"
	"time"

	"faultline/tui/chart"
)

// Display is what the terminal can show and what the user likes.
type Display struct {
	// Colour and ASCII as the terminal has them; Plain is a terminal that has
	// neither colour nor bold (TERM=dumb).
	Colour, ASCII, Plain bool
	// Zone of the times shown; nil is UTC.
	Zone *time.Location
	// Mouse asks for the wheel; a terminal then selects text only with shift.
	Mouse bool
	// User is who sits before it: the name stands beside what they say of
	// clocks. "" for somebody.
	User string

	palette *chart.Palette
	glyphs  *chart.Glyphs
}

// ready fills in what follows from the rest.
func (l Display) ready() Display {
	l.palette = chart.NewPalette(io.Discard, l.Colour, l.Plain)
	l.glyphs = chart.Unicode
	if l.ASCII {
		l.glyphs = chart.ASCII
	}
	if l.Zone == nil {
		l.Zone = time.UTC
	}
	return l
}

// marker is one kind of thing that is drawn as a mark.
type marker struct {
	name       string
	one, many  rune
	ascii, asc rune // one and many without Unicode
	style      chart.Style
}

// The markers, the most telling first: where several fall into one cell, the
// first is drawn. Each has a shape of its own.
var markers = []marker{
	{"failure", '●', '◉', 'x', 'X', chart.Alarm},
	{"symptom", '▲', '▲', '^', '^', chart.Warn},
	{"stall", '◆', '◆', 's', 'S', chart.Note},
	{"probe", '○', '○', 'o', 'O', chart.Plain},
}

// The indices of markers.
const (
	failureMarker = iota
	symptomMarker
	stallMarker
	probeMarker
)

// mark is a marker as a chart wants it.
func (l *Display) mark(i int) chart.Mark {
	s := markers[i]
	if l.glyphs.ASCII {
		return chart.Mark{One: s.ascii, Many: s.asc, Style: s.style}
	}
	return chart.Mark{One: s.one, Many: s.many, Style: s.style}
}

// legend writes the markers from x on.
func (l *Display) legend(b *chart.Block, x, y int) int {
	for i, s := range markers {
		if x+2+len(s.name) > b.W {
			return x
		}
		k := l.mark(i)
		b.Put(x, y, k.One, k.Style)
		x = b.Text(x+2, y, s.name, chart.Dim) + 2
	}
	if x+14 < b.W {
		b.Put(x, y, l.glyphs.Hatch, chart.Unknown)
		x = b.Text(x+2, y, "not captured", chart.Dim) + 2
	}
	if x+12 < b.W {
		b.Put(x, y, l.glyphs.Grid, chart.Accent)
		x = b.Text(x+2, y, "tick", chart.Dim) + 2
	}
	if x+12 < b.W {
		b.Put(x, y, l.glyphs.Hidden, chart.Dim)
		x = b.Text(x+2, y, "filtered", chart.Dim) + 2
	}
	return x
}

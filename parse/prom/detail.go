package prom

import (
	"strconv"
	"time"

	"faultline/parse"
)

// detail shows the samples of a run of failed scrapes, or those on both sides
// of a hole, whose text begins within the first sample.
func detail(text []byte, d *parse.Detail) {
	hole := len(text) > 0 && text[0] != '['
	if hole {
		text = append([]byte{'['}, text...)
	}
	s := scan{b: text}
	var samples []sample
	for s.space(); s.i < len(s.b); s.space() {
		if p, ok := s.pair(); ok {
			samples = append(samples, p)
		}
		s.eat(',')
	}
	stamps := make([]stampText, len(samples))
	for i, p := range samples {
		stamps[i] = stampText{raw(text, p), p.at}
	}
	describe(d, text, stamps, hole)
}

// describe says what the samples of a text mean.
func describe(d *parse.Detail, text []byte, stamps []stampText, hole bool) {
	if len(stamps) == 0 {
		d.Message = string(text)
		return
	}
	first, last := stamps[0], stamps[len(stamps)-1]
	d.RawTime = string(first.text)
	switch {
	case hole && len(stamps) == 1:
		d.Message = "no sample for a while before " + stamp(first.at)
		return
	case hole:
		d.Message = "no sample between " + stamp(first.at) + " and " + stamp(last.at)
		return
	}
	d.Message = "the scrape failed (up is 0)"
	if len(stamps) > 1 {
		d.Message = strconv.Itoa(len(stamps)) + " scrapes in a row failed (up is 0)"
	}
	d.Set("samples", strconv.Itoa(len(stamps)))
	d.Set("first", stamp(first.at))
	d.Set("last", stamp(last.at))
}

// raw is the time of a sample as it was printed.
func raw(text []byte, p sample) []byte {
	s := scan{b: text, i: p.from + 1}
	return s.bare()
}

func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

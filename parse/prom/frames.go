package prom

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"faultline/parse"
)

// frame is a data frame of Grafana's: columns of values, and their names and
// labels apart from them (grafana-plugin-sdk-go data/frame_json.go; grafana
// packages/grafana-data/src/dataframe/DataFrameJSON.ts).
type frame struct {
	Schema struct {
		Name   string
		Fields []struct {
			Name, Type string
			Labels     map[string]string
			Config     struct{ DisplayNameFromDS string }
		}
	}
	Data struct{ Values []json.RawMessage }
}

// frameHead is how much of a document is looked at to see what it is.
const frameHead = 64 << 10

// holdsFrames says whether a document begins as one with frames of numbers over
// time does. Frames of logs have no numbers.
func holdsFrames(head []byte) bool {
	head = bytes.TrimLeft(head, "\ufeff \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' || !bytes.Contains(head, []byte(`"schema"`)) {
		return false
	}
	tight := bytes.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, head)
	return bytes.Contains(tight, []byte(`"schema":{`)) && bytes.Contains(tight, []byte(`"fields":[`)) &&
		bytes.Contains(tight, []byte(`"type":"time"`)) && bytes.Contains(tight, []byte(`"type":"number"`))
}

// deepestFrame is how deep frames stand: results, a query, its frames.
const deepestFrame = 6

// frames reads every frame of a document.
func frames(data []byte, k keeper) error {
	trimmed := bytes.TrimPrefix(data, []byte("\ufeff"))
	at, passed := len(data)-len(trimmed), 0
	d := json.NewDecoder(bytes.NewReader(trimmed))
	var root json.RawMessage
	if err := d.Decode(&root); err != nil {
		return errors.New("the frames of a panel were cut off")
	}
	at += int(d.InputOffset()) - len(root)
	within(root, at, deepestFrame, func(raw []byte, off int) bool {
		var f frame
		if json.Unmarshal(raw, &f) != nil || len(f.Schema.Fields) == 0 || len(f.Schema.Fields) != len(f.Data.Values) {
			return false
		}
		passed += f.read(data, raw, off, k)
		return true
	})
	if passed > 0 {
		k.b.Problem(0, "%d values of a panel are not numeric, and were passed over", passed)
	}
	k.end()
	return nil
}

// within shows the objects of a value, the outer ones first, and where they
// stand, until each takes one.
func within(raw []byte, off, deep int, each func(raw []byte, off int) bool) {
	if deep == 0 || len(raw) == 0 || raw[0] != '{' && raw[0] != '[' || raw[0] == '{' && each(raw, off) {
		return
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return
	}
	for d.More() {
		if raw[0] == '{' {
			if _, err := d.Token(); err != nil {
				return
			}
		}
		var inner json.RawMessage
		if d.Decode(&inner) != nil {
			return
		}
		within(inner, off+int(d.InputOffset())-len(inner), deep-1, each)
	}
}

// read puts the series of a frame into the batch, and counts what are no numbers.
func (f *frame) read(data, raw []byte, off int, k keeper) (passed int) {
	var stamps []sample
	for i, c := range f.Schema.Fields {
		if c.Type != "time" {
			continue
		}
		list := f.Data.Values[i]
		at := bytes.Index(raw, list)
		stamps = numbers(list, off+at)
		break
	}
	for i, c := range f.Schema.Fields {
		if c.Type != "number" || len(stamps) == 0 {
			continue
		}
		var samples []sample
		for j, v := range numbers(f.Data.Values[i], 0) {
			switch {
			case j >= len(stamps) || stamps[j].bad:
			case v.bad:
				passed++
			case v.value == v.value:
				samples = append(samples, sample{at: stamps[j].at, value: v.value, from: stamps[j].from, to: stamps[j].to})
			}
		}
		if len(samples) == 0 {
			continue
		}
		slices.SortStableFunc(samples, byTime)
		var labels []label
		for key, v := range c.Labels {
			labels = append(labels, label{key, v})
		}
		if c.Labels[nameLabel] == "" {
			labels = append(labels, f.called(c.Name, c.Config.DisplayNameFromDS))
		}
		text := drawnText(data)
		where, _ := text.run(&samples[0], &samples[len(samples)-1])
		k.file(where, k.series(labels, samples))
		k.events(text, labels, samples)
	}
	return passed
}

// called is what a column without a metric's name is called.
func (f *frame) called(name, display string) label {
	for _, n := range []string{display, name, f.Schema.Name} {
		if n != "" && n != "Value" {
			return label{"series", n}
		}
	}
	return label{"series", "Value"}
}

// numbers reads an array of numbers, as values and, in milliseconds, as times; a
// null is not a number.
func numbers(list []byte, off int) (out []sample) {
	for i := 1; i < len(list); {
		for i < len(list) && strings.IndexByte(" \t\r\n,]", list[i]) >= 0 {
			i++
		}
		from := i
		for i < len(list) && strings.IndexByte(" \t\r\n,]", list[i]) < 0 {
			i++
		}
		if i == from {
			break
		}
		word := list[from:i]
		s := sample{from: off + from, to: off + i}
		if string(word) == "null" {
			word = []byte("NaN")
		}
		v, ok := value(bytes.Trim(word, `"`))
		s.value, s.at, s.bad = v, int64(v)*1e6, !ok || v > 9e12 || v < -9e12
		out = append(out, s)
	}
	return out
}

// drawnText is the text in which the times of a panel stand.
type drawnText []byte

func (t drawnText) run(from, to *sample) (place, []byte) {
	first, end := min(from.from, to.from), max(from.to, to.to)
	return place{1 + uint32(bytes.Count(t[:first], []byte{'\n'})), int64(first), end - first}, t[first:end]
}

// hole begins with what separates the first time from what is before it.
func (t drawnText) hole(from, to *sample) (place, []byte) {
	before := *from
	before.from = max(0, before.from-1)
	return t.run(&before, to)
}

// drawnDetail shows the times of scrapes that failed, rows of a table or words
// of an array, or those on both sides of a hole.
func drawnDetail(text []byte, d *parse.Detail) {
	hole := len(text) > 0 && strings.IndexByte("\n[, ", text[0]) >= 0
	text = bytes.TrimLeft(text, "\r\n[, ")
	var stamps []stampText
	if bytes.ContainsAny(text, "\n;") || !bytes.ContainsAny(text[:min(len(text), 1)], "0123456789") || bytes.Contains(text, []byte{'T'}) {
		for _, row := range bytes.Split(text, []byte{'\n'}) {
			cell := bytes.Trim(row[:len(row)-len(bytes.TrimLeftFunc(row, func(r rune) bool { return r != ',' && r != ';' }))], `"`)
			if ns, ok := panelTime(string(cell)); ok {
				stamps = append(stamps, stampText{cell, ns})
			}
		}
	} else {
		for _, s := range numbers(append([]byte{'['}, text...), -1) {
			if !s.bad && s.value > 1e11 {
				stamps = append(stamps, stampText{text[s.from:s.to], s.at})
			}
		}
	}
	describe(d, text, stamps, hole)
}

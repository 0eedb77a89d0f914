package kubelet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// dribble gives a few bytes at a time, and then an error of its own.
type dribble struct {
	text string
	r    *rand.Rand
	err  error
}

func (d *dribble) Read(p []byte) (int, error) {
	if d.text == "" {
		return 0, d.err
	}
	n := copy(p, d.text[:min(len(d.text), 1+d.r.IntN(9))])
	d.text = d.text[n:]
	return n, nil
}

// byDecoder tells what [walk] is to hand out, by the decoder alone: of a list its
// items, of all else the whole.
func byDecoder(text string) (out []string, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	item := func() error {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		off := int(dec.InputOffset()) - len(raw)
		out = append(out, fmt.Sprint(off, 1+strings.Count(text[:off], "\n"), string(raw)))
		return nil
	}
	array := func() error {
		for dec.More() {
			if err := item(); err != nil {
				return err
			}
		}
		_, err := dec.Token()
		return err
	}
	token, err := dec.Token()
	if err == nil && token == json.Delim('[') {
		err = array()
	}
	if err != nil || token != json.Delim('{') {
		return out, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return out, err
		}
		if key != "items" {
			var skip json.RawMessage
			if err := dec.Decode(&skip); err != nil {
				return out, err
			}
			continue
		}
		token, err := dec.Token()
		switch {
		case err == nil && token == json.Delim('['):
			err = array()
		case err == nil && token == json.Delim('{'):
			err = errors.New("the items of a list are no array")
		}
		if err != nil {
			return out, err
		}
	}
	_, err = dec.Token()
	return out, err
}

// Items are those that the decoder finds, with their places, however the bytes come;
// and what is wrong is said as it says it.
func TestItemsAreTheDecoders(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	values := []string{`{}`, `{"a": "b]"}`, `"x\n"`, "{\n \"kind\": \"Event\",\n \"n\": [1, 2]}", `12`, `-0.5e3`, `null`, `[ [] ]`, `""`, strings.Repeat(" ", 70) + `{"long":"` + strings.Repeat("é", 90) + `"}`}
	for range 20_000 {
		var list []string
		for range r.IntN(5) {
			list = append(list, values[r.IntN(len(values))])
		}
		text := "[" + strings.Join(list, []string{",", " ,\n  ", ",\n\t"}[r.IntN(3)]) + []string{"]", "\n]", " ]"}[r.IntN(3)]
		if r.IntN(3) > 0 {
			text = `{"kind":"List", "items" : ` + text + []string{"}", `,"metadata":{}}`, ` , "items":[{"b":2}, 3] }`}[r.IntN(3)]
		}
		if b := []byte(text); r.IntN(2) == 0 { // a byte that does not belong, or an end that comes early
			b[r.IntN(len(b))] = `{}[]",:\0 x`[r.IntN(11)]
			text = string(b[:len(b)-r.IntN(2)*r.IntN(len(b))])
		}
		if !strings.HasPrefix(text, "[") && !strings.HasPrefix(text, `{"kind":"List", "items" : [`) {
			continue
		}
		var got []string
		err := walk(&dribble{text, r, io.EOF}, func(o object) {
			got = append(got, fmt.Sprint(o.off, o.line, string(o.raw)))
		}, func(string) {})
		want, why := byDecoder(text)
		said := func(err error) string {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return "the JSON ends in the middle"
			}
			return fmt.Sprint(err)
		}
		if why == nil { // of documents behind it the decoder was not asked
			why, got = err, got[:min(len(got), len(want))]
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || said(err) != said(why) {
			t.Fatalf("%s:\n%q %v, want\n%q %v", text, got, err, want, why)
		}
	}
}

// What ended the reading is said, also in the midst of a list.
func TestReadingItemsBreaks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, text := range []string{`[{"a":1}`, `[{"a":1},`, `{"items":[{"a":`, `{"items":[{"a":1}]`} {
		if err := walk(&dribble{text, r, io.ErrClosedPipe}, func(object) {}, func(string) {}); err != io.ErrClosedPipe {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A list of many objects takes no more memory than a few of them.
func TestItemsTakeLittleRoom(t *testing.T) {
	text := append([]byte(`[{"a":1}`), bytes.Repeat([]byte(`,{"kind":"Event","message":"what is said of it"}`), 100_000)...)
	most, n := 0, 0
	if err := walk(bytes.NewReader(append(text, ']')), func(o object) { n++; most = max(most, cap(o.raw)) }, func(string) {}); err != nil || n != 100_001 || most > 4*tapeRoom {
		t.Errorf("%d objects in %d bytes of room, %v", n, most, err)
	}
}

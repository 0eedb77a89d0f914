package parse_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	known "faultline/parse/formats"
)

// Where all lines are asked for, one that no format reads is there with its time,
// and is counted as not understood all the same. A level is understood, also that
// of the priority which syslog puts before a line.
func TestAnyLineWithATime(t *testing.T) {
	for text, want := range map[string]string{
		"<13>1 2025-11-03T09:14:02.331Z edge-1 steeple 71 - - the bell was rung":                                   "2025-11-03T09:14:02.331Z",
		"2025-11-03T09:14:02.331Z stdout F the bell was rung":                                                      "2025-11-03T09:14:02.331Z",
		`{"log":"the bell was rung\n","stream":"stdout","time":"2025-11-03T09:14:02.331Z"}`:                        "2025-11-03T09:14:02.331Z",
		`{"ts":"2025-11-03T09:14:02.331Z","msg":"the bell was rung"}`:                                              "2025-11-03T09:14:02.331Z",
		`10.0.0.7 >> [03/Nov/2025:09:14:02 +0000] >> bell, rung, 7`:                                                "2025-11-03T09:14:02Z",
		`bell=rung at=1762161242331 by=nobody time=1762161242331`:                                                  "2025-11-03T09:14:02.331Z",
		`{"@timestamp":"2025-11-03T09:14:02.331Z","message":"the bell was rung","kubernetes":{"pod_name":"bell"}}`: "2025-11-03T09:14:02.331Z",
		"the bell was rung": "",
	} {
		open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text + "\n")), nil }
		c, err := parse.Read(t.Context(), []parse.Input{{Path: "x", Open: open}}, known.All(), known.Wrappers(), parse.Options{Others: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range c.Streams {
			for _, e := range s.Events {
				got += time.Unix(0, int64(e.Time)-int64(e.Grain.Width())/2).UTC().Format(time.RFC3339Nano)
				if e.Kind != parse.LogOther {
					got += fmt.Sprint(" ", e.Kind)
				}
			}
		}
		n, unparsed := c.Sources[0].Counts, uint64(1)
		if strings.HasPrefix(text, "<13>") {
			unparsed = 0
		}
		if got != want || n.Unparsed != unparsed || n.Other != 1-unparsed {
			t.Errorf("%s: %q, want %q: %+v", text, got, want, n)
		}
	}
}

// What a program wrote as an object over several lines is read as the line that it
// would be.
func TestObjectsOverSeveralLines(t *testing.T) {
	const text = `{
  "client_ip": "198.51.100.7", "start_time": 1706880148123, "latency": 60000, "upstream_latency": 59999,
  "upstream": "10.1.0.9:80",
  "request": { "method": "GET", "uri": "/cart" },
  "response": {
    "status": 504
  }
}
{
  "client_ip": "198.51.100.7", "start_time": 1706880149123, "latency": 2, "upstream_latency": 1,
  "request": { "method": "GET", "uri": "/cart" },
  "response": { "status": 200 }
}
`
	for _, n := range []int{0, 1, 33} {
		in := input("x", []byte(text), n)
		c, err := parse.Read(t.Context(), []parse.Input{in}, known.All(), known.Wrappers(), parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Streams) != 1 || len(c.Streams[0].Events) != 1 || c.Streams[0].Events[0].Line != 1 || c.Streams[0].Events[0].Value != 504 ||
			c.Sources[0].Counts.Unparsed != 0 {
			t.Errorf("%d bytes at a time: %+v", n, c.Streams)
		}
	}
	const config = "{\n  \"listen\": \":80\",\n  \"status\": 504\n}\n"
	c, err := parse.Read(t.Context(), []parse.Input{input("x", []byte(config), 0)}, known.All(), known.Wrappers(), parse.Options{}, nil)
	if err != nil || c.Sources[0].Format != "" {
		t.Errorf("%v: a configuration is taken for %q", err, c.Sources[0].Format)
	}
}

// In a text that people wrote an object over several lines is read as the line of a log that
// it was, where it tells of something; else its lines are those of the text.
func TestObjectsInATicket(t *testing.T) {
	const object = "{\n  \"level\": \"error\",\n  \"ts\": \"2024-02-02T12:00:01.5Z\",\n  \"msg\": \"no flags\",\n  \"error\": \"dial tcp 10.0.0.9:80: connect: connection refused\"\n}"
	for _, x := range []struct {
		name, text string
		lines      []uint32 // at which events begin
	}{
		{"in a block", "It says:\n```json\n" + object + "\n```\nand stays so.\n", []uint32{3}},
		{"in a list of objects", "It says:\n" + object + ",\n" + object + "\n", []uint32{2, 8}},
		{"indented", "It says:\n\n    " + strings.ReplaceAll(object, "\n", "\n    ") + "\n\nand stays so.\n", []uint32{3}},
		{"without an end", "It says:\n```\n" + object[:len(object)-2] + "\n```\n", nil},
		{"what was set", "It is set so:\n```\n{\n  \"level\": \"error\",\n  \"listen\": \":80\"\n}\n```\n", nil},
		{"with words behind it", "It says:\n" + object + " or so\n", nil},
	} {
		c, err := parse.Read(t.Context(), []parse.Input{input("x.md", []byte(x.text), 0)}, known.All(), known.Wrappers(), parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		check(t, c)
		var at []uint32
		for _, s := range c.Streams {
			for _, e := range s.Events {
				if e.Len >= uint32(len(object)) {
					at = append(at, e.Line)
				}
			}
		}
		if fmt.Sprint(at) != fmt.Sprint(x.lines) {
			t.Errorf("%s: objects at lines %v, want %v", x.name, at, x.lines)
		}
	}
}

package given

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// Taken are files in which a collector says when it worked: must-gather's
// timestamp, sos' date.
var Taken = &parse.Format{
	Name: "taken",
	Role: parse.RoleAbout, Lane: parse.LaneOther,
	Origin: "oc adm must-gather (openshift/oc pkg/cli/admin/mustgather: timestamp), sos report (sos/report/plugins/date.py), date(1), support-bundle-kit (metadata.yaml), eck-diagnostics (manifest.json)",
	Doc: `When a bundle was taken, as its collector says in a file of its own.
2025-03-04 09:19:00.100200300 +0000 UTC m=+0.1
Tue Mar  4 09:20:00 UTC 2025`,
	Hints: zones(),
	Line:  taken,
}

// statedKeys are the keys under which a manifest says when its bundle was taken:
// support-bundle-kit's metadata.yaml (pkg/manager/types.go), eck-diagnostics'
// manifest.json (internal/archive/manifest.go).
var statedKeys = []string{"bundlecreatedat", "bundleCreatedAt", "collectionDate"}

// stated reads the time under such a key, in RFC 3339.
func stated(l *parse.Line, b *parse.Batch) bool {
	for _, key := range statedKeys {
		_, rest, ok := bytes.Cut(l.Text, []byte(key))
		if !ok {
			continue
		}
		rest = bytes.TrimLeft(rest, `": `)
		if st, n, full := lex.RFC3339(rest); full && st.Zoned {
			b.Fact(l, 0, parse.FactTaken, string(rest[:n]), parse.Time(st.Unix), time.Second)
			return true
		}
	}
	return false
}

// Lines that name the date of those behind them, which do not: the header of a
// file of klog (k8s.io/klog/v2 klog_file.go) and of journalctl (systemd
// src/journal/journalctl.c, "Logs begin" up to 247, "Journal begins" after it).
const (
	klogHeader = "Log file created at: "
	logsBegin  = "-- Logs begin at "
	journal    = "-- Journal begins at "
)

// zones are what each such line ends with, or has before the name of its zone.
func zones() []string {
	out := append([]string{" UTC", " GMT", klogHeader, logsBegin, journal}, statedKeys...)
	for hour := range 15 {
		out = append(out, fmt.Sprintf(" +%02d", hour), fmt.Sprintf(" -%02d", hour))
	}
	return out
}

// layouts are how Go's Time.String and date(1) print a time; a zone that is a
// name alone is believed only where it can be but one.
var layouts = []string{
	"2006-01-02 15:04:05.999999999 -0700 MST",
	"Mon Jan _2 15:04:05 UTC 2006",
	"Mon Jan _2 15:04:05 GMT 2006",
	"Mon Jan _2 03:04:05 PM UTC 2006",
	"Mon 02 Jan 2006 03:04:05 PM UTC",
	"Mon, 02 Jan 2006 15:04:05 -0700",
}

// taken reads a line that is nothing but a time.
func taken(l *parse.Line, b *parse.Batch) parse.Verdict {
	const longest = 160
	if stated(l, b) {
		return parse.Took
	}
	if len(l.Text) > longest {
		return parse.NotMine
	}
	if dated(l, b) {
		return parse.Other
	}
	text, _, _ := bytes.Cut(bytes.TrimSpace(l.Text), []byte(" m="))
	if len(text) < len("2006-") || text[len("2006")] != '-' && text[len("Mon")] != ' ' && text[len("Mon")] != ',' || bytes.Count(text, []byte{':'}) < 2 {
		return parse.NotMine // at a glance: a layout that fails costs more than most lines
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, string(text)); err == nil && at.Year() > 2000 {
			b.Fact(l, 0, parse.FactTaken, string(text), parse.Time(at.UnixNano()), time.Second)
			return parse.Took
		}
	}
	return parse.NotMine
}

// dated reads a header that names the date of the lines behind it, and the word
// for the zone that both are printed in.
func dated(l *parse.Line, b *parse.Batch) bool {
	text := string(bytes.TrimSpace(l.Text))
	if at, ok := strings.CutPrefix(text, klogHeader); ok {
		t, err := time.Parse("2006/01/02 15:04:05", at)
		if err != nil {
			return false
		}
		b.Fact(l, 0, parse.FactDated, "", parse.Time(t.UnixNano()), parse.NoZone)
		return true
	}
	rest, ok := strings.CutPrefix(text, logsBegin)
	if !ok {
		rest, ok = strings.CutPrefix(text, journal)
	}
	_, ends, found := strings.Cut(rest, ", end")
	_, ends, found2 := strings.Cut(ends, " at ")
	words := strings.Fields(strings.TrimSuffix(strings.TrimRight(ends, "- "), "."))
	if !ok || !found || !found2 || len(words) != 4 {
		return false
	}
	at, err := time.Parse("Mon 2006-01-02 15:04:05", strings.Join(words[:3], " "))
	if err != nil {
		return false
	}
	b.Fact(l, 0, parse.FactDated, words[3], parse.Time(at.UnixNano()), parse.NoZone)
	return true
}

package report_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/correlate/rules"
	"faultline/fixtures"
	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// example is a case whose report is looked at, with the code that it must have.
type example struct {
	name    string
	code    correlate.Code
	in      []parse.Input
	options correlate.Options
}

func file(name, text string) parse.Input { return bundle.Memory(name, []byte(text)) }

// ticket is one of those that the fixtures hold.
func ticket(t *testing.T, name string) parse.Input {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../fixtures/tickets", name))
	if err != nil {
		t.Fatal(err)
	}
	return file(name, string(text))
}

// world is a made-up cluster's dump of eight hours; without drops its files of a
// folder.
func world(t *testing.T, scenario string, hours float64, without string) (out []parse.Input) {
	t.Helper()
	files := synth.Memory{}
	k := synth.Default(scenario)
	k.Seed, k.Hours = 7, hours
	if _, err := synth.Generate(k, files); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if without == "" || !strings.Contains(name, without) {
			out = append(out, bundle.Memory(name, b))
		}
	}
	slices.SortFunc(out, func(a, b parse.Input) int { return strings.Compare(a.Path, b.Path) })
	return out
}

const (
	outbound = "[%12.6fs] %s ThreadId(01) outbound: "
	refused  = "[     9.000000s]  INFO ThreadId(01) inbound:server{port=8080}:rescue{client.addr=10.1.2.3:5000}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=error trying to connect: Connection refused (os error 111)\n"
	quiet    = "[     1.000000s]  INFO ThreadId(01) linkerd2_proxy: Local identity is default.shop.serviceaccount.identity.linkerd.cluster.local\n" +
		"[   601.000000s]  INFO ThreadId(01) linkerd2_proxy: Certified identity\n"
	synced = "time=\"2024-02-02T13:22:28Z\" level=info msg=\"caches synced\"\n"
)

// failfast is one request that fails fast after something was said before.
func failfast(before string, at float64) string {
	line := func(at float64, level, text string) string { return fmt.Sprintf(outbound+text+"\n", at, level) }
	s := ""
	if before != "" {
		s = line(at, " INFO", before)
	}
	return s + line(at+3, " WARN", "linkerd_stack::failfast: Service entering failfast after 3s") +
		line(at+3.001, " INFO", "linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service web.shop.svc.cluster.local:80: service in fail-fast")
}

const absent = "linkerd_proxy_api_resolve::resolve: No endpoints"

// local is the log of an ingress in a zone of its own, and how many requests
// Prometheus counted for each service: those to two of them never fail.
func local() []parse.Input {
	start := time.Date(2025, 5, 12, 14, 0, 0, 0, time.FixedZone("", 2*3600))
	var access, counted strings.Builder
	for s := 0; s < 2*3600; s += 30 {
		at, status, upstream := start.Add(time.Duration(s)*time.Second), 200, "10.1.0.9:80 11 0.020 200"
		if s%3600 >= 1800 && s%3600 < 1920 {
			status, upstream = 504, "10.1.0.9:80 0 60.001 504"
		}
		fmt.Fprintf(&access, "10.0.0.7 - - [%s] \"GET /cart HTTP/1.1\" %d 160 \"-\" \"curl/8.5.0\" 87 0.020 [shop-cart-80] [] %s %032x\n", at.Format("02/Jan/2006:15:04:05 -0700"), status, upstream, s)
	}
	for i, name := range []string{"web", "api"} {
		fmt.Fprintf(&counted, `%s{"metric":{"__name__":"response_total","direction":"outbound","dst_namespace":"shop","dst_service":%q,"status_code":"200"},"values":[[%d,"1"],[%d,"%d"]]}`,
			strings.Repeat(",", i), name, start.Unix(), start.Unix()+7200, 900-i)
	}
	return []parse.Input{file("ingress.log", access.String()),
		file("responses.json", `{"status":"success","data":{"resultType":"matrix","result":[`+counted.String()+`]}}`)}
}

// examples are the cases: every verdict, every signature, with and without a wall
// clock, one incident and many.
func examples(t *testing.T) []example {
	incident := func(name string) []parse.Input {
		in, _, err := fixtures.Inputs(name)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	many := ""
	for i := range 1000 {
		many += failfast(absent, float64(i*397%977)+float64(i)*1000)
	}
	return []example{
		{"resync", correlate.BeatMatchesResync, incident("day"), correlate.Options{}},
		{"other", correlate.OtherBeat, world(t, "unlinked", 8, ""), correlate.Options{}},
		{"cron", correlate.OtherBeat, world(t, "cron", 8, ""), correlate.Options{}},
		{"open", correlate.PeriodCauseOpen, world(t, "resync", 8, "destination"), correlate.Options{}},
		{"none", correlate.NoBeat, world(t, "office", 8, ""), correlate.Options{}},
		{"watch", correlate.NoBeat, world(t, "watch", 8, ""), correlate.Options{}},
		{"few", "", world(t, "resync", 1, ""), correlate.Options{}},
		{"ticket", correlate.Insufficient, incident("report"), correlate.Options{}},
		{"thousand", "", []parse.Input{file("a.log", many)}, correlate.Options{}},
		{"no-answer", "", []parse.Input{file("a.log", failfast("", 60)+failfast("", 400))}, correlate.Options{}},
		{"mixed", "", []parse.Input{file("a.log", failfast(absent, 60)+failfast("", 64))}, correlate.Options{}},
		{"unreachable", "", []parse.Input{file("a.log", strings.Replace(failfast("", 60), "service in fail-fast", "Connection refused (os error 111)", 1))}, correlate.Options{}},
		{"capture", correlate.Insufficient, incident("capture"), correlate.Options{}},
		{"diagnosed", correlate.Diagnosed, []parse.Input{ticket(t, "ingress-keepalive.md")}, correlate.Options{}},
		{"nothing", correlate.Insufficient, []parse.Input{file("passwd", "root:x:0:0:root:/root:/bin/sh\n")}, correlate.Options{}},
		{"not-captured", correlate.Insufficient, []parse.Input{file("destination.log", synced)}, correlate.Options{}},
		{"uncounted", "", []parse.Input{file("a.log", refused)}, correlate.Options{}},
		{"filtered", correlate.Insufficient, []parse.Input{file("a.log", refused)}, correlate.Options{Namespace: "nosuch"}},
		{"unread", correlate.Insufficient, []parse.Input{file("a.log", quiet), file("b.log", "web-7 answered 503 to everybody\n")}, correlate.Options{}},
		{"quiet", correlate.NoFailures, []parse.Input{file("a.log", quiet)}, correlate.Options{}},
		{"local", "", local(), correlate.Options{}},
		{"noted", correlate.NoFailures, []parse.Input{file("a.log", quiet),
			file("faultline.yaml", "notes: [the gateway was drained]\nmarks: [{at: 2024-02-02T13:22:28Z, text: first alert}]\n")}, correlate.Options{}},
	}
}

// concluded judges a case and lets the rules speak.
func (s *example) concluded(t *testing.T) (*correlate.Case, *bundle.Text) {
	t.Helper()
	text := bundle.NewText()
	t.Cleanup(text.Close)
	k, err := parse.Read(context.Background(), s.in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := correlate.Judge(correlate.NewIndex(k), s.options)
	rules.Conclude(c)
	return c, text
}

// private are the words that reports had of their own where the field has a
// term, and what no report says of a number.
var private = regexp.MustCompile(`(?i)\b(beats?\b|keeps? (a|none|no|the) (beat|period)|voices|heard|p = 0(?:[^.\d]|$)|\b1 of 1\b|%!|%d|<nil>|NaN)`)

// figures are numbers that need statistics to be read: p-values, decimals of
// seconds with an interval, exponents.
var figures = regexp.MustCompile(`\bp[ =]|\de[-+]?\d|\[\d|±|\d\.\d\d`)

// The first screen of every kind of case, in each form, is a golden file; its
// first 12 lines hold the headline, the three sentences and the next step.
func TestAnswers(t *testing.T) {
	for _, s := range examples(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			c, text := s.concluded(t)
			if s.code != "" && c.Verdict.Code != s.code {
				t.Errorf("%s, want %s: %s", c.Verdict.Code, s.code, c.Verdict.Sentence)
			}
			var all bytes.Buffer
			if err := report.WriteText(&all, c, text, report.Style{Command: "faultline", Verbose: true}); err != nil {
				t.Fatal(err)
			}
			plain, md, html := written(t, c, text)
			golden(t, s.name, inForms(plain, md, header(html)))
			firstScreen(t, c, plain)
			for form, whole := range map[string]string{"text": plain, "-v": all.String(), "md": md, "html": html} {
				speaksPlainly(t, form, withoutStyle(whole))
			}
		})
	}
}

// written is the report of a case in each form.
func written(t *testing.T, c *correlate.Case, text report.Text) (plain, md, html string) {
	t.Helper()
	var out [3]bytes.Buffer
	for _, err := range []error{report.WriteText(&out[0], c, text, report.Style{Command: "faultline"}),
		report.WriteMarkdown(&out[1], c, text, report.Style{}, ""), report.WriteHTML(&out[2], c, text, report.Style{}, "dev")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out[0].String(), out[1].String(), out[2].String()
}

// header is the head of a page of HTML, which is its first screen.
func header(html string) string {
	_, page, _ := strings.Cut(html, "<header")
	page, _, _ = strings.Cut(page, "<section")
	return "<header" + page
}

// speaksPlainly fails a text that has a private word.
func speaksPlainly(t *testing.T, where, s string) {
	t.Helper()
	if at := private.FindStringIndex(s); at != nil {
		t.Errorf("the %s says %q", where, s[max(0, at[0]-40):min(len(s), at[1]+40)])
	}
}

func withoutStyle(s string) string {
	before, rest, ok := strings.Cut(s, "<style>")
	if _, after, closed := strings.Cut(rest, "</style>"); ok && closed {
		return before + after
	}
	return s
}

func firstScreen(t *testing.T, c *correlate.Case, plain string) {
	t.Helper()
	lines := strings.Split(plain, "\n")
	a := report.Say(c, nil)
	first := strings.Join(strings.Fields(strings.Join(lines[:min(12, len(lines))], " ")), " ")
	for _, part := range append(a.Sentences(), "next "+a.Next, a.Headline) {
		if !strings.Contains(first, strings.Join(strings.Fields(part), " ")) {
			t.Errorf("the first 12 lines lack %q:\n%s", part, strings.Join(lines[:min(14, len(lines))], "\n"))
		}
	}
	if len(a.Sentences()) != 3 {
		t.Errorf("%d sentences: %q", len(a.Sentences()), a.Sentences())
	}
	for i, s := range append(a.Sentences(), a.Next) {
		if i == 0 && c.Verdict.Code == correlate.Diagnosed {
			continue // a diagnosis leads with its own sentence
		}
		if found := figures.FindString(s); found != "" && i < 3 {
			t.Errorf("a figure %q in %q", found, s)
		}
		if s == "" || !strings.HasSuffix(s, ".") && i < 3 {
			t.Errorf("no sentence: %q", s)
		}
	}
	if len(lines) > 61 {
		t.Errorf("%d lines", len(lines))
	}
}

// inForms puts the forms of a report into one golden file.
func inForms(plain, md, html string) (all string) {
	for _, form := range []struct{ name, text string }{{"text", plain}, {"md", md}, {"html", html}} {
		all += "==== " + form.name + "\n" + strings.TrimRight(form.text, "\n") + "\n"
	}
	return all
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != got {
		t.Errorf("%s differs from what is said (%v); UPDATE=1 go test ./correlate/report takes it", path, err)
	}
}

// A ticket is no longer than one may be, whatever is in the dump.
func TestTicketsFit(t *testing.T) {
	for _, s := range examples(t) {
		c, text := s.concluded(t)
		for i := range 300 { // far more than a dump gives
			c.Missing = append(c.Missing, fmt.Sprintf("%d %s", i, strings.Repeat("missing ", 60)))
		}
		for _, template := range report.Templates {
			for verbose, most := range map[bool]int{false: 20_000, true: 65_536} {
				var b bytes.Buffer
				if err := report.WriteMarkdown(&b, c, text, report.Style{Verbose: verbose}, template); err != nil {
					t.Fatal(err)
				}
				if n := utf8.RuneCountInString(b.String()); n > most {
					t.Errorf("%s, template %q, verbose %v: %d characters", s.name, template, verbose, n)
				}
				if !strings.Contains(b.String(), strings.Fields(report.Say(c, nil).Failed)[0]) {
					t.Errorf("%s, template %q: without the answer", s.name, template)
				}
			}
		}
	}
}

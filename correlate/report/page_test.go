package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"faultline/correlate"
	"faultline/correlate/report"
	"faultline/fixtures"
	"faultline/parse"
	"faultline/parse/bundle"
	"faultline/parse/formats"
)

// attack is a failure whose target, path and message try everything at once.
const attack = "[     1.000000s]  WARN ThreadId(01) outbound: linkerd_stack::failfast: Service entering failfast after 3s\n" +
	"[     1.000100s]  INFO ThreadId(01) outbound:rescue{client.addr=}: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=logical service <script>alert(1)</script>`@everyone|[x](http://evil.test/)\"onload=\"x.ns:80: service in fail-fast </style><img src=x onerror=y> ```` www.evil.test OPS-12 #3\n"

func hostile(t *testing.T) (*correlate.Case, *bundle.Text) {
	t.Helper()
	text := bundle.NewText()
	t.Cleanup(text.Close)
	in := []parse.Input{bundle.Memory("<b>\"'`|@x.log", []byte(attack))}
	c, err := parse.Read(context.Background(), in, formats.All(), formats.Wrappers(), parse.Options{Keeper: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := correlate.Judge(correlate.NewIndex(c), correlate.Options{})
	if len(k.Incidents) != 1 {
		t.Fatal("the attack was not read as an incident")
	}
	k.Findings = []correlate.Finding{{ID: "F1", Rule: "r", Severity: correlate.Critical, Title: "<i>title</i>", Detail: "@here", Query: "up{a=\"`\"}",
		Evidence: []correlate.Evidence{{Ref: k.Ref(k.Incidents[0].Proof[0])}}, Next: []string{"<u>"}}}
	return k, text
}

func page(t *testing.T, c *correlate.Case, text report.Text) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteHTML(&out, c, text, report.Style{}, "dev"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	name  = regexp.MustCompile(`^</?([a-zA-Z0-9!]+)`)
	attr  = regexp.MustCompile(`\s([a-zA-Z0-9:-]+)="[^"]*"`)
	known = " a article b body br circle code dd defs details div dl dt figure footer h1 h2 h3 head header html i li line main meta p path pattern pre rect section small span style summary svg table tbody td text thead th title tr ul !doctype "
	attrs = " href http-equiv content name charset lang class id viewBox role aria-label aria-hidden xmlns x y x1 y1 x2 y2 width height cx cy r text-anchor patternUnits patternTransform scope title open "
)

// Whatever a log says, the page is made of the page's own elements and
// attributes, loads nothing, and its policy allows nothing but its style.
func TestPageIsInert(t *testing.T) {
	c, text := hostile(t)
	for _, p := range []string{page(t, c, text), dayPage(t)} {
		body := p[strings.Index(p, "</style>")+8:]
		for _, e := range tag.FindAllString(p[:strings.Index(p, "<style>")]+body, -1) {
			if m := name.FindStringSubmatch(e); m == nil || !strings.Contains(known, " "+strings.ToLower(m[1])+" ") {
				t.Errorf("an element of its own: %s", e)
			}
			rest := attr.ReplaceAllStringFunc(e, func(a string) string {
				if k := attr.FindStringSubmatch(a)[1]; !strings.Contains(attrs, " "+k+" ") {
					t.Errorf("an attribute of its own: %s in %s", k, e)
				}
				return ""
			})
			if strings.ContainsAny(rest, `"'`) {
				t.Errorf("quotes left in %s", e)
			}
		}
		if strings.Count(p, "<style>") != 1 || strings.Contains(p, "src=\"") || strings.Contains(strings.ReplaceAll(p, `<a href="#I`, ""), "href=") || strings.Contains(p, "@import") {
			t.Error("the page loads something")
		}
		if !strings.Contains(p, `content="default-src 'none'; style-src 'sha256-`) {
			t.Error("the page has no policy")
		}
	}
	if p := page(t, c, text); !strings.Contains(p, "&lt;script&gt;alert(1)") || !strings.Contains(p, "&lt;i&gt;title") {
		t.Error("the attack is not shown as text")
	}
}

func dayPage(t *testing.T) string {
	c, text := open(t, "day")
	p := page(t, c, text)
	if n := len(p); n > 400e3 {
		t.Errorf("the page of a day has %d bytes", n)
	}
	if q := page(t, c, text); q != p {
		t.Error("the page differs from itself")
	}
	for _, part := range []string{"Every ten minutes, with the informer resync", "47 incidents", "the tick", "url(#no-proxy)", "prefers-color-scheme: dark", "@media print"} {
		if !strings.Contains(p, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	return p
}

// What stands in the text report's sentences stands in the page and the
// ticket too.
func TestPagesSayTheSame(t *testing.T) {
	for _, i := range fixtures.Incidents() {
		c, text := open(t, i.Name)
		var md bytes.Buffer
		if err := report.WriteMarkdown(&md, c, text, report.Style{}, ""); err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer("\\", "", "`", "").Replace(md.String())
		a := report.Say(c, nil)
		if !strings.Contains(plain, strings.Join(a.Sentences(), "\n\n")) || !strings.Contains(plain, "**Next:** "+a.Next) {
			t.Errorf("%s: the ticket lacks the verdict:\n%s", i.Name, plain)
		}
		for _, l := range c.Limits {
			if !strings.Contains(plain, l) {
				t.Errorf("%s: the ticket lacks: %s", i.Name, l)
			}
		}
		if strings.Contains(page(t, c, text), "NaN") {
			t.Errorf("%s: the page draws NaN", i.Name)
		}
	}
}

// In a ticket, nothing of a log formats, links or mentions.
func TestMarkdownIsInert(t *testing.T) {
	c, text := hostile(t)
	for _, template := range report.Templates {
		var out bytes.Buffer
		if err := report.WriteMarkdown(&out, c, text, report.Style{}, template); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x00\x1b") {
			t.Error("control characters")
		}
		bare := outsideCode(out.String())
		for _, bad := range []string{"<script", "<img", "</style", "@everyone", "@here", "](", "www.", "http:", "<i>", "<u>"} {
			if strings.Contains(bare, bad) {
				t.Errorf("%q: %q stands outside of code:\n%s", template, bad, out.String())
			}
		}
	}
}

// outsideCode drops code spans and blocks, by CommonMark's rule that code ends
// at a run of as many backticks as began it.
func outsideCode(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '\\' && i+1 < len(s) {
			out.WriteByte(s[i+1] ^ 0x80) // escaped: it acts no more
			i += 2
			continue
		}
		if s[i] != '`' {
			out.WriteByte(s[i])
			i++
			continue
		}
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		fence, end := s[i:i+n], -1
		for j := i + n; j < len(s); j++ {
			if s[j] == '`' {
				m := len(s[j:]) - len(strings.TrimLeft(s[j:], "`"))
				if m == n {
					end = j + n
					break
				}
				j += m - 1
			}
		}
		if end < 0 {
			out.WriteString(fence)
			i += n
			continue
		}
		i = end
	}
	return out.String()
}

// The headings are those of linkerd2's form, in its order.
func TestLinkerdTemplate(t *testing.T) {
	c, text := open(t, "day")
	var out bytes.Buffer
	if err := report.WriteMarkdown(&out, c, text, report.Style{}, "linkerd"); err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, h := range []string{"What is the issue?", "How can it be reproduced?", "Logs, error output, etc", "output of `linkerd check`", "Environment", "Possible solution", "Additional context"} {
		i := strings.Index(out.String()[at:], "\n### "+h+"\n")
		if h == "What is the issue?" {
			i = strings.Index(out.String(), "### "+h+"\n")
		}
		if i < 0 {
			t.Fatalf("no heading %q", h)
		}
		at += i
	}
	if !strings.Contains(out.String(), "- Linkerd version, destination: stable-2.14.8") {
		t.Errorf("the environment lacks the version:\n%s", out.String())
	}
}

// Timesketch asks for three fields, and gets no event without a time.
func TestTimesketch(t *testing.T) {
	c, text := open(t, "report")
	var out bytes.Buffer
	left, err := report.WriteTimesketch(&out, c, text, report.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if left == 0 || left+len(lines) != c.Total {
		t.Errorf("%d lines, %d left out, of %d", len(lines), left, c.Total)
	}
	for _, l := range lines {
		var e struct {
			Message, Datetime string
			Timestamp         int64
			Desc              string `json:"timestamp_desc"`
		}
		if err := json.Unmarshal([]byte(l), &e); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339Nano, e.Datetime)
		if err != nil || e.Message == "" || e.Desc == "" || at.UnixMicro() != e.Timestamp {
			t.Errorf("%s: %v", l, err)
		}
	}
}

func TestComparisonForATicket(t *testing.T) {
	c, _ := open(t, "day")
	var out bytes.Buffer
	if err := report.WriteComparisonMarkdown(&out, correlate.Compare(c, c)); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"| Incidents | 59 in ", "| no change shown |", "### What this cannot show"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %q in\n%s", part, out.String())
		}
	}
}

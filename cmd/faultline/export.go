package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/redact"
	"faultline/correlate/report"
)

// exporting are the flags of export.
type exporting struct {
	out, size, key, keep string
	sign                 string
	redact               bool
	drawn                []byte // the key, once it was read or drawn

	leaky func(casefile.Rewriter) casefile.Rewriter // leaves originals, in tests
}

func (a *app) exportCmd() *cobra.Command {
	var e exporting
	c := &cobra.Command{Use: "export PATH… -o case.zip", Short: "a case for a ticket: one file that anybody can open and check",
		Long: "Writes a case: tables, report and every line behind them in one zip, or in a folder if -o ends in a slash. What was\nthere before is replaced only when the new case is complete.",
		RunE: func(_ *cobra.Command, args []string) error { return a.export(args, &e) }}
	f := c.Flags()
	f.StringVarP(&e.out, "output", "o", "case.zip", "`path` of the case; with a slash at its end, a folder")
	f.StringVar(&e.size, "max-size", "", "leave out the text of lines far from every incident to stay within this `size` (24MiB)")
	f.BoolVar(&e.redact, "redact", false, "replace names and addresses by pseudonyms, take out secrets, and prove it")
	f.StringVar(&e.key, "redact-key", "", "a `file` of random bytes: the same key gives the same pseudonyms in another case")
	f.StringVar(&e.keep, "redact-map", "", "a `file` for the originals of the pseudonyms; it is never part of the case")
	f.StringVar(&e.sign, "sign", "", "sign the case with this Ed25519 private key of OpenSSH (`file`); verify --signer checks it")
	return c
}

func (a *app) export(args []string, e *exporting) error {
	most, err := byteSize("--max-size", e.size, "24MiB")
	if err != nil {
		return err
	}
	if (e.key != "" || e.keep != "") && !e.redact {
		return misuse("--redact --redact-key key", "--redact-key and --redact-map are for --redact")
	}
	if err := a.mayExport(args, e); err != nil {
		return err
	}
	c, err := a.load(args)
	if err != nil {
		return err
	}
	defer c.text.Close()
	o := casefile.Options{Version: version, Arguments: append([]string{"export"}, args...), Judged: c.given, MaxBytes: most}
	if e.sign != "" {
		if o.Signer, err = casefile.ReadSigner(e.sign); err != nil {
			return misuse("ssh-keygen -t ed25519 -N '' -f key", "--sign: %w", err)
		}
	}
	if c.file != nil {
		o.Origin = c.file.Manifest
	}
	judged, text := c.Case, casefile.Excerpts(c.text)
	notice := a.holds
	if e.redact {
		r, err := a.redacted(c, e, &o)
		if err != nil {
			return err
		}
		judged, text, notice = r.Case, r.text, nil
	} else {
		o.Documents = documents(judged, text, a.redactionOf(c))
	}
	defer debug.SetGCPercent(debug.SetGCPercent(slack()))
	a.stage("writing")
	m, err := casefile.Write(a.ctx, e.out, judged, text, o)
	a.status.clear()
	if err != nil {
		return err
	}
	complete.Store(true)
	if notice != nil && m.Redaction == "none" {
		notice(c)
	}
	a.wrote(e.out, m)
	return nil
}

// slack is how much garbage the collector may let lie while a case is written,
// in percent of what is in use: some 64 MB. By itself it waits for as much as
// the capture, and each line that is written is garbage at once.
func slack() int {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(min(100, max(5, 100*(64<<20)/max(m.HeapAlloc, 1))))
}

// wrote says what came of it.
func (a *app) wrote(path string, m *casefile.Manifest) {
	var bytes int64
	for _, e := range m.Entries {
		bytes += e.Bytes
	}
	a.say("%s: %.1f MB; %s verify %s says whether it is sound", path, float64(bytes)/1e6, a.name, path)
	if m.Omitted != nil {
		a.say("%s", m.Omitted.Sentence())
	}
	const github = 25 << 20
	if bytes > github {
		a.say("GitHub takes files of up to 25 MB: --max-size 24MiB leaves out the text of lines far from every incident")
	}
}

// say tells on stderr what nobody needs to be warned of.
func (a *app) say(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintf(a.stderr, "%s\n", report.Clean(fmt.Sprintf(format, args...)))
	}
}

// byteSize reads the size that a flag gives, such as 24MiB or 25MB; "" is no limit.
// example is a size that the flag takes.
func byteSize(flag, s, example string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	digits := strings.TrimRight(s, "KMGTiBkb")
	units := map[string]float64{"": 1, "B": 1, "k": 1e3, "kB": 1e3, "KB": 1e3, "MB": 1e6, "M": 1e6, "GB": 1e9, "G": 1e9,
		"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
	unit, known := units[s[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !known || n <= 0 || n*unit > 1<<50 {
		return 0, misuse(flag+" "+example, "%s %s: not a size", flag, s)
	}
	return int64(n * unit), nil
}

// documents are what people read of a case, from the same sentences as the
// report on the terminal. redaction is the redaction-report.
func documents(c *correlate.Case, text report.Text, redaction func() ([]byte, error)) []casefile.Document {
	style := report.Style{Command: "faultline"}
	return []casefile.Document{
		{Name: "summary.md", Write: func(w io.Writer, m *casefile.Manifest) error {
			if m.Omitted != nil {
				if _, err := fmt.Fprintf(w, "> %s\n\n", m.Omitted.Sentence()); err != nil {
					return err
				}
			}
			return report.WriteMarkdown(w, c, text, style, "")
		}},
		{Name: "report.html", Write: func(w io.Writer, _ *casefile.Manifest) error {
			out := newBuffer(w)
			if err := report.WriteHTML(out, c, text, style, version); err != nil {
				return err
			}
			return out.Flush()
		}},
		{Name: "evidence.log", Write: func(w io.Writer, _ *casefile.Manifest) error { return report.WriteEvidence(w, c, text) }},
		{Name: redactionName, Last: true, Write: func(w io.Writer, _ *casefile.Manifest) error {
			data, err := redaction()
			if err == nil {
				_, err = w.Write(data)
			}
			return err
		}},
	}
}

const redactionName = "redaction-report.json"

// redactionOf is what stands in a case that is not redacted now: what it
// said when it was opened, or that nothing was replaced.
func (a *app) redactionOf(c *loaded) func() ([]byte, error) {
	if c.file != nil {
		if had, err := c.file.Document(redactionName); err == nil {
			return func() ([]byte, error) { return had, nil }
		}
	}
	return notRedacted.text
}

// holds says what a case that is not redacted gives away, by the names that
// reading it told: to look through every line for more would cost as much again
// as all the rest.
func (a *app) holds(c *loaded) {
	if a.flags.quiet {
		return
	}
	counts, _ := redact.New([]byte("count"), c.Capture).Counts()
	var said []string
	for _, class := range []redact.Class{redact.Namespace, redact.Service, redact.Pod, redact.Node, redact.Host, redact.IPv4,
		redact.IPv6, redact.Mail, redact.Secret} {
		if n := counts[class.String()]; n > 0 {
			said = append(said, counted(n, plurals[class]))
		}
	}
	if len(said) > 0 {
		a.warn("the case holds, as they are: %s. --redact replaces them by pseudonyms", strings.Join(said, ", "))
	}
}

// counted is a number with its noun, which is given in the plural.
func counted(n int, nouns string) string {
	switch {
	case n == 1 && strings.HasSuffix(nouns, "sses"):
		nouns = strings.TrimSuffix(nouns, "es")
	case n == 1:
		nouns = strings.TrimSuffix(nouns, "s")
	}
	return fmt.Sprintf("%d %s", n, nouns)
}

var plurals = map[redact.Class]string{redact.Namespace: "namespaces", redact.Service: "services", redact.Pod: "pods", redact.Node: "nodes",
	redact.Host: "host names", redact.IPv4: "IPv4 addresses", redact.IPv6: "IPv6 addresses", redact.Mail: "e-mail addresses", redact.Secret: "secrets"}

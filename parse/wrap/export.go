package wrap

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// GKE is Cloud Logging as text: "INFO 2024-02-02T13:22:28.553Z
// [resource.labels.podName: x] text" as the Logs Explorer copies it, and
// "2021-01-26 22:52:13.245 EET text" as the older viewer did. The severity is
// the agent's guess, and of no use.
var GKE = &parse.Wrapper{
	Name: "gke",
	Doc:  "Cloud Logging (Stackdriver) as text",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		rest := line
		if word, after, ok := bytes.Cut(line, []byte{' '}); ok && severities[string(word)] {
			rest = after
		} else if len(line) < 20 || line[10] != ' ' {
			return line, false
		}
		w, n, ok := iso(rest)
		if !ok || n >= len(rest) || rest[n] != ' ' {
			return line, false
		}
		if len(rest) == len(line) && !w.zoned { // letters that are no zone we know
			if n += 1 + upper(rest[n+1:]); n >= len(rest) || rest[n] != ' ' || rest[n-1] == ' ' {
				return line, false
			}
		}
		o := *p
		rest = rest[n+1:]
		for bytes.HasPrefix(rest, []byte("[resource.labels.")) {
			label, after, ok := bytes.Cut(rest[1:], []byte{']'})
			key, value, colon := bytes.Cut(label, []byte(": "))
			if !ok || !colon {
				break
			}
			owner(&o, bytes.TrimPrefix(key, []byte("resource.labels.")), value)
			rest = bytes.TrimPrefix(after, []byte{' '})
		}
		*p = o
		w.set(p)
		return rest, true
	},
}

// severities of Cloud Logging (LogSeverity).
var severities = map[string]bool{"DEFAULT": true, "DEBUG": true, "INFO": true, "NOTICE": true, "WARNING": true,
	"ERROR": true, "CRITICAL": true, "ALERT": true, "EMERGENCY": true}

// upper counts the letters of a zone at the beginning of b.
func upper(b []byte) (n int) {
	for n < len(b) && n < 5 && b[n] >= 'A' && b[n] <= 'Z' {
		n++
	}
	return n
}

// CloudWatch is an export of CloudWatch Logs: milliseconds, the same as ISO
// time, and the text, with tabs between, newest first (linkerd/linkerd2#14298).
var CloudWatch = &parse.Wrapper{
	Name: "cloudwatch",
	Doc:  "CloudWatch: milliseconds, ISO time, text, with tabs",
	Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
		w, n, ok := epoch(line)
		if !ok || n >= len(line) || line[n] != '\t' {
			return line, false
		}
		_, m, ok := iso(line[n+1:])
		if m += n + 1; !ok || m >= len(line) || line[m] != '\t' {
			return line, false
		}
		w.set(p)
		return unwrapQuotes(line[m+1:]), true
	},
}

// Kibana is a table of Kibana: "Oct 12, 2022 @ 04:16:35.751", a tab, the text.
var Kibana = &parse.Wrapper{Name: "kibana", Doc: "Kibana: local time, tab, text", Strip: tabbed(kibana)}

// Portal is a table of Azure's and other portals: a date as people write it,
// tabs, the text, with quotes doubled as in CSV (Azure/aad-pod-identity#1229).
var Portal = &parse.Wrapper{Name: "portal", Doc: "Azure and spreadsheets: local date and time, tabs, text", Strip: tabbed(slashed)}

// Tabbed is a stamp, a tab and the text, as Grafana downloads logs, and as
// tables are pasted: "2025-06-15 13:49:18.994\t [435.152893s] DEBUG …". A table
// of Markdown or of a database's client has bars: "| 2025-06-15 13:49:18 | text |".
var Tabbed = &parse.Wrapper{Name: "tabbed", Doc: "Grafana and tables: time, tab or bar, text", Strip: tabbed(func(b []byte) (when, int, bool) {
	if w, n, ok := iso(b); ok {
		return w, n, ok
	}
	return epoch(b)
})}

// Datadog is what is copied from its log explorer: a local time without a year, the
// service, the text, with tabs (linkerd/linkerd2#10406).
var Datadog = &parse.Wrapper{Name: "datadog", Doc: "Datadog: local time without a year, service, text, with tabs", Strip: func(line []byte, p *parse.Prefix) ([]byte, bool) {
	w, n, ok := yearless(line)
	if !ok {
		return line, false
	}
	rest := bytes.TrimLeft(line[n:], " ")
	if len(rest) < 2 || rest[0] != '\t' {
		return line, false
	}
	service, rest, ok := bytes.Cut(rest[1:], []byte{'\t'})
	if service = bytes.Trim(service, " "); !ok || len(service) == 0 || bytes.IndexByte(service, ' ') >= 0 {
		return line, false
	}
	since, _ := lex.SinceYear(w.at)
	p.Since, p.HasSince, p.Grain = parse.Time(since+w.width/2), true, parse.GrainOf(w.width)
	p.Container = service
	return bytes.TrimLeft(rest, " "), true
}}

// tabbed strips a time and the tabs behind it.
func tabbed(read func([]byte) (when, int, bool)) func([]byte, *parse.Prefix) ([]byte, bool) {
	return func(line []byte, p *parse.Prefix) ([]byte, bool) {
		bare := bytes.TrimLeft(line, " |")
		w, n, ok := read(bare)
		if !ok {
			return line, false
		}
		end := n
		for end < len(bare) && (bare[end] == ' ' || bare[end] == '\t' || bare[end] == '|') {
			end++
		}
		if !bytes.ContainsAny(bare[n:end], "\t|") {
			return line, false
		}
		if len(bare) < len(line) && bytes.IndexByte(line[:len(line)-len(bare)], '|') >= 0 {
			bare = bytes.TrimRight(bare, " |")
		}
		w.set(p)
		return unwrapQuotes(bare[min(end, len(bare)):]), true
	}
}

// unwrapQuotes undoes the doubled quotes that a table took over from CSV. Where
// nothing stands behind two quotes they are an empty value of the line's own,
// such as grpc.message="".
func unwrapQuotes(b []byte) []byte {
	if len(b) > 0 && b[0] == '"' {
		return b // a column of its own
	}
	for i := 0; ; {
		k := bytes.Index(b[i:], []byte(`""`))
		if k < 0 {
			return b
		}
		i += k + 2
		if i < len(b) && (b[i]|0x20 >= 'a' && b[i]|0x20 <= 'z' || b[i]-'0' <= 9 || b[i] == '"') {
			return bytes.ReplaceAll(b, []byte(`""`), []byte{'"'})
		}
	}
}

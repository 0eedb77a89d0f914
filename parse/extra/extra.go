// Package extra reads what lies in bundles beside logs and objects of the API:
// Envoy's admin pages, the findings of istioctl analyze, the description of a
// Prometheus block; and it names what is known to hold nothing that is needed.
//
// None of it is dumped: a page of Envoy gives the few facts that explain a
// failed request, the limits and times that somebody set.
package extra

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// Formats are the formats of this package.
func Formats() []*parse.Format {
	return []*parse.Format{Hubble, Analyze, Istioctl, Clusters, config(), meta(), targetHealth(), diagnostics(), named()}
}

// page is a format that is read as one document.
func page(f parse.Format, sniff func(head []byte) bool, read func(r io.Reader, b *parse.Batch) error) *parse.Format {
	f.Role, f.Lane, f.SniffDocument, f.Document = parse.RoleAbout, parse.LaneOther, sniff, read
	return &f
}

// jsonKeys says whether a source begins as a JSON object that has all the keys.
func jsonKeys(head []byte, keys ...string) bool {
	head = bytes.TrimLeft(lex.TrimBOM(head), " \t\r\n")
	if len(head) == 0 || head[0] != '{' {
		return false
	}
	for _, k := range keys {
		if !bytes.Contains(head, []byte(`"`+k+`"`)) {
			return false
		}
	}
	return true
}

// object reads a document of at most so many bytes as one JSON object.
func object(r io.Reader, most int64, v any) (data []byte, err error) {
	if data, err = io.ReadAll(io.LimitReader(r, most)); err == nil {
		err = json.Unmarshal(data, v)
	}
	return data, err
}

// FactBlock is what a block of a Prometheus database says of itself.
const FactBlock = "prometheus_block"

// meta is the description of a block, which tells what it covers even where its
// index is damaged.
func meta() *parse.Format {
	return page(parse.Format{Name: "tsdb-meta",
		Doc:    "Description of a Prometheus block (meta.json): how many series and samples it holds, and of which time.\n" + `{"ulid":"01JNG3ZK2T8Q4M6V0X7Y5W9ABC","minTime":1741075200000,"maxTime":1741082400000,"stats":{"numSamples":240,"numSeries":2,"numChunks":2},"version":1}`,
		Origin: "Prometheus, Thanos, Mimir (prometheus tsdb/block.go)"},
		func(head []byte) bool { return jsonKeys(head, "ulid", "minTime", "maxTime") },
		func(r io.Reader, b *parse.Batch) error {
			var v struct {
				ULID             string
				MinTime, MaxTime int64
				Stats            struct{ NumSamples, NumSeries uint64 }
			}
			data, err := object(r, 1<<20, &v)
			if err != nil {
				return err
			}
			l := parse.Line{No: 1, Len: uint32(len(data))}
			b.Fact(&l, b.Names.AddString(v.ULID), FactBlock, strings.TrimSpace(string(data[:min(len(data), 400)])), parse.Time(v.MinTime*1e6), 0)
			return nil
		})
}

// unneeded are the beginnings of files that are recognised and not needed.
var unneeded = []string{"<!doctype html", "<html", "-----begin certificate-----", "-----begin public key-----", "\x7felf", "%pdf-"}

// named takes files that are known to hold nothing that is needed here.
func named() *parse.Format {
	return page(parse.Format{Name: parse.Unneeded, Unneeded: true,
		Doc:    "Files that are recognised and not needed: web pages of events, certificates, programs, pictures.\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
		Origin: "must-gather's event-filter.html, cilium sysdump's k8s-events.html, certificates beside configurations"},
		func(head []byte) bool {
			head = bytes.TrimLeft(lex.TrimBOM(head), " \t\r\n")
			start := strings.ToLower(string(head[:min(len(head), 32)]))
			for _, k := range unneeded {
				if strings.HasPrefix(start, k) {
					return true
				}
			}
			return false
		},
		func(r io.Reader, _ *parse.Batch) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
}

// Analyze are the findings of istioctl analyze, which have no time.
var Analyze = &parse.Format{
	Name: "istio-analyze", Role: parse.RoleAbout, Lane: parse.LaneOther,
	Origin: "istioctl analyze, and istioctl bug-report's analyze/ (istio pkg/config/analysis/diag/message.go)",
	Doc: `Findings of istioctl analyze: errors and warnings of a mesh's configuration.
Error [IST0101] (VirtualService shop/web) Referenced host not found: "gone"`,
	Needles: []string{"[IST"},
	Line:    finding,
	Detail: func(text []byte, d *parse.Detail) {
		level, rest, _ := strings.Cut(string(text), " ")
		code, rest, _ := strings.Cut(rest, " ")
		d.Message = rest
		d.Set("level", strings.ToLower(level))
		d.Set("code", strings.Trim(code, "[]"))
	},
}

// finding reads "Warning [IST0118] (Service shop/web) text".
func finding(l *parse.Line, b *parse.Batch) parse.Verdict {
	level, rest, _ := bytes.Cut(l.Text, []byte{' '})
	severity := map[string]parse.Severity{"Error": parse.Error, "Warning": parse.Warn, "Info": parse.Info}[string(level)]
	if severity == parse.SeverityNone || !bytes.HasPrefix(rest, []byte("[IST")) {
		return parse.NotMine
	}
	code, rest, ok := bytes.Cut(rest[1:], []byte("] ("))
	object, _, ok2 := bytes.Cut(rest, []byte(") "))
	if !ok || !ok2 {
		return parse.NotMine
	}
	if severity == parse.Info {
		return parse.Other
	}
	kind, name, _ := bytes.Cut(object, []byte{' '})
	namespace, of, scoped := strings.Cut(string(name), "/")
	if !scoped {
		namespace, of = "", string(name)
	}
	of, _, _ = strings.Cut(of, " ")
	b.Add(parse.Event{Kind: parse.CheckFailed, Severity: severity, Fact: b.Names.Add(code),
		Target: b.Names.AddString(namespace + "/" + strings.ToLower(string(kind)) + "/" + of)})
	return parse.Took
}

package extra

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"faultline/parse"
)

// Facts that Envoy's admin pages state. Their subject is the cluster or the
// route as the page names it.
const (
	// FactHost is a host that Envoy does not send to, or that failed: its
	// address, its health flags and what it counted.
	FactHost = "envoy_host"
	// FactKnob is a limit, a timeout or a retry that somebody set: "timeout 15s".
	FactKnob = "envoy_knob"
)

// maxFacts is how many facts of one page are kept.
const maxFacts = 500

// Clusters is Envoy's admin page of clusters: hosts with their health, and the
// limits of circuit breakers that are not the default's.
var Clusters = &parse.Format{
	Name: "envoy-clusters", Role: parse.RoleAbout, Lane: parse.LaneOther,
	Origin: "Envoy's admin page /clusters (envoy source/server/admin/clusters_handler.cc), in istioctl bug-report's proxies/",
	Doc: `Envoy's admin page of clusters: hosts that it does not send to, or that failed requests.
outbound|80||web.shop.svc.cluster.local::10.0.0.1:80::health_flags::/failed_eds_health`,
	Hints: telling[:],
	Line:  cluster,
}

// telling are the keys of which a value may be a fact.
var telling = [...]string{"::health_flags::", "::rq_error::", "::rq_timeout::", "::cx_connect_fail::",
	"::max_connections::", "::max_pending_requests::", "::max_requests::", "::max_retries::"}

// cluster reads "CLUSTER::HOST::key::value", or "CLUSTER::key::value".
func cluster(l *parse.Line, b *parse.Batch) parse.Verdict {
	if !bytes.Contains(l.Text, []byte("::")) {
		return parse.NotMine
	}
	parts := bytes.Split(l.Text, []byte("::"))
	if len(parts) < 3 || len(parts) > 6 || bytes.ContainsAny(parts[0], " \t") || len(parts[0]) == 0 ||
		bytes.ContainsAny(parts[len(parts)-2], " =:") {
		return parse.NotMine
	}
	key, value := string(parts[len(parts)-2]), string(parts[len(parts)-1])
	host := string(bytes.Join(parts[1:len(parts)-2], []byte("::")))
	tells := false
	switch key {
	case "health_flags":
		tells = value != "healthy"
	case "rq_error", "rq_timeout", "cx_connect_fail":
		tells = value != "0"
	case "max_connections", "max_pending_requests", "max_requests", "max_retries":
		tells = value != "4294967295" && value != "1024" && value != "3"
	default:
		if len(key) == 0 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			return parse.NotMine
		}
	}
	if !tells {
		return parse.Other
	}
	fact := FactHost
	if strings.HasPrefix(key, "max_") {
		fact = FactKnob
	}
	b.Fact(l, b.Names.Add(parts[0]), fact, strings.TrimSpace(host+" "+key+" "+value), 0, 0)
	return parse.Took
}

// knobs are the keys of Envoy's configuration that explain a failed request
// (envoy api/envoy/config/{cluster,route}/v3).
var knobs = map[string]bool{"timeout": true, "connect_timeout": true, "idle_timeout": true, "per_try_timeout": true, "max_stream_duration": true,
	"num_retries": true, "retry_on": true, "max_connections": true, "max_pending_requests": true, "max_requests": true, "max_retries": true,
	"consecutive_5xx": true, "consecutive_gateway_failure": true, "max_ejection_percent": true, "base_ejection_time": true, "drain_timeout": true}

// config is Envoy's whole configuration, of which only the knobs are taken, each
// with the name of the cluster or the route around it.
func config() *parse.Format {
	return page(parse.Format{Name: "envoy-config",
		Doc: "Envoy's admin page of its configuration: the timeouts, retries and limits that somebody set.\n" +
			`{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump","dynamic_active_clusters":[{"cluster":{"name":"web","connect_timeout":"10s"}}]}]}`,
		Origin: "Envoy's admin page /config_dump (envoy source/server/admin/config_dump_handler.cc), in istioctl bug-report's proxies/"},
		func(head []byte) bool {
			return jsonKeys(head, "configs") && bytes.Contains(head, []byte("type.googleapis.com/envoy."))
		},
		func(r io.Reader, b *parse.Batch) error {
			k := &knobReader{r: r, dec: json.NewDecoder(r), b: b, seen: map[string]bool{}}
			k.dec.UseNumber()
			return k.value("", nil)
		})
}

// knobReader walks a configuration a token at a time.
type knobReader struct {
	r    io.Reader
	dec  *json.Decoder
	b    *parse.Batch
	seen map[string]bool
	deep int
}

// widest is how much of a line is quoted: a page may be one line.
const widest = 200

// value reads the value of a key; names are those of the objects around it.
func (k *knobReader) value(key string, names []string) error {
	t, err := k.dec.Token()
	if err != nil {
		return err
	}
	switch t := t.(type) {
	case json.Delim:
		if k.deep++; k.deep > 200 {
			return fmt.Errorf("it is nested deeper than 200")
		}
		defer func() { k.deep-- }()
		own := append(names[:len(names):len(names)], "")
		for k.dec.More() {
			inner := key
			if t == '{' {
				name, err := k.dec.Token()
				if err != nil {
					return err
				}
				inner, _ = name.(string)
			}
			if err := k.value(inner, own); err != nil {
				return err
			}
		}
		_, err := k.dec.Token()
		return err
	case string:
		k.scalar(key, t, names)
	case json.Number:
		k.scalar(key, t.String(), names)
	}
	return nil
}

// scalar takes a knob, or the name of the object that it is in.
func (k *knobReader) scalar(key, value string, names []string) {
	if key == "name" || key == "cluster" { // a key has an object around it, so there are names
		names[len(names)-1] = value
		return
	}
	if !knobs[key] {
		return
	}
	of := ""
	for _, n := range names {
		if n != "" {
			of = n
		}
	}
	said := of + "\x00" + key + " " + value
	if k.seen[said] || len(k.seen) >= maxFacts {
		return
	}
	k.seen[said] = true
	l := parse.LineTo(k.r, k.dec.InputOffset())
	shown := min(l.Len, widest)
	l.Off, l.Len = l.Off+int64(l.Len-shown), shown
	k.b.Fact(&l, k.b.Names.AddString(of), FactKnob, key+" "+value, 0, 0)
}

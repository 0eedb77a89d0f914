package controller

import (
	"bytes"
	"time"
	"unicode/utf8"

	"faultline/parse"
	"faultline/parse/lex"
)

// service is what a stream was about: the field of linkerd's endpoint
// translator, the fields of a profile's stream, or the words of the message
// ("Get web.emojivoto.svc.cluster.local:80 stream aborted").
func (r *record) service() []byte {
	if s := r.field("service"); len(s) > 0 {
		return s
	}
	if name, ns := r.field("svc"), r.field("ns"); len(name) > 0 && len(ns) > 0 {
		out := append(append(append([]byte(nil), name...), '.'), ns...)
		if port := r.field("port"); len(port) > 0 {
			out = append(append(out, ':'), port...)
		}
		return out
	}
	_, m, ok := bytes.Cut(r.message, []byte("Get"))
	path, _, aborted := bytes.Cut(bytes.TrimPrefix(m, []byte("Profile")), []byte(" stream aborted"))
	if path = bytes.TrimSpace(path); !ok || !aborted || bytes.IndexByte(path, ' ') >= 0 {
		return nil
	}
	return path
}

// pair is a key="value" of a structured klog message.
func (r *record) pair(key string) []byte {
	i := bytes.Index(r.message, []byte(" "+key+"="))
	if i < 0 {
		return r.field(key)
	}
	_, v, _, _ := lex.Pair(r.message[i:])
	return v
}

// informer is the name that client-go's WaitForNamedCacheSync prints.
func (r *record) informer() []byte {
	if name := r.pair("controller"); len(name) > 0 {
		return name
	}
	for _, before := range []string{" to sync for ", " are synced for ", " sync caches for "} {
		if _, name, ok := bytes.Cut(r.message, []byte(before)); ok {
			return bytes.TrimSpace(name)
		}
	}
	return nil
}

// resource is the type whose watch or list failed: "*v1.Pod".
func (r *record) resource() []byte {
	if t := r.pair("type"); len(t) > 0 {
		return t
	}
	for _, before := range []string{"watch of ", "Watch for ", "ailed to list ", "ailed to watch ", "Watch close - "} {
		_, after, ok := bytes.Cut(r.message, []byte(before))
		if !ok {
			continue
		}
		end := bytes.IndexAny(after, " :")
		if end < 0 {
			end = len(after)
		}
		if t := after[:end]; bytes.IndexByte(t, '.') > 0 { // a type, not a word
			return t
		}
	}
	return nil
}

// cause is why, as far as the message says.
func (r *record) cause() []byte {
	for _, key := range []string{"err", "error"} { // klog's key, and logrusr's
		if err := r.pair(key); len(err) > 0 && string(err) != "{}" && string(err) != "<nil>" { // what logrusr lost
			return clip(err)
		}
	}
	for _, before := range []string{" ended with: ", " closed with: ", " closed with unexpected EOF: ", "internal error: ", "ailed to list ", "ailed to watch "} {
		_, after, ok := bytes.Cut(r.message, []byte(before))
		if !ok {
			continue
		}
		if before[0] == 'a' { // the type stands between
			if _, after, ok = bytes.Cut(after, []byte(": ")); !ok {
				continue
			}
		}
		return clip(bytes.TrimRight(after, "\n"))
	}
	return nil
}

// whole is the message without a line end, and the error behind it.
func (r *record) whole() []byte {
	m := bytes.TrimRight(r.message, "\n")
	if err := r.field("error"); len(err) > 0 {
		m = append(append(append([]byte(nil), m...), ": "...), err...)
	}
	if len(m) > longest { // of a chain of errors the last says why
		if _, failed := parse.FailedCall(m); failed {
			return parse.CallText(m)
		}
	}
	return clip(m)
}

// waited is how long a request waited for the client's own rate limit: "Waited
// for 1.197149166s due to client-side throttling", "Throttling request took …",
// or delay= behind the message.
func (r *record) waited() time.Duration {
	for _, before := range []string{"Waited for ", "Throttling request took "} {
		if _, rest, ok := bytes.Cut(r.message, []byte(before)); ok {
			text, _, _ := bytes.Cut(rest, []byte{' '})
			d, _ := time.ParseDuration(string(bytes.TrimRight(text, ",")))
			return max(d, 0)
		}
	}
	d, _ := time.ParseDuration(string(r.pair("delay")))
	return max(d, 0)
}

// stored is how long the store behind the API server took: "took":"1.8s" beside
// the message, or in it "(1.8s) to execute", "[1.8s for 1 entries]", "(total time:
// 1.8s)", "(exceeded the 100ms timeout for 1.8s)".
func (r *record) stored() time.Duration {
	text := r.pair("took")
	for _, before := range []string{"took too long (", "took too long [", "total time: ", " timeout for "} {
		if _, rest, ok := bytes.Cut(r.message, []byte(before)); ok && len(text) == 0 {
			if end := bytes.IndexAny(rest, " )]"); end > 0 {
				text = rest[:end]
			}
		}
	}
	d, _ := time.ParseDuration(string(text))
	return max(d, 0)
}

// longest is how much of an error is kept with the event; the rest stands in
// its line.
const longest = 160

// clip shortens a text without cutting a character in two.
func clip(b []byte) []byte {
	n := min(len(b), longest)
	for n < len(b) && n > longest-utf8.UTFMax && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}

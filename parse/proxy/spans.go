package proxy

import "bytes"

// spanFields are the fields of a record's spans that name whom a message is about, each as
// the innermost span has it that has one; empty when it was blanked.
type spanFields struct {
	client, endpoint                      []byte
	addr, origDst, target, name, ns, port []byte
}

// longestSpanKey is what the longest key in [spanFields] has.
const longestSpanKey = len("endpoint.addr")

// fields reads the spans in one walk.
func (r *record) fields() (f spanFields) {
	for i := 0; ; i++ {
		n := bytes.IndexByte(r.spans[i:], '=')
		if n < 0 {
			return f
		}
		i += n
		key := i
		for least := max(0, i-longestSpanKey-1); key > least && r.spans[key-1] != '{' && r.spans[key-1] != ' '; {
			key--
		}
		switch string(r.spans[key:i]) {
		case "client.addr":
			f.client = spanValue(r.spans[i+1:])
		case "endpoint.addr":
			f.endpoint = spanValue(r.spans[i+1:])
		case "addr":
			f.addr = spanValue(r.spans[i+1:])
		case "orig_dst":
			f.origDst = spanValue(r.spans[i+1:])
		case "target.addr":
			f.target = spanValue(r.spans[i+1:])
		case "name":
			f.name = spanValue(r.spans[i+1:])
		case "ns":
			f.ns = spanValue(r.spans[i+1:])
		case "port":
			f.port = spanValue(r.spans[i+1:])
		}
	}
}

func spanValue(v []byte) []byte {
	for n, c := range v {
		if c == ' ' || c == '}' {
			return v[:n]
		}
	}
	return v
}

// named is the address in the spans, innermost first.
func (f *spanFields) named() []byte {
	switch {
	case len(f.addr) > 0:
		return f.addr
	case len(f.origDst) > 0:
		return f.origDst
	}
	return f.target
}

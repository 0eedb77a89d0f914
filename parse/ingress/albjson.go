package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// balancedNames are the members of a load balancer's line as JSON: the names of
// Amazon's tables (docs.aws.amazon.com, "Create the table for ALB access logs"),
// which Athena, Vector's parse_aws_alb_log and others keep, folded.
var balancedNames = map[string]func(*balanced) *[]byte{
	"type":                     func(a *balanced) *[]byte { return &a.kind },
	"time":                     func(a *balanced) *[]byte { return &a.time },
	"timestamp":                func(a *balanced) *[]byte { return &a.time },
	"elb":                      func(a *balanced) *[]byte { return &a.name },
	"elbname":                  func(a *balanced) *[]byte { return &a.name },
	"clientip":                 func(a *balanced) *[]byte { return &a.client },
	"clienthost":               func(a *balanced) *[]byte { return &a.client },
	"client":                   func(a *balanced) *[]byte { return &a.client },
	"clientport":               func(a *balanced) *[]byte { return &a.client },
	"target":                   func(a *balanced) *[]byte { return &a.target },
	"targetip":                 func(a *balanced) *[]byte { return &a.target },
	"targethost":               func(a *balanced) *[]byte { return &a.target },
	"targetport":               func(a *balanced) *[]byte { return &a.target },
	"requestprocessingtime":    func(a *balanced) *[]byte { return &a.requestTime },
	"targetprocessingtime":     func(a *balanced) *[]byte { return &a.targetTime },
	"backendprocessingtime":    func(a *balanced) *[]byte { return &a.targetTime },
	"responseprocessingtime":   func(a *balanced) *[]byte { return &a.responseTime },
	"elbstatuscode":            func(a *balanced) *[]byte { return &a.code },
	"targetstatuscode":         func(a *balanced) *[]byte { return &a.targetCode },
	"backendstatuscode":        func(a *balanced) *[]byte { return &a.targetCode },
	"receivedbytes":            func(a *balanced) *[]byte { return &a.received },
	"sentbytes":                func(a *balanced) *[]byte { return &a.sent },
	"request":                  func(a *balanced) *[]byte { return &a.request },
	"requestmethod":            func(a *balanced) *[]byte { return &a.request },
	"requestverb":              func(a *balanced) *[]byte { return &a.request },
	"requesturl":               func(a *balanced) *[]byte { return &a.request },
	"requestproto":             func(a *balanced) *[]byte { return &a.request },
	"requestprotocol":          func(a *balanced) *[]byte { return &a.request },
	"useragent":                func(a *balanced) *[]byte { return &a.agent },
	"targetgrouparn":           func(a *balanced) *[]byte { return &a.group },
	"traceid":                  func(a *balanced) *[]byte { return &a.trace },
	"domainname":               func(a *balanced) *[]byte { return &a.domain },
	"requestcreationtime":      func(a *balanced) *[]byte { return &a.created },
	"actionsexecuted":          func(a *balanced) *[]byte { return &a.actions },
	"errorreason":              func(a *balanced) *[]byte { return &a.reason },
	"lambdaerrorreason":        func(a *balanced) *[]byte { return &a.reason },
	"requestcreationtimestamp": func(a *balanced) *[]byte { return &a.created },
}

// elbStatus is the name that no other JSON has.
var elbStatus = []byte(`"elb_status_code"`)

// object reads a load balancer's line that something made an object of. Parts of
// what is one word in the line are joined again: an address and its port, a
// method and its URL.
func (a *balanced) object(line []byte) shape {
	if !bytes.Contains(line, elbStatus) {
		return other
	}
	var name [32]byte
	o := &balanced{}
	m := members{rest: line}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		to := balancedNames[string(fold(key, &name))]
		v := text(value)
		if to == nil || len(given(v)) == 0 || value[0] == '{' || value[0] == '[' {
			continue
		}
		p := to(o)
		switch folded := string(fold(key, &name)); {
		case len(*p) == 0:
			*p = bytes.Clone(v)
		case folded == "clientport" || folded == "targetport":
			*p = append(append(*p, ':'), v...)
		case bytes.HasPrefix([]byte(folded), []byte("request")) && p == &o.request:
			*p = append(append(*p, ' '), v...)
		}
	}
	*a = *o
	s, n, ok := lex.RFC3339(a.time)
	if !ok || n != len(a.time) || !m.whole {
		return cut
	}
	a.stamp, a.stamp.Zoned = s, true // ALBs print UTC, whoever left out the Z
	if a.status, ok = status(a.code); !ok {
		return cut
	}
	for _, at := range []*[]byte{&a.requestTime, &a.targetTime, &a.responseTime} {
		if has(*at, "-1") || len(*at) == 0 {
			*at = []byte("-1")
		}
	}
	return whole
}

// shown shows a line under the names that it has.
func (a *balanced) shown(line []byte, d *parse.Detail) {
	jsonDetail(line, d, "time", "timestamp")
	d.Message = asked(a.request, a.code)
	if cause := a.cause(); cause != parse.CauseUnknown {
		d.Set("cause_class", cause.String())
	}
}

package parse

import (
	"bytes"
	"strings"

	"faultline/parse/lex"
)

// Answer looks in the members of a program's own record for the status of an answer
// that failed. Programs name it as they like, alone or within an object that tells of
// the request (OpenTelemetry's http.response.status_code, ECS' the same, pino-http's
// res.statusCode, axios' response.status, logging middlewares of Go).
type Answer struct {
	Status int    // of 502, 503 or 504; 0 where there is none
	Key    []byte // under which it stands

	vague bool // the key alone does not say that it is a status
	asks  bool // the record tells of a request
}

// statusKeys are names of a status, folded as [foldKey] does it.
var statusKeys = setOf("status statuscode httpstatus httpstatuscode httpresponsestatuscode httpresponsestatus httpcode responsestatus " +
	"responsestatuscode responsecode respstatus resstatus resstatuscode returncode upstreamstatus upstreamstatuscode code errorcode errcode")

// vague are names that are a status only where the record tells of a request, or is
// itself a complaint.
var vague = setOf("code errorcode errcode returncode")

// askKeys are names of what a request has.
var askKeys = setOf("method httpmethod httprequestmethod requestmethod verb path httppath requestpath url httpurl urlpath uri requesturi route httproute " +
	"endpoint upstream authority requestid")

// tookKeys are further names of what an access log has of a request.
var tookKeys = setOf("duration durationms durations latency latencyms responsetime requesttime upstreamaddr remoteaddr clientip bytes bytessent bodybytessent useragent")

// RequestColumns says whether the columns of a table are those of requests, one a
// row: a status, and what else is known of one.
func RequestColumns(names []string) bool {
	status, more := false, false
	for _, name := range names {
		var room [32]byte
		key := foldKey([]byte(name), &room)
		status = status || statusKeys[string(key)] && !vague[string(key)]
		more = more || askKeys[string(key)] || tookKeys[string(key)]
	}
	return status && more
}

// answerScopes are objects that tell of a request or of its answer.
var answerScopes = setOf("http res resp response request req httprequest httpresponse error err exception fields context data extra attributes details cause")

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// foldKey is a key in lower case without what is no letter; "" where it is too long.
func foldKey(key []byte, room *[32]byte) []byte {
	out := room[:0]
	for _, c := range key {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			continue
		}
		if len(out) == cap(out) {
			return nil
		}
		out = append(out, c|0x20)
	}
	return out
}

// See takes a member, with its value as it stands or without its quotes.
func (a *Answer) See(key, value []byte) { a.see(key, value, 0) }

func (a *Answer) see(key, value []byte, depth int) {
	const deepest = 3
	var room [32]byte
	name := foldKey(key, &room)
	switch {
	case len(value) == 0 || len(name) == 0:
	case value[0] == '{':
		if depth < deepest && answerScopes[string(name)] {
			for k, v := range lex.Members(value[1:]) {
				a.see(k, v, depth+1)
			}
		}
	case askKeys[string(name)]:
		a.asks = true
	case statusKeys[string(name)] && (a.Status == 0 || a.vague):
		if status := gatewayStatus(bytes.Trim(value, `"`)); status != 0 {
			a.Status, a.Key, a.vague = status, key, vague[string(name)]
		}
	}
}

// Tells says whether the record, of a given severity, tells of an answer that failed.
func (a *Answer) Tells(s Severity) bool {
	return a.Status != 0 && (a.asks || s >= Warn || !a.vague)
}

// Call is the answer as a call, and the words for it: what the record says, and the status.
func (a *Answer) Call(text, words []byte) (Call, []byte) {
	said := append(bytes.Clone(CallText(words)), ": "...)
	said = append(append(said, a.Key...), ' ', '5', '0', byte('0'+a.Status%10))
	return Call{Target: calledIn(text, callPartsOf(text)), Status: a.Status}, bytes.TrimPrefix(said, []byte(": "))
}

// gatewayStatus reads a status of 502, 503 or 504, alone or with its reason.
func gatewayStatus(b []byte) int {
	n, w, ok := lex.Digits(b)
	if !ok || w != 3 || n < 502 || n > 504 {
		return 0
	}
	reason := bytes.TrimSpace(b[w:])
	if len(reason) > 0 && (b[w] != ' ' || !statusReasons[strings.ToLower(strings.ReplaceAll(string(reason), "_", " "))]) {
		return 0
	}
	return int(n)
}

// statusReasons are what stands behind those statuses (RFC 9110, 15.6).
var statusReasons = map[string]bool{"bad gateway": true, "service unavailable": true, "gateway timeout": true, "gateway time-out": true}

// AnswerHints are bytes of which some stand in each object with such a status, also
// where the object is a string in another one.
var AnswerHints = []string{`":50`, `": 50`, `":"50`, `": "50`, `":\"50`, `": \"50`}

// AnswerWords are longer ones, which also stand in `name=value`; each holds the end
// of a status' name.
var AnswerWords = []string{"tatus=50", `tatus="50`, " code=50", ` code="50`, "_code=50", `_code="50`, "Code=50", `tatus":50`, `tatus": 50`, `tatus":"50`, `tatus": "50`,
	`_code":50`, `_code": 50`, `_code":"50`, `_code": "50`, `Code":50`, `Code": 50`, `Code":"50`, `Code": "50`, `"code":50`, `"code": 50`, `"code":"50`, `"code": "50`}

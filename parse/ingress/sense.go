package ingress

import (
	"bytes"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// sense is what a value of an access line means, whoever printed it and
// whatever it is called.
type sense uint8

const (
	senseless   sense = iota // shown, and nothing rests on it
	senseStatus              // what the client had
	senseBegin               // when the request began
	senseTime                // of the line; which end of the request it is, the product says
	senseLasted              // until the answer was sent
	senseRequest
	senseMethod
	sensePath
	senseHost
	senseService  // the service that was asked: cluster, backend, upstream's name
	senseRoute    // the rule that chose the service
	senseUpstream // the address that was asked, or a list
	senseOrigin   // the status of the upstream, or a list
	senseConnect  // how long connecting took
	senseAnswered // how long the upstream took to answer
	senseLength   // bytes of the upstream's answer
	senseSent     // bytes to the client
	senseState    // flags, a termination state, a status in words
	senseDetails
	senseError
	senseGRPC
	senseTries
	senseID
	senseClient
	senseLogger  // of a program's log
	senseMessage // of a program's log
	senses
)

// values are the values of one line, by what they mean.
type values struct {
	of   [senses][]byte
	unit time.Duration // of the duration, where its name tells; else the product's
	one  bool          // a key is there that only access lines have
}

// keyed is what a key of JSON means.
type keyed struct {
	sense
	unit time.Duration
}

// keyNames are keys as [fold] writes them. They are Envoy's commands, nginx's
// variables, HAProxy's samples and the fields of Traefik, Caddy, Google, Amazon
// and Azure, and how people shorten them.
var keyNames = byKey()

// names is the table of keyNames, a sense a line.
var names = []struct {
	sense
	unit time.Duration
	keys string
}{
	{senseStatus, 0, "status statuscode responsecode httpstatus httpstatuscode responsestatus downstreamstatus resstatus scstatus elbstatuscode edgeresponsestatus"},
	{senseBegin, 0, "starttime startutc startlocal requesttimeepoch startedat requestreceivedat haproxytimestamp acceptdate edgestarttimestamp"},
	{senseTime, 0, "time timestamp ts timelocal timeiso8601 msec date datetime eventtime logtime timegenerated edgeendtimestamp"},
	{senseLasted, 0, "duration requesttime requestduration latency responsetime elapsed totaltime timetaken tooktime activetime sessionduration responselatency reqtime"},
	{senseLasted, time.Millisecond, "durationms requesttimems latencyms totaltimems responsetimems timetakenms elapsedms tookms ta"},
	{senseLasted, time.Nanosecond, "durationns totalns latencyns"},
	{senseLasted, time.Microsecond, "reqtimemicrosec requesttimeus durationus latencyus"},
	{senseLasted, time.Second, "requesttimes durations requesttimeseconds durationseconds"},
	{senseRequest, 0, "request httprequest requestline requestfirstline req"},
	{senseMethod, 0, "method requestmethod httpmethod verb reqmethod httpverb clientrequestmethod"},
	{sensePath, 0, "path requestpath uri requesturi url requesturl xenvoyoriginpath requesturipath uripath httppath resourcepath routekey httpurl clientrequesturi clientrequestpath"},
	{senseHost, 0, "authority reqauthority host requesthost httphost vhost originalhost servername domainname httprequesthost requestauthority clientrequesthost"},
	{senseService, 0, "upstreamcluster upstreamclusterraw proxyupstreamname backendname servicename backendservicename backendpoolname clustername upstreamname ingressservice originname service"},
	{senseRoute, 0, "routername routename rulename routingrulename forwardingrulename ingressname frontendname frontend"},
	{senseUpstream, 0, "upstreamhost upstreamaddr serviceaddr serviceurl serverrouted upstreamaddress upstream originip backendaddr targetipport serverip backendserver originurl"},
	{senseOrigin, 0, "upstreamstatus originstatus originresponsestatus serverstatus targetstatuscode integrationstatus upstreamstatuscode originstatuscode upstreamresponsestatus backendstatus"},
	{senseConnect, 0, "upstreamconnecttime tc backendconnecttime connecttime"},
	{senseAnswered, 0, "upstreamresponsetime originduration upstreamservicetime serverresponselatency tr xenvoyupstreamservicetime upstreamheadertime integrationlatency apptime"},
	{senseLength, 0, "upstreamresponselength origincontentsize upstreambytesreceived"},
	{senseSent, 0, "bodybytessent bytessent size bytesread sentbytes responsesize downstreamcontentsize responselength responsebytes"},
	{senseState, 0, "responseflags responseflag responseflagslong terminationstate tsc statusdetails errorinfo sessionstate flags"},
	{senseDetails, 0, "responsecodedetails proxystatus integrationerrormessage integrationerror"},
	{senseError, 0, "originerror error errormessage upstreamtransportfailurereason err"},
	{senseGRPC, 0, "grpcstatus grpcstatusnumber grpcstatuscode"},
	{senseTries, 0, "retries retryattempts upstreamrequestattemptcount attemptcount"},
	{senseID, 0, "requestid xrequestid reqid reqxrequestid trackingreference transactionid correlationid uniqueid rayid"},
	{senseClient, 0, "remoteaddr clientip clientaddr clienthost remoteip downstreamremoteaddress client sourceip ip xforwardedfor httpxforwardedfor callerip"},
	{senseLogger, 0, "logger level severity"},
	{senseMessage, 0, "msg message"},
}

func byKey() map[string]keyed {
	out := map[string]keyed{}
	for _, n := range names {
		for _, k := range bytes.Fields([]byte(n.keys)) {
			out[string(k)] = keyed{n.sense, n.unit}
		}
	}
	return out
}

// within are objects that hold a part of what a line tells. Others are of
// whatever the author chose, such as the headers that a client sent.
func within(key []byte) bool {
	switch string(key) {
	case "request", "httprequest", "response", "upstream", "properties", "jsonpayload", "resource", "labels", "http", "accesslog", "attributes":
		return true
	}
	return false
}

// maxDepth is how deep objects are looked into.
const maxDepth = 3

// object reads the members of an object, and of those within. Of several keys
// of one sense the first that says something counts; of times the finest.
func (v *values) object(text []byte, depth int) (whole bool) {
	m := members{rest: text}
	var name [32]byte
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		folded := fold(key, &name)
		if value[0] == '{' {
			if string(folded) == "serviceurl" { // Traefik 2 prints Go's url.URL
				v.server(value)
			} else if string(folded) == "latencies" {
				v.latencies(value)
			} else if depth < maxDepth && within(folded) {
				v.object(value, depth+1)
			}
			continue
		}
		k, ok := keyNames[string(folded)]
		if n := len(key); !ok && n > 2 && key[n-2] == '_' && len(folded) > 1 { // Azure's tables add the type of a column
			k, ok = keyNames[string(folded[:len(folded)-1])]
		}
		if ok {
			v.take(k, value)
		}
	}
	return m.whole
}

func (v *values) server(text []byte) {
	m := members{rest: text}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		if string(key) == "Host" {
			v.of[senseUpstream] = value
		}
	}
}

// latencies reads what Kong's loggers say of a request's time, in milliseconds
// (kong/pdk/log.lua, serialize).
func (v *values) latencies(text []byte) {
	m := members{rest: text}
	for key, value, ok := m.next(); ok; key, value, ok = m.next() {
		switch string(key) {
		case "request":
			v.take(keyed{senseLasted, time.Millisecond}, value)
		case "proxy":
			v.take(keyed{senseAnswered, 0}, value)
		}
	}
}

// take takes a value that is not empty.
func (v *values) take(k keyed, value []byte) {
	had := &v.of[k.sense]
	switch k.sense {
	case senseUpstream, senseOrigin, senseConnect, senseAnswered, senseState:
		v.one = true
	case senseLasted:
		if t := bare(value); len(t) > 12 && bytes.ContainsAny(t, "/:T") { // API Gateway's requestTime is a time
			k.sense, had = senseBegin, &v.of[senseBegin]
			break
		}
		v.one = true
		if len(given(bare(*had))) == 0 {
			v.unit = k.unit
		}
	case senseTime:
		if s, ok := stampOf(bare(value)); ok && len(*had) > 0 {
			if old, ok := stampOf(bare(*had)); !ok || s.Width < old.Width {
				*had = value
			}
			return
		}
	}
	if old := bare(*had); len(given(old)) == 0 || len(bytes.Trim(old, "-, :")) == 0 { // of several tries none
		*had = value
	}
}

// status reads the status; -1 is HAProxy's for none.
func (v *values) status() (int, bool) {
	if b := v.bare(senseStatus); string(b) != "-1" {
		return status(b)
	}
	return 0, true
}

// text is what a value says.
func (v *values) text(s sense) []byte { return text(v.of[s]) }

// bare is a value as it stands, without quotes.
func (v *values) bare(s sense) []byte { return bare(v.of[s]) }

// stamp reads the time of the line, and says whether it is when the request
// began.
func (v *values) stamp() (s lex.Stamp, began bool) {
	if s, ok := stampOf(v.bare(senseBegin)); ok {
		return s, true
	}
	s, _ = stampOf(v.bare(senseTime))
	return s, false
}

// lasted reads the duration, with a unit behind it or in the given one.
func (v *values) lasted(unit time.Duration) time.Duration {
	if v.unit > 0 {
		unit = v.unit
	}
	b := v.bare(senseLasted)
	if d, ok := lex.Duration(b); ok {
		return d
	}
	var sum time.Duration
	for len(b) > 0 { // attempts
		var one []byte
		one, b, _ = bytes.Cut(b, []byte(", "))
		sum += duration(one, unit)
	}
	return sum
}

// hop is how far the request got.
func (v *values) hop() hop {
	h := hop{state: v.text(senseState), details: v.text(senseDetails), upstream: authority(v.text(senseUpstream)), status: v.text(senseOrigin),
		connect: v.text(senseConnect), bytes: v.text(senseLength), client: v.text(senseClient), took: v.text(senseAnswered)}
	if v.of[senseUpstream] != nil && len(h.upstream) == 0 {
		h.upstream = []byte{'-'}
	}
	if n, ok := number(v.bare(senseTries)); ok {
		h.tries = n + 1
	}
	return h
}

// line gives a line its time and its response what all products tell alike.
func (v *values) line(l *parse.Line, r *response, unit time.Duration, begins bool) {
	var began bool
	r.stamp, began = v.stamp()
	r.lasted = v.lasted(unit)
	since := time.Duration(0)
	if began || begins {
		since = r.lasted
	}
	switch {
	case r.stamp.Width > 0:
		ended(l, r.stamp, since)
	case l.Prefix.HasStamp:
		l.AtStamp()
	}
}

package ingress

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"faultline/parse"
	"faultline/parse/lex"
)

// columns is a log of columns as its "#Fields:" names them (W3C, "Extended Log
// File Format", WD-logfile-960323), of IIS, HTTP.sys, CloudFront and others.
// Its times are in UTC.
type columns struct {
	names  []string // as they stand in the log
	means  []column
	tabbed bool
	unit   time.Duration // of time-taken
	loose  bool          // a line may have fewer or more of them
	date   string        // of the first line, where only "#Date:" names it
	begin  int64         // what "#Date:" says then, ns since 1970
}

// column is what a column means.
type column uint8

const (
	noColumn column = iota
	columnDate
	columnTime
	columnTook
	columnMethod
	columnPath
	columnStatus
	columnSub    // IIS' sc-substatus
	columnWin32  // IIS' sc-win32-status
	columnReason // why, in words
	columnAsked  // the host that the client asked for
	columnHost
	columnClient
	columnServer
	columnService
	columnSent
	columnID
	columnEdge
)

// columnNames are the names of columns, without case (W3C; IIS, "W3C Logging";
// HTTP.sys, "Error logging in HTTP APIs"; CloudFront, "Standard logging
// reference"). Of two with one meaning the first that says something counts.
var columnNames = map[string]column{
	"date": columnDate, "time": columnTime, "time-taken": columnTook, "timetakenms": columnTook, "cs-method": columnMethod,
	"cs-uri-stem": columnPath, "cs-uri": columnPath, "sc-status": columnStatus, "sc-substatus": columnSub, "sc-win32-status": columnWin32,
	"x-edge-detailed-result-type": columnReason, "s-reason": columnReason, "cs-host": columnHost, "cs(host)": columnHost, "x-host-header": columnAsked,
	"c-ip": columnClient, "s-ip": columnServer, "s-queuename": columnService, "s-sitename": columnService, "sc-bytes": columnSent, "bytes": columnSent,
	"x-edge-request-id": columnID, "x-edge-location": columnEdge,
}

// cloudFront are the columns of CloudFront's standard log, which come in this
// order also where the lines that name them are gone.
const cloudFront = "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) " +
	"x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type " +
	"cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end"

// fieldsMark stands before the names of columns.
const fieldsMark = "#Fields:"

// dateMark stands before the time at which a log begins; it dates lines that have a
// time of the day only.
const dateMark = "#Date:"

// named reads the names of columns behind "#Fields:", and what program writes
// them, if a line before says so. It is an error where lines would tell neither
// when nor with which status.
func named(text string) (c *columns, err error) {
	software, list, _ := strings.Cut(text, fieldsMark)
	c = &columns{names: strings.Fields(list), unit: time.Second}
	var has [columnEdge + 1]bool
	for _, name := range c.names {
		m := columnNames[strings.ToLower(name)]
		c.means = append(c.means, m)
		has[m] = true
	}
	if strings.Contains(software, "Microsoft") || has[columnWin32] || strings.Contains(strings.ToLower(list), "timetakenms") {
		c.unit = time.Millisecond
	}
	c.tabbed = has[columnEdge]
	if _, after, ok := strings.Cut(software, dateMark); ok && !has[columnDate] {
		after = strings.TrimSpace(after)
		c.date, _, _ = strings.Cut(after, " ")
		has[columnDate] = len(c.date) == len("2006-01-02")
		if s, _, ok := lex.RFC3339([]byte(after)); ok {
			c.begin = s.Unix
		}
	}
	if !has[columnTime] || !has[columnDate] || !has[columnStatus] {
		return nil, errors.New("the columns have no date, time or status")
	}
	return c, nil
}

// row is a line taken apart.
type row struct {
	of     [columnEdge + 1][]byte
	stamp  lex.Stamp
	status int
}

// read takes a line apart. each, if set, is told every value.
func (c *columns) read(line []byte, r *row, each func(name string, value []byte)) bool {
	rest := bytes.TrimRight(line, " \t")
	n := 0
	for ; len(rest) > 0 && n < len(c.means); n++ {
		var value []byte
		value, rest = c.next(rest)
		if m := c.means[n]; m != noColumn && len(given(r.of[m])) == 0 {
			r.of[m] = value
		}
		if each != nil {
			each(c.names[n], value)
		}
	}
	if !c.loose && (n < len(c.means) || len(rest) > 0) || c.loose && n < 18 {
		return false
	}
	var at [len("2006-01-02 15:04:05")]byte
	date, clock := r.of[columnDate], r.of[columnTime]
	if c.date != "" {
		date = []byte(c.date)
	}
	if len(date) != 10 || len(clock) < 8 || c.tabbed && !edge(r.of[columnEdge]) || !r.plausible() {
		return false
	}
	copy(at[:], date)
	at[10] = ' '
	copy(at[11:], clock[:8])
	s, w, ok := lex.RFC3339(append(at[:], clock[8:]...))
	if !ok || w != 11+len(clock) || s.Zoned {
		return false
	}
	r.stamp = s
	r.stamp.Zoned = true
	r.status, ok = status(r.of[columnStatus])
	return ok
}

// plausible says whether the columns that have a shape of their own have it.
func (r *row) plausible() bool {
	for _, x := range given(r.of[columnMethod]) {
		if x < 'A' || x > 'Z' {
			return false
		}
	}
	client := bytes.Trim(given(r.of[columnClient]), `"`)
	return len(client) == 0 || address(client)
}

// next cuts off a value: at a tab where the log has them, else at blanks, in
// quotes or without.
func (c *columns) next(b []byte) (value, rest []byte) {
	if c.tabbed {
		value, rest, _ = bytes.Cut(b, []byte{'\t'})
		return value, rest
	}
	if b[0] == '"' {
		value, rest = quoted(b)
	} else if i := bytes.IndexAny(b, " \t"); i >= 0 {
		value, rest = b[:i], b[i:]
	} else {
		value = b
	}
	return value, bytes.TrimLeft(rest, " \t")
}

// edge says whether b is the name of an edge location: an airport and a number,
// "CDG50-P2".
func edge(b []byte) bool {
	if len(b) < 4 || !digit(b[3]) {
		return false
	}
	for _, x := range b[:3] {
		if x < 'A' || x > 'Z' {
			return false
		}
	}
	return true
}

// lasted is how long the request took.
func (c *columns) lasted(r *row) time.Duration {
	took := r.of[columnTook]
	if bytes.IndexByte(took, '.') >= 0 {
		return duration(took, time.Second)
	}
	return duration(took, c.unit)
}

// line makes of a line what it tells.
func (c *columns) line(l *parse.Line, b *parse.Batch) parse.Verdict {
	var r row
	if !c.read(l.Text, &r, nil) {
		return parse.NotMine
	}
	if c.date != "" {
		r.stamp.Unix = c.onDay(r.stamp.Unix, b)
	}
	ended(l, r.stamp, 0)
	if r.status < firstError && !notable(r.status) && r.status != 0 {
		return parse.Other
	}
	return c.response(&r).verdict(b)
}

// dayAt is the time of the line before, in a log that only "#Date:" dates.
type dayAt struct{ at int64 }

// onDay moves a time of the first day to the day that the log is at: where its clock
// falls by more than an hour it passed midnight. Both are ns since 1970.
func (c *columns) onDay(at int64, b *parse.Batch) int64 {
	const day, fall = int64(24 * time.Hour), int64(time.Hour)
	before, ok := b.State.(*dayAt)
	if !ok {
		before = &dayAt{c.begin}
		b.State = before
	}
	for at < before.at-fall {
		at += day
	}
	before.at = max(at, before.at)
	return at
}

func (c *columns) response(r *row) *response {
	out := &response{status: r.status, lasted: c.lasted(r), id: r.of[columnID],
		target: first(r.of[columnAsked], r.of[columnHost], r.of[columnService], r.of[columnServer]),
		hop:    hop{state: r.of[columnReason], client: r.of[columnClient]}}
	out.cause = c.cause(r, out.lasted)
	return out
}

// detail shows a line under the names of its columns; ok is false when it is
// not one.
func (c *columns) detail(line []byte, d *parse.Detail) bool {
	var r row
	var shown parse.Detail
	if !c.read(line, &r, func(name string, value []byte) { set(&shown, name, value) }) {
		return false
	}
	*d = shown
	for _, v := range []struct {
		key string
		of  column
	}{{"method", columnMethod}, {"path", columnPath}, {"status", columnStatus}} {
		set(d, v.key, r.of[v.of])
	}
	between := " "
	if c.tabbed {
		between = "\t"
	}
	d.RawTime = string(r.of[columnDate]) + between + string(r.of[columnTime])
	d.Message = strings.Join(strings.Fields(string(r.of[columnMethod])+" "+string(r.of[columnPath])+" "+string(r.of[columnStatus])), " ")
	took := c.lasted(&r)
	d.Lasted, d.Zero = took, took == 0 && len(given(r.of[columnTook])) > 0
	explained(d, r.status, c.cause(&r, took))
	return true
}

// columnReasons are the words of CloudFront's x-edge-detailed-result-type and of
// HTTP.sys' s-reason.
var columnReasons = map[string]parse.Cause{
	"OriginCommError": parse.CauseTimeout, "OriginReadError": parse.CauseIO, "OriginWriteError": parse.CauseIO,
	"AbortedOrigin": parse.CauseIO, "OriginDnsError": parse.CauseDNS, "NonS3OriginDnsError": parse.CauseDNS,
	"S3OriginDnsError": parse.CauseDNS, "OriginError": parse.CauseUpstream, "OriginInvalidResponseError": parse.CauseBadResponse,
	"OriginHeaderTooBigError": parse.CauseBadResponse, "OriginZeroSizeObjectError": parse.CauseBadResponse, "OriginContentRangeLengthError": parse.CauseBadResponse,
	"ClientCommError": parse.CauseClientClosed, "ClientHungUpRequest": parse.CauseClientClosed, "ClientGeoBlocked": parse.CauseUnauthorized,
	"CapacityExceeded": parse.CauseLoadshed, "LimitExceeded": parse.CauseLoadshed, "QueueFull": parse.CauseLoadshed,
	"ConnLimit": parse.CauseLoadshed, "AppOffline": parse.CauseNoEndpoints, "Disabled": parse.CauseNoEndpoints,
	"Connection_Abandoned_By_ReqQueue": parse.CauseIO, "Connection_Dropped": parse.CauseClientClosed, "Timer_AppPool": parse.CauseTimeout,
	"Timer_EntityBody": parse.CauseSlowClient, "Timer_HeaderWait": parse.CauseSlowClient, "Timer_MinBytesPerSecond": parse.CauseSlowClient,
}

// winHTTP are the errors of WinHTTP that IIS' proxy (Application Request Routing)
// prints beside a 502.3 (winhttp.h).
var winHTTP = map[string]parse.Cause{
	"12002": parse.CauseTimeout, "12007": parse.CauseDNS, "12030": parse.CauseIO, "12152": parse.CauseBadResponse, "12175": parse.CauseTLS,
}

// cause is what the line tells of why.
func (c *columns) cause(r *row, took time.Duration) parse.Cause {
	reason := string(r.of[columnReason])
	win32, sub := string(r.of[columnWin32]), string(r.of[columnSub])
	switch {
	case reason == "OriginConnectError", r.status == 502 && win32 == "12029":
		if took < refusedWithin {
			return parse.CauseConnectRefused
		}
		return parse.CauseConnectTimeout
	case r.status == 502 && winHTTP[win32] != parse.CauseUnknown:
		return winHTTP[win32]
	case r.status == 503 && sub == "2": // "Concurrent request limit exceeded"
		return parse.CauseLoadshed
	case r.status == statusClientGone:
		return parse.CauseClientClosed
	}
	return columnReasons[reason]
}

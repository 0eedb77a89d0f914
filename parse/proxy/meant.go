package proxy

import (
	"bytes"
	"math"
	"slices"

	"faultline/parse"
)

// leaves are innermost errors that hold ": " themselves.
var leaves = []string{"HTTP response timeout", "timed out waiting for", "timed out processing response stream", "operation was canceled",
	configured, configuredGRPC, "error trying to connect",
	"total rate limit", "per-identity rate limit", "override rate limit", "http2 error", "stream error",
	"upgraded connection failed with HTTP/2 reset", "invalid peer certificate", "received corrupt message", "received fatal alert",
	"peer closed connection without sending TLS close_notify", "invalid policy", "HTTP/1.1 upgrade failed"}

// causes sort an innermost error by what it holds, the first that fits (the
// Display texts of the proxy's error types; see docs/formats.md).
var causes = []struct {
	text  string
	cause parse.Cause
}{
	{"fail-fast", parse.CauseFailfast},
	{"service unavailable", parse.CauseLoadshed},
	{"max-in-flight reached", parse.CauseLoadshed},
	{"router at capacity", parse.CauseLoadshed},
	{"connect timed out", parse.CauseConnectTimeout},
	{"request timed out", parse.CauseConnectTimeout},
	{"Connection refused", parse.CauseConnectRefused},
	{"certificate", parse.CauseTLS},
	{"received corrupt message", parse.CauseTLS},
	{"received fatal alert", parse.CauseTLS},
	{"os error", parse.CauseIO},
	{"connection closed", parse.CauseIO},
	{"unexpected end of file", parse.CauseIO},
	{"early eof", parse.CauseIO},
	{"without sending TLS close_notify", parse.CauseIO},
	{"broken pipe", parse.CauseIO},
	{"response timeout", parse.CauseTimeout},
	{"response timed out", parse.CauseTimeout},
	{"dispatch deadline", parse.CauseTimeout},
	{"timed out waiting", parse.CauseTimeout},
	{"timed out processing", parse.CauseTimeout},
	{"no route", parse.CauseNoRoute},
	{"unauthorized", parse.CauseUnauthorized},
	{"client error (", parse.CauseUnknown}, // hyper's; what caused it is not printed
}

// statuses are how a status of gRPC begins, as tonic prints it.
var statuses = []string{"status: ", "code: '"}

// tell is what some words in an error tell: by their places, from 1 on, in the tables.
type tell struct {
	leaf, cause, answer uint8
	status              bool
	size                int // of the words
}

// errorWords are the words of all tables, each once, and tells what each of them tells.
var errorWords, tells = newErrorWords()

func newErrorWords() (parse.Phrases, []tell) {
	var words []string
	var tells []tell
	of := func(text string) *tell {
		i := slices.Index(words, text)
		if i < 0 {
			i = len(words)
			words, tells = append(words, text), append(tells, tell{size: len(text)})
		}
		return &tells[i]
	}
	for i, text := range leaves {
		of(text).leaf = uint8(i + 1)
	}
	for i := range causes {
		of(causes[i].text).cause = uint8(i + 1)
	}
	for i := range answers {
		of(answers[i].text).answer = uint8(i + 1)
	}
	for _, text := range statuses {
		of(text).status = true
	}
	return parse.NewPhrases(words), tells
}

// meaning is what an error comes to: the innermost one in it, of what sort that is, and
// the place among [answers] of the first that it holds, -1 for none.
type meaning struct {
	leaf   []byte
	cause  parse.Cause
	answer int
}

// hit is where words stand in an error.
type hit struct {
	tell
	at int
}

// meant reads an error. It is walked through once for the words of all tables, as to look
// for each of them in turn took most of the time that a failed request did.
func meant(chain []byte) (m meaning) {
	var room [8]hit
	hits, status := room[:0], false
	from, to, least := -1, len(chain), uint8(math.MaxUint8)
	errorWords.Each(chain, func(phrase, at int) {
		t := tells[phrase]
		if hits = append(hits, hit{t, at}); t.leaf != 0 && t.leaf < least {
			from, least = at, t.leaf
		}
		status = status || t.status
	})
	if from < 0 {
		from = lastLayer(chain)
	}
	if status {
		if i, end := grpcStatus(chain); end > 0 {
			from, to = i, end
		}
	}
	m.leaf = chain[from:to]
	var cause uint8
	cause, m.answer = within(hits, from, to)
	other := false
	if status {
		_, end := grpcStatus(m.leaf)
		other = end > 0
	}
	switch {
	case other: // what another program answered
		m.cause = parse.CauseOther
	case cause != 0:
		m.cause = causes[cause-1].cause
	case len(m.leaf) > 0:
		m.cause = parse.CauseOther
	}
	return m
}

// lastLayer is where the last part of a chain begins, behind a colon.
func lastLayer(chain []byte) int {
	for i := len(chain) - 2; i >= 0; i-- {
		if chain[i] == ':' && chain[i+1] == ' ' {
			return i + 2
		}
	}
	return 0
}

// within are the first in their tables of the words between two places: of the causes, by
// its place from 1 on, and of the answers.
func within(hits []hit, from, to int) (cause uint8, answer int) {
	answer = len(answers) + 1
	for _, h := range hits {
		if h.at < from || h.at+h.size > to {
			continue
		}
		if h.cause != 0 && (cause == 0 || h.cause < cause) {
			cause = h.cause
		}
		if h.answer != 0 {
			answer = min(answer, int(h.answer))
		}
	}
	if answer > len(answers) {
		answer = 0
	}
	return cause, answer - 1
}

// grpcStatus is where a status of gRPC stands that a chain ends with, as tonic prints it:
// `status: Internal, message: "…", details: [], metadata: …`, since v2.3xx
// `code: 'Client specified an invalid argument', message: "…"`. end is 0 if there is
// none.
func grpcStatus(chain []byte) (from, end int) {
	for _, begin := range statuses {
		i := bytes.Index(chain, []byte(begin))
		if i < 0 || i > 0 && chain[i-1] != ' ' || !bytes.Contains(chain[i:], []byte(", message: ")) {
			continue
		}
		if n := bytes.Index(chain[i:], []byte(", details: [")); n >= 0 {
			return i, i + n
		}
		return i, len(chain)
	}
	return 0, 0
}

package correlate

import (
	"time"

	"faultline/parse"
)

// Signature is what preceded the failures of an incident, and so what kind of
// failure it was.
type Signature uint8

// The signatures, as the contract names them.
const (
	SignatureUnknown Signature = iota
	NoEndpoints                // the controller answered that there are none
	NoAnswer                   // nothing answered before the failfast
	Unreachable                // endpoints were known, connecting failed
	Mixed                      // several of these
)

var signatureNames = [...]string{"unknown", "no_endpoints", "no_answer", "unreachable", "mixed"}

// String is the signature in the words of the contract.
func (s Signature) String() string { return signatureNames[s] }

// failfastDefault is how long linkerd-proxy's outbound stack waits before it
// fails fast, where the line does not say (linkerd2-proxy linkerd/app/src/env.rs).
const failfastDefault = 3 * time.Second

// symptoms are what the processes of a group said before requests failed.
type symptoms struct {
	failfast        []Moment
	refused, absent mentions // by who said them of what
}

// signature looks, for each failfast among the failures, at what the same
// process said before it: within the failfast timeout and a second.
func (s *symptoms) signature(c *Placed, failures []Moment) (sig Signature, proof []Point) {
	const slack = parse.Time(time.Second)
	entered := between(s.failfast, failures[0].At-slack, failures[len(failures)-1].At)
	for _, m := range entered {
		e := c.At(m.Point)
		wait := parse.Time(e.Lasted)
		if wait == 0 {
			wait = parse.Time(failfastDefault)
		}
		one, before := s.precursor(c, m, wait+slack)
		if sig == SignatureUnknown && one != SignatureUnknown {
			if before != nil {
				proof = append(proof, *before)
			}
			proof = append(proof, m.Point)
		}
		sig = sig.and(one)
	}
	if len(entered) == 0 {
		for _, m := range failures {
			sig = sig.and(ownSignature(c.At(m.Point)))
		}
	}
	return sig, proof
}

// ownSignature is the signature that a failure's own line tells.
func ownSignature(e *parse.Event) Signature {
	switch e.Kind {
	case parse.ProxyConnectFailed:
		return Unreachable
	case parse.ProxyRequestFailed, parse.IngressResponse:
	default:
		return SignatureUnknown
	}
	switch parse.CauseOf(e.Class) {
	case parse.CauseNoEndpoints:
		return NoEndpoints
	case parse.CauseTimeout:
		return NoAnswer
	case parse.CauseConnectRefused, parse.CauseConnectTimeout:
		return Unreachable
	}
	return SignatureUnknown
}

// precursor is what the process of a failfast said about the same target in
// the time before it.
func (s *symptoms) precursor(c *Placed, failfast Moment, wait parse.Time) (Signature, *Point) {
	if p := s.refused.latest(c, failfast, wait); p != nil {
		return Unreachable, p
	}
	if p := s.absent.latest(c, failfast, wait); p != nil {
		return NoEndpoints, p
	}
	return NoAnswer, nil
}

// and joins two signatures of one incident.
func (s Signature) and(o Signature) Signature {
	switch {
	case s == SignatureUnknown || s == o:
		return o
	case o == SignatureUnknown:
		return s
	}
	return Mixed
}

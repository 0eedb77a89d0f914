// Package correlate turns a capture into a case: it finds the streams that
// repeat each other, puts the rest on one clock, collapses failures into
// incidents, and asks whether those have a period.
//
// There are two steps. [NewIndex] touches each event once and knows no
// anchors: it identifies the streams and finds those that repeat each other.
// [Judge] touches only what the index picked out, so a clock that is moved by
// hand costs milliseconds even when there are ten million events. Judge is a
// list of stages, each a function of the results that it is given:
//
//	place → gather → processes → incidents → periods → associations →
//	what follows the stalls' periods → signs → load → changes → scale →
//	clock fit → verdict → limits
package correlate

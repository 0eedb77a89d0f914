// Package correlate turns a capture into a case: it finds the streams that
// repeat each other, puts the rest on one clock, collapses failures into
// incidents, and asks whether those keep a beat.
//
// There are two steps. [NewIndex] touches each event once and knows no
// anchors; [Judge] touches only what the index picked out, so a clock that is
// moved by hand costs milliseconds even when there are ten million events.
// Each stage is a file and a pure function of the ones before it:
//
//	copies → identity → anchors → incidents → periods → associations →
//	signs → load → since → scale → clock fit → verdict
package correlate

// Package parse turns bytes into events.
//
// It holds the types that everything downstream shares, and the two functions
// that make them: [Read] takes inputs and formats, cuts each input into
// pieces, and has every line read by the format that understands it; a
// [Stitcher] joins the pieces in order. It knows no format itself: those are
// values ([Format]) in the packages below it.
//
//	Input ──pieces──▶ Format.Line ──▶ Batch ──in order──▶ Stitcher ──▶ Capture
//
// Three things hold throughout:
//
//   - Any cut gives the same events. A [Batch] is relative to its own start,
//     and its open ends travel with it.
//   - Clocks are data. An event keeps the time of its own stream's clock; what
//     that clock says in UTC is decided later, by package correlate.
//   - Every line is counted: as part of an event, as known but uninteresting,
//     or as not understood.
package parse

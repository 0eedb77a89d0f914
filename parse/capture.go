package parse

import "time"

// Capture is everything that was read: the sources, the streams found in
// them with their events, facts and metrics. Nothing in it is decided; the
// times are each stream's own.
type Capture struct {
	Names   Names
	Sources []Source
	Streams []Stream
	Facts   []Fact
	Series  []Series
	// Matches are the kinds of events that the user defined.
	Matches []Match
	// Own are the inputs that faultline itself wrote: they were not read.
	Own []Owned

	learned map[Name]Name // what addresses are called
}

// Owned is an input that was passed over, and what of faultline's it is.
type Owned struct{ Path, What string }

// Source is bytes: a file, a member of an archive, or standard input.
type Source struct {
	// Path as given, or found below a folder that was given.
	Path string
	// Owner is whose file it is by the layout of the bundle that it is from.
	Owner
	// Zone is the one that the user gave the source; nil when none was.
	Zone *time.Location
	// Zones is what its access lines say of its zone.
	Zones ZoneSeen
	// Format that most of it is in; "" when nothing in it was recognised.
	Format string
	// Layout is the configuration that its lines follow, if its format was made
	// of one ([Format.Layout]).
	Layout string
	// Wrappers that were stripped from each line, outermost first.
	Wrappers []*Wrapper
	// Bytes of the decoded stream, and their SHA-256.
	Bytes  int64
	SHA256 [32]byte
	// ContainerSHA256 is of the file as given, when that was compressed or an
	// archive; nil when it could not be read to its end.
	ContainerSHA256 []byte
	Modified        time.Time
	Counts          Counts
	Problems        []Problem
	// Broken says why the source could not be read to its end; it is among the
	// problems too.
	Broken string
	// Pasted sources mix prose and lines of several programs; each run of
	// lines is a stream of its own.
	Pasted bool
}

// Ahead is how far the source's zone is ahead of UTC at a local time, in ns.
func (s *Source) Ahead(local int64) int64 { return ahead(s.Zone, local) }

// Stream is one life of one process as one source tells it.
type Stream struct {
	Source                    uint32
	Format                    string
	Clock                     Clock
	Namespace, Pod, Container Name
	// Node is the machine that its lines name, as journald and syslog do.
	Node Name
	// Instance is the run of the container that the source says it is of, where
	// one file holds the logs of several.
	Instance Instance
	// Life counts the restarts seen in the source before this stream.
	Life int
	// ZoneBy says where the zone of its times is from.
	ZoneBy ZoneBy
	// Interleaved streams were told apart by their clocks alone.
	Interleaved bool
	// FirstLine and LastLine in the source; Lines of this stream between.
	FirstLine, LastLine uint32
	Lines               uint64
	// Coverage is when lines were captured, on the stream's own clock.
	Coverage []Span
	// Silences are pauses of at least [Silence] within the coverage.
	Silences []Span
	// Volume counts its lines by minute, ascending, minutes without any left out.
	Volume []Minute
	// Ties are lines that carry the stream's clock and a wall clock.
	Ties []Tie
	// Events in ascending Time.
	Events []Event
}

// Ref is the place of one of the stream's events.
func (s *Stream) Ref(e *Event) Ref {
	return Ref{Source: s.Source, Line: e.Line, Off: e.Off, Len: e.Len}
}

// Name gives the text of a name.
func (c *Capture) Name(n Name) string { return c.Names.Text(n) }

// Events counts the events of all streams.
func (c *Capture) Events() int {
	n := 0
	for i := range c.Streams {
		n += len(c.Streams[i].Events)
	}
	return n
}

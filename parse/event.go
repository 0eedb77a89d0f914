package parse

import "time"

// Time is nanoseconds on a stream's own clock: since 1970 on a wall clock,
// since its process started on an uptime clock, since the beginning of the
// year on a yearless one, and minus the age on a clock of ages.
type Time int64

// Clock says what a stream's own time counts from.
type Clock uint8

// The clocks, as the contract names them.
const (
	ClockNone     Clock = iota
	ClockWall           // UTC, printed on the line
	ClockUptime         // since the process started
	ClockAge            // before the dump was taken, negative
	ClockYearless       // a wall clock whose header names no year
)

var clockNames = [...]string{"", "wall", "uptime", "age", "yearless"}

// String is the clock's basis in the words of the contract.
func (c Clock) String() string {
	if int(c) < len(clockNames) {
		return clockNames[c]
	}
	return ""
}

// Name is an index into [Capture.Names]. Events hold no pointers, so the
// garbage collector has nothing to scan in ten million of them. 0 is "".
type Name uint32

// Event is one thing that happened, as one line says it. What a decision
// rests on is here; what is only shown is read again from the line.
// It is 64 bytes.
type Event struct {
	// Time is the middle of the printed time's last digit, on the clock of
	// the event's stream; Grain says how wide that digit was.
	Time Time
	// Lasted is how long it took, in nanoseconds: a stall's duration, a
	// failfast timeout, the span from the first to the last occurrence.
	Lasted time.Duration
	// Off is the byte offset of the line in the decoded source.
	Off int64
	// Value is the kind's own number: a queue's depth, an HTTP status.
	Value float64
	// Target is the service, object or endpoint it happened to.
	Target Name
	// Fact is the kind's own text: a trace id, an innermost error, a reason.
	Fact   Name
	Stream uint32
	// Line is the 1-based line of the source, Len the bytes of that line.
	Line, Len uint32
	// Count is how many times it happened; 1 for all but counted events.
	Count uint32
	// Print is the fingerprint of the line without its wrappers: copies of
	// one line in several dumps share it.
	Print    uint32
	Kind     Kind
	Severity Severity
	Grain    Grain
	// Class is the kind's own enumeration: a Cause, a ProbeClass, a Queue.
	Class uint8
}

// End is when the event was over, on its stream's clock.
func (e *Event) End() Time { return e.Time + Time(e.Lasted) }

// Grain is the width of a printed time.
type Grain uint8

// The grains that occur, finest first.
const (
	GrainNano Grain = iota
	GrainMicro
	GrainMilli
	GrainSecond
	GrainTwoSeconds // a one-second age of a time that was itself stored in whole seconds
	GrainMinute
	GrainHour
	GrainDay
	GrainYear
)

var grainWidths = [...]time.Duration{time.Nanosecond, time.Microsecond, time.Millisecond, time.Second,
	2 * time.Second, time.Minute + time.Second, time.Hour, 24 * time.Hour, 365 * 24 * time.Hour}

// Width is the full width of the interval that the printed time stands for.
func (g Grain) Width() time.Duration {
	if int(g) < len(grainWidths) {
		return grainWidths[g]
	}
	return 0
}

// GrainOf is the finest grain that is at least width wide.
func GrainOf(width int64) Grain {
	for g, w := range grainWidths {
		if width <= int64(w) {
			return Grain(g)
		}
	}
	return GrainYear
}

// Ref points at the bytes behind a claim.
type Ref struct {
	Source uint32
	Line   uint32 // 1-based
	Off    int64  // in the decoded source
	Len    uint32
}

// Tie is one line that carries two clocks, which is what anchors are made of.
type Tie struct {
	Own  Time // on the stream's clock
	Wall Time // ns since 1970, the middle of the printed time
	// Within is half the width of the printed time.
	Within time.Duration
	Ref    Ref
}

// Latest is the latest zero of the stream's clock that the tie allows.
func (t *Tie) Latest() Time { return t.Wall - t.Own + Time(t.Within) }

// Earliest is the earliest zero, if the stamp was taken at once.
func (t *Tie) Earliest() Time { return t.Wall - t.Own - Time(t.Within) }

// Span is a closed interval on a stream's clock.
type Span struct{ From, To Time }

// Fact is something a dump states about a process or an object, outside any
// event: a version, a start time, a limit.
type Fact struct {
	Ref     Ref
	Time    Time // wall, ns since 1970; 0 when the fact has none
	Within  time.Duration
	Subject Name // "namespace/pod/container", or as much of it as is known
	Key     Name // one of the Fact… keys
	Value   Name
}

// What a [FactAge] counts from.
const (
	AgeCreated = "created"
	AgeEnded   = "ended" // the end of the latest run of one of the pod's containers
)

// NoZone is how far a time may lie from what it prints if it is in whatever zone.
const NoZone = 14 * time.Hour

// Keys of facts.
const (
	FactVersion   = "version"    // of the program that wrote the log
	FactStartedAt = "started_at" // pod status: when the container started
	// FactRun says when one run of a container started: "current 4" or
	// "previous 3", with the restart count where it is known. FactRunEnd says
	// when it ended: its value has the exit code and the reason behind that.
	FactRun     = "run"
	FactRunEnd  = "run_end"
	FactProcess = "process_start" // metric process_start_time_seconds
	// FactCreated is when a pod was created, as its metadata says.
	FactCreated = "created_at"
	// FactAge is an age that a table of pods prints. Time is the middle of where
	// the moment lies on a clock that is zero when the table was printed; Value is
	// [AgeCreated], or [AgeEnded] with the restarts and the containers of the pod,
	// "ended 2/3".
	FactAge     = "age"
	FactNode    = "node"   // that a pod runs on
	FactAddress = "pod_ip" // of a pod
	// FactOwnAddress is an address that a line states as that of the process
	// that wrote it, where its prefix names no pod; once a source.
	FactOwnAddress = "own_ip"
	// FactLaunch is a line that linkerd's proxy-identity writes before it becomes
	// the proxy by exec: Time is when.
	FactLaunch = "launch"
	// FactTaken is when the bundle was taken that the file is in: its value is
	// the line that says so.
	FactTaken = "taken_at"
	// FactDated is a date that a header names for lines behind it that name no
	// year: when klog's file was made, when a journal ends. Time is read as if it
	// were UTC; Value is the word for its zone, if there is one.
	FactDated    = "dated"
	FactImage    = "image"
	FactCPULimit = "cpu_limit"
	FactLogLevel = "log_level"
	FactCaptured = "captured_at" // when a dump of ages was taken
	// FactMentioned is what a sentence in a ticket says: Subject is upgrade,
	// version, scale or metric, Value the words, "upgraded from A to B".
	FactMentioned = "mentioned"
)

// Series is one metric's samples from a range export.
type Series struct {
	Ref    Ref
	Metric Name
	Labels []Label // sorted by key, without the metric's name
	// Times in ns since 1970 and their values, both in ascending time.
	Times  []int64
	Values []float64
}

// Label is one key=value of a series.
type Label struct{ Key, Value Name }

// EndpointFact stands before the address in the Fact of a connection that
// failed, where its target is a service with several endpoints.
const EndpointFact = "endpoint "

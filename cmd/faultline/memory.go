package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	measures "runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"faultline/correlate/aside"
	"faultline/parse"
)

// What is kept of a dump grows with what happened in it, and nothing in a file says
// beforehand how much that is. One limit holds for all of it, and is asked in two
// places: reading ends at a share of it, and what comes after is ended at the whole.
// docs/adr/0013-one-limit-for-memory.md has the reasons.

const (
	// leastMemory is the smallest --max-memory: the program itself needs half of it.
	leastMemory = 64 << 20
	// mostMemory is how much is used by itself, however much there is: about thirty
	// million events.
	mostMemory = 4 << 30
	// readShare is the part of the limit that what was read may take: judging needs
	// up to twice as much again, as MaxMemory of docs/bench.sh measures.
	readShare = 5
	// roomy is how much may be kept before garbage is collected sooner.
	roomy = 128 << 20
	// askEvery is how often the memory in use is looked at.
	askEvery = 25 * time.Millisecond
)

// budget is how much memory may be used, and whether reading used its share.
type budget struct {
	limit int64
	share uint64        // of the limit, for what is read
	used  atomic.Bool   // the share is used up: nothing more is read
	next  atomic.Uint64 // bytes in use at which to see how many of them are garbage
	mu    sync.Mutex
}

// newBudget is that of --max-memory; "" takes what the machine suggests.
func newBudget(size string) (*budget, error) {
	limit, err := byteSize("--max-memory", size, "1GiB")
	switch {
	case err != nil:
		return nil, err
	case size == "":
		limit = min(max(available()/2, leastMemory), mostMemory)
	case limit < leastMemory:
		return nil, misuse("--max-memory 1GiB", "--max-memory %s: less than %s, which the program itself needs", size, sizeOf(leastMemory))
	}
	b := &budget{limit: limit, share: uint64(limit) / readShare}
	b.next.Store(b.share)
	return b, nil
}

// available is how much memory could be had: what the machine has free, or what a
// control group or a limit of the process leaves of it.
func available() int64 {
	const unknown = 2 * mostMemory
	return cmp.Or(slices.Min(append(memoryBounds(), unknown)), unknown)
}

// room says why nothing more is read; nil while there is memory for it, or no limit.
func (b *budget) room() error {
	if b == nil {
		return nil
	}
	if !b.used.Load() && inUse() >= b.next.Load() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if inUse() >= b.next.Load() {
			runtime.GC() // how much of it is kept only a collection tells
			live := inUse()
			b.next.Store(max(b.share, live+b.share/8))
			b.used.Store(live >= b.share)
		}
	}
	if b.used.Load() {
		return errFull{b.limit}
	}
	return nil
}

// errFull is why a source was not read to its end.
type errFull struct{ limit int64 }

func (e errFull) Error() string {
	return fmt.Sprintf("the limit of %s for memory (--max-memory) was reached", sizeOf(e.limit))
}

// errSpent is why the program ended: what it had read needs more than there is.
type errSpent struct{ limit int64 }

func (e errSpent) Error() string {
	return fmt.Sprintf("what was read needs more memory than the limit of %s (--max-memory)", sizeOf(e.limit))
}

// bound holds the program to its limit until the function that it gives is called:
// the collector keeps below it, and where what is kept exceeds it, the program ends.
func (a *app) bound() (release func(), err error) {
	if a.budget, err = newBudget(a.flags.memory); err != nil {
		return nil, err
	}
	b := a.budget
	held := b.limit - min(b.limit/8, leastMemory) // what the system counts beside the heap
	before := debug.SetMemoryLimit(held)
	ctx, cancel := context.WithCancelCause(a.ctx)
	a.ctx = ctx
	go b.watch(ctx, uint64(held), func() {
		spent := errSpent{b.limit}
		cancel(spent)
		for until := time.Now().Add(patience); time.Now().Before(until) && resident() < uint64(b.limit)+uint64(b.limit)/8; {
			time.Sleep(askEvery)
		}
		aside.Abandon()
		os.Exit(a.exit(spent))
	})
	percent := debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return func() { cancel(nil); debug.SetMemoryLimit(before); debug.SetGCPercent(percent) }, nil
}

// watch calls over when more is kept than held, and otherwise ends with ctx.
func (b *budget) watch(ctx context.Context, held uint64, over func()) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	percent := 100
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		kept := read("/gc/heap/live:bytes")
		if kept > held-held/16 || resident() > uint64(b.limit) {
			over()
			return
		}
		if n := garbage(kept); n < percent {
			percent = n
			debug.SetGCPercent(n)
		}
	}
}

// garbage is how much may lie about, in percent of what is kept. That is events for
// the most part, which hold nothing that the collector would have to look at: so it
// costs little to let it look often.
func garbage(kept uint64) int {
	const slack, least, most = 96 << 20, 10, 25
	if kept < roomy {
		return 100
	}
	return int(min(max(100*slack/kept, least), most))
}

// inUse is the memory of what is kept and what is not collected yet, in bytes.
func inUse() uint64 { return read("/memory/classes/heap/objects:bytes") }

// resident is what the system counts for the heap and what belongs to it, in bytes.
func resident() uint64 {
	return read("/memory/classes/total:bytes") - read("/memory/classes/heap/released:bytes")
}

// read asks the runtime for one of its measures of runtime/metrics.
func read(name string) uint64 {
	s := []measures.Sample{{Name: name}}
	measures.Read(s)
	return s[0].Value.Uint64()
}

// cutShort is the error of a run whose reading ended at the limit: all that it wrote
// is true of what was read, and what that is it says. nil when all was read.
func (a *app) cutShort() error {
	if a.budget == nil || !a.budget.used.Load() {
		return nil
	}
	return &hinted{&heldError{"not all was read: " + errFull{a.budget.limit}.Error() + a.cut}, giveLess}
}

// giveLess is what to do where memory does not suffice.
const giveLess = "--max-memory with more, where the machine has it; or give fewer files, or a part of a long one, and compare what they say"

// ended says whether it was the limit that ended the reading of a source.
func (b *budget) ended(s *parse.Source) bool {
	return b != nil && s.Broken == errFull{b.limit}.Error()
}

// sayCut remembers how much of the sources the limit left unread.
func (a *app) sayCut(sources []parse.Source) {
	if a.budget == nil || !a.budget.used.Load() {
		return
	}
	whole, none, far := 0, 0, ""
	for i := range sources {
		switch s := &sources[i]; {
		case !a.budget.ended(s):
			whole++
		case s.Counts.Lines == 0:
			none++
		default:
			far += fmt.Sprintf(", %s up to line %d", s.Path, s.Counts.Lines)
		}
	}
	a.cut += fmt.Sprintf("; of %d sources %d were read whole%s, %d not at all", len(sources), whole, far, none)
}

// sizeOf writes bytes as --max-memory reads them.
func sizeOf(n int64) string {
	if n%(1<<30) == 0 {
		return fmt.Sprintf("%dGiB", n>>30)
	}
	return fmt.Sprintf("%dMiB", n>>20)
}

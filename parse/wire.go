package parse

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"iter"
	"time"
)

// wireVersion changes whenever the meaning of an encoded batch does.
const wireVersion = 4

// wire is a batch on its way from one process to another.
type wire struct {
	Version  int
	Names    []string
	Events   []Event
	Segments []wireSegment
	Facts    []Fact
	Series   []Series
	Problems []Problem
	Counts   Counts
	Bytes    int64
	Kept     []byte
	KeptOff  []int64
	KeptSize []uint32
	Untimed  []int
	Pairs    []wirePair
	Learned  map[Name]Name
	Opens    []wireJoint // Event is meant
	Closes   []wireJoint // Lasted is meant
	Steps    map[uint64]uint64
	Asks     []wireAsk
	Reasons  []wireReason
	Prose    uint32
	Latest   []wireLatest
	Uses     []use
	Quiets   []quiet
}

type wireSegment struct {
	Segment               Segment
	Key                   wireKey
	ProseFirst, ProseLast uint32
}

type wireKey struct {
	Format                    string
	Role                      Role
	Clock                     Clock
	Namespace, Pod, Container Name
	Node                      Name
	Instance                  Instance
	Unread                    bool
}

type wireJoint struct {
	ID, MS uint64
	Value  int64
}

type wirePair struct {
	ID     uint64
	Event  int
	Part   uint8
	Within time.Duration
}

type wireAsk struct {
	Key   uint64
	Event int
}

type wireReason struct {
	Key   uint64
	At    Time
	Cause Cause
}

type wireLatest struct {
	Key     wireKey
	Segment int
}

// Encode writes a batch down, with its open ends, for [DecodeBatch].
func (b *Batch) Encode() ([]byte, error) {
	w := wire{Version: wireVersion, Names: b.Names.text, Events: b.Events, Facts: b.Facts, Series: b.Series,
		Problems: b.Problems, Counts: b.Counts, Bytes: b.Bytes, Kept: b.Kept, Prose: b.prose, Learned: b.learned, Untimed: b.untimed,
		Steps: b.steps, Quiets: b.quiets}
	for _, u := range b.uses {
		if u.Key != 0 {
			w.Uses = append(w.Uses, u)
		}
	}
	for _, p := range b.pairs {
		w.Pairs = append(w.Pairs, wirePair{p.id, p.event, p.part, p.within})
	}
	for i := range b.Segments {
		s := &b.Segments[i]
		w.Segments = append(w.Segments, wireSegment{*s, wireKey(s.key), s.proseFirst, s.proseLast})
	}
	for _, k := range b.keptAt {
		w.KeptOff, w.KeptSize = append(w.KeptOff, k.off), append(w.KeptSize, k.size)
	}
	for _, o := range b.opens {
		w.Opens = append(w.Opens, wireJoint{o.id, o.ms, int64(o.event)})
	}
	for _, c := range b.closes {
		w.Closes = append(w.Closes, wireJoint{c.id, c.ms, int64(c.lasted)})
	}
	for _, a := range b.asks {
		w.Asks = append(w.Asks, wireAsk{a.key, a.event})
	}
	for _, r := range b.reasons {
		w.Reasons = append(w.Reasons, wireReason{r.key, r.at, r.cause})
	}
	for k, i := range b.latest {
		w.Latest = append(w.Latest, wireLatest{wireKey(k), i})
	}
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(&w)
	return out.Bytes(), err
}

// Texts gives the lines that the batch keeps, by their offset.
func (b *Batch) Texts() map[int64]string {
	out := make(map[int64]string, len(b.keptAt))
	at := 0
	for _, k := range b.keptAt {
		out[k.off] = string(b.Kept[at : at+int(k.size)])
		at += int(k.size)
	}
	return out
}

// DecodeBatch reads what [Batch.Encode] wrote. Data that no encoder wrote is
// an error, never a batch that would fail later.
func DecodeBatch(data []byte) (*Batch, error) {
	var w wire
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&w); err != nil {
		return nil, fmt.Errorf("a batch that cannot be read: %w", err)
	}
	if w.Version != wireVersion {
		return nil, fmt.Errorf("a batch of version %d, this program reads %d: run shard parse again", w.Version, wireVersion)
	}
	b := &Batch{Events: w.Events, Facts: w.Facts, Series: w.Series, Problems: w.Problems, Counts: w.Counts,
		Bytes: w.Bytes, Kept: w.Kept, prose: w.Prose, latest: map[key]int{}, seg: -1, learned: w.Learned, untimed: w.Untimed, steps: w.Steps}
	for _, p := range w.Pairs {
		b.pairs = append(b.pairs, pairing{p.ID, p.Event, p.Part & 31, p.Within})
	}
	for _, text := range w.Names {
		b.Names.AddString(text)
	}
	for _, s := range w.Segments {
		s.Segment.key, s.Segment.proseFirst, s.Segment.proseLast = key(s.Key), s.ProseFirst, s.ProseLast
		b.Segments = append(b.Segments, s.Segment)
	}
	for i := range min(len(w.KeptOff), len(w.KeptSize)) {
		b.keptAt = append(b.keptAt, kept{w.KeptOff[i], w.KeptSize[i]})
	}
	for _, o := range w.Opens {
		b.opens = append(b.opens, opening{joint{o.ID, o.MS}, int(o.Value)})
	}
	for _, c := range w.Closes {
		b.closes = append(b.closes, closing{joint{c.ID, c.MS}, time.Duration(c.Value)})
	}
	for _, a := range w.Asks {
		b.asks = append(b.asks, ask{a.Key, a.Event})
	}
	if b.quiets = w.Quiets; len(w.Uses)+len(w.Quiets) > 0 {
		b.uses = make([]use, usesKept)
	}
	for _, u := range w.Uses {
		b.uses[u.Key%usesKept] = u
	}
	for _, r := range w.Reasons {
		b.reasons = append(b.reasons, reason{r.Key, r.At, r.Cause})
	}
	for _, l := range w.Latest {
		b.latest[key(l.Key)] = l.Segment
	}
	return b, b.sound()
}

// sound says whether everything that a batch refers to is in it.
func (b *Batch) sound() error {
	size := 0
	for _, k := range b.keptAt {
		size += int(k.size)
	}
	if !b.namesSound() || !b.eventsSound() || size > len(b.Kept) {
		return fmt.Errorf("a batch that refers to what is not in it")
	}
	return nil
}

// namesSound says whether each name that is referred to is there.
func (b *Batch) namesSound() bool {
	ok := true
	name := func(list ...Name) {
		for _, n := range list {
			ok = ok && int(n) < b.Names.Len()
		}
	}
	for i := range b.Events {
		name(b.Events[i].Target, b.Events[i].Fact)
	}
	for i := range b.Segments {
		name(b.Segments[i].Namespace, b.Segments[i].Pod, b.Segments[i].Container, b.Segments[i].Node)
	}
	for _, f := range b.Facts {
		name(f.Subject, f.Key, f.Value)
	}
	for _, s := range b.Series {
		name(s.Metric)
		ok = ok && len(s.Times) == len(s.Values)
		for _, l := range s.Labels {
			name(l.Key, l.Value)
		}
	}
	for address, n := range b.learned {
		name(address, n)
	}
	return ok
}

// eventsSound says whether each event and segment that is referred to is there.
func (b *Batch) eventsSound() bool {
	ok := true
	among := func(i, n int) { ok = ok && i >= 0 && i < n }
	for i := range b.Events {
		among(int(b.Events[i].Stream), len(b.Segments))
	}
	for _, o := range b.opens {
		among(o.event, len(b.Events))
	}
	for _, i := range b.untimed {
		among(int(i), len(b.Events))
	}
	for _, p := range b.pairs {
		among(p.event, len(b.Events))
	}
	for _, a := range b.asks {
		among(a.event, len(b.Events))
	}
	for _, q := range b.quiets {
		among(q.Event, len(b.Events))
	}
	for _, i := range b.latest {
		among(int(i), len(b.Segments))
	}
	return ok
}

// Told is a source as it was read elsewhere: how, and the batches of all its
// pieces in order. An error ends the join.
type Told struct {
	Source  Source
	Batches iter.Seq2[*Batch, error]
}

// Join makes a capture of sources that were read elsewhere, as [Read] would
// have: the same batches in the same order give the same capture.
func Join(told iter.Seq2[Told, error], keeper Keeper) (*Capture, error) {
	c := &Capture{}
	for t, err := range told {
		if err != nil {
			return nil, err
		}
		id := uint32(len(c.Sources))
		s := NewStitcher(t.Source.Pasted, keeper)
		if t.Batches != nil {
			for b, err := range t.Batches {
				if err != nil {
					return nil, err
				}
				s.Add(id, b)
			}
		}
		p := t.Source.join(id, s)
		c.Sources = append(c.Sources, t.Source)
		c.add(p)
	}
	c.zonesBeside()
	c.nameTargets()
	return c, nil
}

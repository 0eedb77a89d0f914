package shard

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/parse"
)

// Reading is how inputs are found and read: the same for every shard of a plan.
type Reading struct {
	// Open gives the input of a path as it was planned, with what the plan says
	// about it.
	Open func(path string) (parse.Input, error)
	// Others as in parse.Options.
	Others   bool
	Formats  []*parse.Format
	Wrappers []*parse.Wrapper
}

// sourcePlan is how a source was read, as it travels beside its batches.
type sourcePlan struct {
	Plan     string         `json:"plan"`
	Path     string         `json:"path"`
	Owner    parse.Owner    `json:"owner"`
	Format   string         `json:"format,omitempty"`
	Wrappers []string       `json:"wrappers,omitempty"`
	Columns  string         `json:"columns,omitempty"` // parse.Wrapper.Made of the one that has it
	Zone     string         `json:"zone,omitempty"`
	Zones    parse.ZoneSeen `json:"zones"`
	Layout   string         `json:"layout,omitempty"`
	Bytes    int64          `json:"bytes"`
	SHA256   []byte         `json:"sha256"`
	Outer    []byte         `json:"container_sha256,omitempty"`
	Modified int64          `json:"modified_ns"`
	Pasted   bool           `json:"pasted,omitempty"`
	Broken   string         `json:"broken,omitempty"`
	Problem  string         `json:"problem,omitempty"` // of a source that could not be opened
}

// Parse reads the items of one shard and writes what they say below dir. An
// item that was written before is written again, with the same bytes' worth of
// content: to run a shard twice, or to kill it and run it again, does no harm.
func Parse(ctx context.Context, p *Plan, index int, dir string, r Reading, on func(Item)) error {
	if index < 0 || index >= p.Shards {
		return fmt.Errorf("shard %d: the plan has 0 to %d", index, p.Shards-1)
	}
	id := p.ID()
	for _, item := range p.Items {
		if item.Shard != index {
			continue
		}
		if err := parseItem(ctx, id, item, dir, r); err != nil {
			return fmt.Errorf("%s: %w", item.Path, err)
		}
		if on != nil {
			on(item)
		}
	}
	return nil
}

func parseItem(ctx context.Context, plan string, item Item, dir string, r Reading) error {
	in, err := item.input(r)
	if err != nil {
		return err
	}
	out, err := casefile.CreateShard(dir, item.Shard, item.ID)
	if err != nil {
		return err
	}
	defer out.Discard()
	w := &itemWriter{out: out, item: item, seq: map[uint32]int32{}, off: map[uint32]int64{}}
	c, err := parse.Read(ctx, []parse.Input{in}, r.Formats, r.Wrappers, parse.Options{Record: w.batch, Others: r.Others}, nil)
	if err == nil {
		err = w.err
	}
	if err != nil {
		return err
	}
	for i := range c.Sources {
		t := tellSource(plan, &c.Sources[i])
		if item.To >= 0 {
			t.Format = "" // the lines of all pieces say which it is
			if item.Piece == 0 {
				if t.SHA256, err = hashOf(ctx, item.Path); err != nil {
					return err
				}
			}
		}
		data, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if err := out.Row(casefile.ShardRow{Source: int32(i), Seq: -1, Data: data}); err != nil {
			return err
		}
	}
	return out.Publish()
}

// input opens what an item is of, and refuses a file that is not the one that
// was planned.
func (item *Item) input(r Reading) (parse.Input, error) {
	in, err := r.Open(item.Path)
	if err != nil {
		return in, err
	}
	if in.Size != item.Size {
		return in, fmt.Errorf("changed since it was planned: %d bytes, then %d", in.Size, item.Size)
	}
	in.Format = item.Format
	in.Rereadable = false // the merge may run where the file is not
	if item.To < 0 {
		return in, nil
	}
	f, err := os.Open(item.Path)
	if err != nil {
		return in, err
	}
	defer f.Close()
	if in.Head, err = parse.HeadOf(f); err != nil {
		return in, err
	}
	path, from, to := item.Path, item.From, item.To
	in.Whole = func() (io.ReadCloser, error) { return os.Open(path) }
	in.Open = func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		return section{io.NewSectionReader(f, from, to-from), f}, nil
	}
	return in, nil
}

type section struct {
	io.Reader
	io.Closer
}

// hashOf is the SHA-256 of a file whose pieces no single process reads.
func hashOf(ctx context.Context, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	for {
		_, err := io.CopyN(sum, f, 64<<20)
		if err == io.EOF {
			return sum.Sum(nil), nil
		}
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
}

func tellSource(plan string, s *parse.Source) sourcePlan {
	t := sourcePlan{Plan: plan, Path: s.Path, Owner: s.Owner, Format: s.Format, Layout: s.Layout,
		Zones: s.Zones, Bytes: s.Bytes, SHA256: s.SHA256[:], Outer: s.ContainerSHA256, Pasted: s.Pasted, Broken: s.Broken}
	if !s.Modified.IsZero() {
		t.Modified = s.Modified.UnixNano()
	}
	if s.Zone != nil {
		t.Zone = s.Zone.String()
	}
	for _, w := range s.Wrappers {
		t.Wrappers = append(t.Wrappers, w.Name)
		t.Columns += w.Made
	}
	if s.Counts.Lines == 0 && len(s.Problems) > 0 {
		t.Problem = s.Problems[0].Text
	}
	return t
}

// itemWriter writes the batches of an item as they are read.
type itemWriter struct {
	mu   sync.Mutex
	out  *casefile.ShardFile
	item Item
	seq  map[uint32]int32
	off  map[uint32]int64 // of the next batch in its source
	err  error
}

func (w *itemWriter) batch(source uint32, b *parse.Batch) {
	data, err := b.Encode()
	var whole []byte
	if err == nil && b.Others() {
		whole = data
		data, err = b.Wanted().Encode()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		err = w.out.Row(casefile.ShardRow{Source: int32(source), Seq: w.seq[source], Data: data, Whole: whole})
	}
	w.seq[source]++
	if err == nil {
		err = w.events(source, b)
	}
	w.off[source] += b.Bytes
	if err != nil && w.err == nil {
		w.err = err
	}
}

// clocks writes what a batch says about the zeros of its segments' clocks, and
// gives them: nil for one that it cannot tell.
func (w *itemWriter) clocks(b *parse.Batch) (zeros []*int64, err error) {
	zeros = make([]*int64, len(b.Segments))
	for i := range b.Segments {
		g := &b.Segments[i]
		switch {
		case g.Clock == parse.ClockWall:
			zeros[i] = new(int64)
		case g.Clock == parse.ClockUptime && g.Tied:
			zero := int64(g.Tie.Wall - g.Tie.Own)
			zeros[i] = &zero
			if err := w.out.Clock(&casefile.ShardClock{Path: w.item.Path, Namespace: b.Names.Text(g.Namespace),
				Pod: b.Names.Text(g.Pod), Container: b.Names.Text(g.Container), Zero: zero}); err != nil {
				return nil, err
			}
		}
	}
	return zeros, nil
}

// events writes the events of a batch for SQL.
func (w *itemWriter) events(source uint32, b *parse.Batch) error {
	base := w.item.From + w.off[source]
	lines := b.Texts()
	zeros, err := w.clocks(b)
	if err != nil {
		return err
	}
	for i := range b.Events {
		e := &b.Events[i]
		g := &b.Segments[e.Stream]
		row := casefile.ShardEvent{Path: w.item.Path, Own: int64(e.Time), Clock: g.Clock.String(), Kind: e.Kind.String(),
			Severity: e.Severity.String(), Namespace: b.Names.Text(g.Namespace), Pod: b.Names.Text(g.Pod), Container: b.Names.Text(g.Container),
			Zero: zeros[e.Stream], Failure: correlate.IsFailure(e), Target: b.Names.Text(e.Target), Duration: int64(e.Lasted),
			Count: int64(e.Count), Off: base + e.Off, Len: int64(e.Len), Body: lines[e.Off]}
		if g.Clock == parse.ClockWall {
			at := time.Unix(0, int64(e.Time)).UnixMicro()
			row.TS = &at
		}
		if e.Value >= 100 && e.Value < 600 && (e.Kind == parse.IngressResponse || e.Kind == parse.ProxyRequestFailed) {
			status := int32(e.Value)
			row.Status = &status
		}
		if err := w.out.Event(&row); err != nil {
			return err
		}
	}
	return nil
}

// Package shard spreads the reading of a dump over many processes or machines.
// A plan fixes what is read and where large files are cut; each shard's items
// are read to batches and written to Parquet; the merge joins the batches in
// the plan's order, as the reader of one process does. Scheduling, storage and
// retries belong to whatever runs it.
package shard

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"faultline/parse"
)

// Schema names the plan's format.
const Schema = "faultline.shard/v1"

// Plan says who reads what. The same inputs give the same plan.
type Plan struct {
	Schema string `json:"schema"`
	Shards int    `json:"shards"`
	// Match and Source are what flags and facts files say about the reading,
	// as the flags --match and --source have it.
	Match  []string `json:"match,omitempty"`
	Source []string `json:"source,omitempty"`
	// Others: lines of no interest are events too (parse.Options).
	Others bool   `json:"all,omitempty"`
	Items  []Item `json:"items"`
}

// Item is a file, or a piece of one.
type Item struct {
	ID    int    `json:"id"`
	Path  string `json:"path"`
	Shard int    `json:"shard"`
	// Format, where the user said which it is.
	Format string `json:"format,omitempty"`
	// From and To are the bytes of a piece of a plain file; To is -1 for a
	// file that is read whole. Piece counts the pieces of one file.
	From  int64 `json:"from"`
	To    int64 `json:"to"`
	Piece int   `json:"piece"`
	// Size and Modified (ns since 1970) are the file's, so that one that was
	// written to since is noticed.
	Size     int64 `json:"size"`
	Modified int64 `json:"modified_ns"`
}

// bytes is what an item costs to read.
func (i *Item) bytes() int64 {
	if i.To >= 0 {
		return i.To - i.From
	}
	return i.Size
}

// New plans the reading of inputs by so many shards; files of plain lines are
// cut into pieces of about the given size in bytes.
func New(in []parse.Input, shards int, piece int64, formats []*parse.Format, wrappers []*parse.Wrapper) (*Plan, error) {
	if shards < 1 || piece < 1 {
		return nil, fmt.Errorf("%d shards with pieces of %d bytes: both must be positive", shards, piece)
	}
	p := &Plan{Schema: Schema, Shards: shards}
	for i := range in {
		if in[i].Path == "-" || in[i].Size < 0 {
			return nil, fmt.Errorf("%s: not a file, so no other process can read it", in[i].Path)
		}
		cuts, err := cuts(&in[i], piece, formats, wrappers)
		if err != nil {
			return nil, err
		}
		for n, c := range cuts {
			p.Items = append(p.Items, Item{ID: len(p.Items), Path: in[i].Path, Format: in[i].Format, From: c.from, To: c.to, Piece: n,
				Size: in[i].Size, Modified: in[i].Modified.UnixNano()})
		}
	}
	p.assign()
	return p, nil
}

type span struct{ from, to int64 }

// cuts finds where a file may be cut so that its pieces read as the whole does.
func cuts(in *parse.Input, size int64, formats []*parse.Format, wrappers []*parse.Wrapper) ([]span, error) {
	whole := []span{{0, -1}}
	if !in.Rereadable || in.Size <= size {
		return whole, nil
	}
	f, err := os.Open(in.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	at, err := parse.Cuts(in, f, size, formats, wrappers)
	if err != nil || len(at) == 0 {
		return whole, err
	}
	var out []span
	from := int64(0)
	for _, to := range append(at, in.Size) {
		out = append(out, span{from, to})
		from = to
	}
	return out, nil
}

// assign gives the largest items away first, each to the shard that has least.
func (p *Plan) assign() {
	order := make([]int, len(p.Items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.Items[b].bytes(), p.Items[a].bytes()) })
	load := make([]int64, p.Shards)
	for _, i := range order {
		least := 0
		for s := range load {
			if load[s] < load[least] {
				least = s
			}
		}
		p.Items[i].Shard = least
		load[least] += p.Items[i].bytes() + 1
	}
}

// ID tells plans apart: what was read by one is not merged by another.
func (p *Plan) ID() string {
	data, _ := json.Marshal(p)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// Write writes the plan as JSON.
func (p *Plan) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// Load reads a plan.
func Load(path string) (*Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("%s: not a plan: %w", path, err)
	}
	if p.Schema != Schema || p.Shards < 1 {
		return nil, fmt.Errorf("%s: schema %q, this program reads %s", path, p.Schema, Schema)
	}
	for i, item := range p.Items {
		if item.ID != i || item.Shard < 0 || item.Shard >= p.Shards || item.Size < 0 ||
			item.To >= 0 && (item.From < 0 || item.To < item.From || item.To > item.Size) {
			return nil, fmt.Errorf("%s: item %d is not sound", path, i)
		}
	}
	return p, nil
}

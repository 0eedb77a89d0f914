package casefile

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/parquet-go/parquet-go"

	"faultline/correlate/aside"
)

// ShardEvent is an event as one shard knows it, for SQL over all shards. What
// needs the whole of a source, its line numbers and the zero of an uptime
// without stamps, is left to the merge.
type ShardEvent struct {
	Path      string `parquet:"source_path,dict,zstd"`
	TS        *int64 `parquet:"timestamp,optional,plain,timestamp(microsecond),zstd"` // of wall clocks
	Own       int64  `parquet:"own_ns,plain,zstd"`
	Zero      *int64 `parquet:"zero_ns,optional,plain,zstd"` // of own_ns, ns since 1970: 0 of wall clocks, of uptimes as ShardClock has it
	Clock     string `parquet:"clock,dict,zstd"`
	Kind      string `parquet:"kind,dict,zstd"`
	Failure   bool   `parquet:"is_failure,plain,zstd"` // it counts as one where no --failure says otherwise
	Severity  string `parquet:"severity_text,dict,zstd"`
	Namespace string `parquet:"k8s_namespace_name,dict,zstd"`
	Pod       string `parquet:"k8s_pod_name,dict,zstd"`
	Container string `parquet:"k8s_container_name,dict,zstd"`
	Target    string `parquet:"target,dict,zstd"`
	Status    *int32 `parquet:"http_status,optional,plain,zstd"`
	Duration  int64  `parquet:"duration_ns,plain,zstd"`
	Count     int64  `parquet:"count,plain,zstd"`
	Off       int64  `parquet:"byte_offset,plain,zstd"`
	Len       int64  `parquet:"byte_length,plain,zstd"`
	Body      string `parquet:"body,plain,zstd"`
}

// ShardClock is where the stamps before the lines of one batch put the zero of
// an uptime: the least of them over all batches of a process's life is the
// zero, for a stamp can be late and never early.
type ShardClock struct {
	Path      string `parquet:"source_path,dict,zstd"`
	Namespace string `parquet:"k8s_namespace_name,dict,zstd"`
	Pod       string `parquet:"k8s_pod_name,dict,zstd"`
	Container string `parquet:"k8s_container_name,dict,zstd"`
	Zero      int64  `parquet:"zero_ns,plain,zstd"`
}

// ShardRow is what the merge reads: a batch of a source, or with Seq -1 how
// the source was read.
type ShardRow struct {
	Source int32  `parquet:"source,plain,zstd"` // counts the sources of one item
	Seq    int32  `parquet:"seq,plain,zstd"`
	Data   []byte `parquet:"data,plain,zstd"`
	// Whole is the batch with the lines of no interest, where it has any: Data is
	// what a judgement takes, and Whole is read for the timeline alone.
	Whole []byte `parquet:"whole,optional,plain,zstd"`
}

// judgedRow is the part of a row that a judgement reads: the other column stays on
// the disk.
type judgedRow struct {
	Source int32  `parquet:"source,plain,zstd"`
	Seq    int32  `parquet:"seq,plain,zstd"`
	Data   []byte `parquet:"data,plain,zstd"`
}

// ShardFile is one item of a plan on its way to disk: events and clocks for SQL
// and batches for the merge, in folders partitioned as Hive does it. Nothing
// can be seen of it before Publish; the batches come last and so say that all
// is there.
type ShardFile struct {
	events, clocks, batches *shardTable
}

type shardTable struct {
	path string
	file *aside.File
	out  interface{ Close() error }
}

// ShardPath is where an item's table is: DIR/TABLE/shard=0003/item-000012.parquet.
func ShardPath(dir, table string, shard, item int) string {
	return filepath.Join(dir, table, fmt.Sprintf("shard=%04d", shard), fmt.Sprintf("item-%06d.parquet", item))
}

// CreateShard begins the files of an item.
func CreateShard(dir string, shard, item int) (f *ShardFile, err error) {
	f = &ShardFile{}
	if f.events, err = newShardTable[ShardEvent](ShardPath(dir, "events", shard, item), groupRows); err != nil {
		return nil, err
	}
	if f.clocks, err = newShardTable[ShardClock](ShardPath(dir, "clocks", shard, item), groupRows); err == nil {
		f.batches, err = newShardTable[ShardRow](ShardPath(dir, "batches", shard, item), 64)
	}
	if err != nil {
		f.Discard()
		return nil, err
	}
	return f, nil
}

func newShardTable[T any](path string, rows int64) (*shardTable, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := aside.In(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	options := []parquet.WriterOption{parquet.DataPageVersion(1), parquet.MaxRowsPerRowGroup(rows), parquet.CreatedBy("faultline", "shard", "")}
	for _, c := range []string{"body", "data", "whole"} { // else the least and greatest stand in the footer, whole
		options = append(options, parquet.SkipPageStatistics(c))
	}
	return &shardTable{path, file, parquet.NewGenericWriter[T](file, options...)}, nil
}

// Event adds an event. Texts are made valid UTF-8, as in a case.
func (f *ShardFile) Event(e *ShardEvent) error {
	for _, s := range []*string{&e.Path, &e.Namespace, &e.Pod, &e.Container, &e.Target, &e.Body} {
		*s = encode(*s)
	}
	_, err := f.events.out.(*parquet.GenericWriter[ShardEvent]).Write([]ShardEvent{*e})
	return err
}

// Clock adds what the stamps of a batch say.
func (f *ShardFile) Clock(c *ShardClock) error {
	for _, s := range []*string{&c.Path, &c.Namespace, &c.Pod, &c.Container} {
		*s = encode(*s)
	}
	_, err := f.clocks.out.(*parquet.GenericWriter[ShardClock]).Write([]ShardClock{*c})
	return err
}

// Row adds what the merge reads.
func (f *ShardFile) Row(r ShardRow) error {
	_, err := f.batches.out.(*parquet.GenericWriter[ShardRow]).Write([]ShardRow{r})
	return err
}

// Publish gives the files their names, in place of those of an earlier run.
func (f *ShardFile) Publish() error {
	for _, t := range []*shardTable{f.events, f.clocks, f.batches} {
		if err := t.out.Close(); err != nil {
			return err
		}
		if err := t.file.As(t.path); err != nil {
			return err
		}
	}
	return nil
}

// Discard drops what was not published.
func (f *ShardFile) Discard() {
	for _, t := range []*shardTable{f.events, f.clocks, f.batches} {
		if t != nil {
			t.file.Discard()
		}
	}
}

// HasShard says whether an item was published.
func HasShard(dir string, shard, item int) bool {
	_, err := os.Stat(ShardPath(dir, "batches", shard, item))
	return err == nil
}

// ReadShard gives the rows of an item, source by source and in the order of
// its batches; whole asks for the lines of no interest too. The files are our own:
// they are checked for being whole, not for malice.
func ReadShard(dir string, shard, item int, whole bool) (rows []ShardRow, err error) {
	path := ShardPath(dir, "batches", shard, item)
	if whole {
		rows, err = shardRows[ShardRow](path)
		for i := range rows {
			if len(rows[i].Whole) > 0 {
				rows[i].Data, rows[i].Whole = rows[i].Whole, nil
			}
		}
	} else {
		var some []judgedRow
		some, err = shardRows[judgedRow](path)
		for _, r := range some {
			rows = append(rows, ShardRow{Source: r.Source, Seq: r.Seq, Data: r.Data})
		}
	}
	slices.SortStableFunc(rows, func(a, b ShardRow) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Seq, b.Seq))
	})
	return rows, err
}

func shardRows[T any](path string) (rows []T, err error) {
	defer func() {
		if r := recover(); r != nil { // of the library, over a damaged file
			err = fmt.Errorf("%s: damaged: %v", path, r)
		}
	}()
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := parquet.NewGenericReader[T](file)
	defer in.Close()
	rows = make([]T, in.NumRows())
	if n, err := in.Read(rows); n != len(rows) || err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: damaged: %d of %d rows: %w", path, n, len(rows), err)
	}
	return rows, nil
}

package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"faultline/parse"
	"faultline/parse/tsdb"
)

// A block of a Prometheus database is a folder of binary files. It is one input,
// which reads as promtool tsdb dump would print it.

// isBlock says whether a folder is a block: Prometheus names it by a ULID,
// which whoever copies it may change; what is in it stays.
func isBlock(dir string) bool {
	for _, name := range []string{"index", "meta.json"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	info, err := os.Stat(filepath.Join(dir, "chunks"))
	return err == nil && info.IsDir()
}

// blockFolder is the input of a block on disk.
func blockFolder(dir string, info fs.FileInfo) parse.Input {
	in := parse.Input{Path: filepath.ToSlash(dir), Size: -1, Modified: info.ModTime(), Owner: owner(filepath.ToSlash(dir) + "/index")}
	in.Open = func() (io.ReadCloser, error) {
		var b tsdb.Block
		var open []io.Closer
		closeAll := func() {
			for _, c := range open {
				c.Close()
			}
		}
		names, err := filepath.Glob(filepath.Join(dir, "chunks", "[0-9]*"))
		slices.Sort(names)
		for i, name := range append([]string{filepath.Join(dir, "index")}, names...) {
			info, err2 := os.Stat(name)
			if err2 == nil && !info.Mode().IsRegular() {
				err2 = fmt.Errorf("%s: %w", name, errors.New("no file"))
			}
			var f *os.File
			if err2 == nil {
				f, err2 = os.Open(name)
			}
			if err = errors.Join(err, err2); err != nil {
				closeAll()
				return nil, plain(err)
			}
			open = append(open, f)
			if file := (tsdb.File{At: f, Size: info.Size()}); i == 0 {
				b.Index = file
			} else {
				b.Chunks = append(b.Chunks, file)
			}
		}
		return dumping(&b, closeAll), nil
	}
	return in
}

// dumping gives a block as text.
func dumping(b *tsdb.Block, done func()) io.ReadCloser {
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	go func() {
		w.CloseWithError(b.Dump(ctx, w))
		done()
	}()
	return &dump{r, stop}
}

type dump struct {
	*io.PipeReader
	stop context.CancelFunc
}

// Close ends the reading, and with it the dumping.
func (d *dump) Close() error {
	d.stop()
	return d.PipeReader.Close()
}

// blockFile is a file of a block within an archive, in the folder that
// Prometheus names by a ULID; or in any other, if the file begins as its kind
// does (prometheus tsdb/docs/format/{index,chunks,tombstones}.md).
var (
	blockFile   = regexp.MustCompile(`^(.*)/(index|tombstones|chunks/[0-9]{6})$`)
	ulidFolder  = regexp.MustCompile(`(?:^|/)[0-9A-HJKMNP-TV-Z]{26}$`)
	blockMagics = map[string]string{"index": "\xba\xaa\xd7\x00", "tombstones": "\x01\x30\xba\x30", "chunks": "\x85\xbd\x40\xdd"}
)

// blockParts are the files of one block of an archive.
type blockParts struct {
	index  []byte
	chunks map[string][]byte
}

// blockPart takes a member that is a file of a block; of any other it gives what
// is to be read.
func (l *level) blockPart(name string, r io.Reader) io.Reader {
	m := blockFile.FindStringSubmatch(name)
	if m == nil {
		return r
	}
	dir, part := m[1], m[2]
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	kind, _, _ := strings.Cut(part, "/")
	rest := io.MultiReader(bytes.NewReader(head[:n]), r)
	if string(head[:n]) != blockMagics[kind] && !ulidFolder.MatchString(dir) {
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return &ending{*bytes.NewReader(head[:n]), err}
		}
		return rest
	}
	r = rest
	if l.blocks == nil {
		l.blocks = map[string]*blockParts{}
	}
	b := l.blocks[dir]
	if b == nil {
		b = &blockParts{chunks: map[string][]byte{}}
		l.blocks[dir] = b
	}
	most := l.x.g.lim.blocks
	data, err := io.ReadAll(io.LimitReader(r, int64(most-l.blockBytes)+1))
	l.blockBytes += len(data)
	switch {
	case err != nil || l.blockBytes > most:
		l.x.give(broken(l.path+"/"+name, errors.Join(err, fmt.Errorf("the Prometheus blocks of this archive are not held beyond %s: unpack it, and give the folder", amount(int64(most))))))
	case part == "index":
		b.index = data
	case strings.HasPrefix(part, "chunks/"):
		b.chunks[part] = data
	}
	return nil
}

// giveBlocks hands on the blocks of an archive, once all of it was read.
func (l *level) giveBlocks() {
	var dirs []string
	for dir := range l.blocks {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		parts := l.blocks[dir]
		at := path.Join(l.path, dir)
		in := parse.Input{Path: at, Size: -1, Modified: l.modified, Owner: owner(at + "/index")}
		in.Open = func() (io.ReadCloser, error) {
			b := tsdb.Block{Index: held(parts.index)}
			var names []string
			for name := range parts.chunks {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				b.Chunks = append(b.Chunks, held(parts.chunks[name]))
			}
			return dumping(&b, func() {}), nil
		}
		l.x.give(in)
	}
}

func held(data []byte) tsdb.File {
	return tsdb.File{At: bytes.NewReader(data), Size: int64(len(data))}
}

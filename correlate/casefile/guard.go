package casefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Limits of one table.
const (
	maxElements  = 1 << 20 // of lists in a footer
	maxColumns   = 200
	maxGroupRows = 1 << 20
	maxPage      = 256 << 20
	// A row takes some bytes, however well it compresses: what claims more
	// rows than that is made to fill the memory.
	fewRows, rowsPerByte = 1 << 20, 4
)

// guarded turns what the Parquet library panics over into an error. It works
// as long as the library reads on the caller's goroutine, which it does unless
// it is asked not to.
func guarded(what string, read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: damaged: %v", what, p)
		}
	}()
	if err = read(); err != nil {
		err = fmt.Errorf("%s: %w", what, err)
	}
	return err
}

// openTable opens a table after it has been looked at: a footer of a sane
// size, so many rows as could be there, pages that unpack to what they say.
func openTable(e entry) (f *parquet.File, err error) {
	err = guarded(e.name, func() error {
		if err := checkFooter(e); err != nil {
			return err
		}
		f, err = parquet.OpenFile(e.data, e.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		if err != nil {
			return err
		}
		return checkPages(e, f)
	})
	return f, err
}

func checkFooter(e entry) error {
	var tail [8]byte
	if e.size < 12 {
		return errors.New("too short for a Parquet file")
	}
	if _, err := e.data.ReadAt(tail[:], e.size-8); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if string(tail[4:]) != "PAR1" || n < 4 || n > min(e.size-12, maxFooter) {
		return errors.New("no footer of a Parquet file")
	}
	footer := make([]byte, n)
	if _, err := e.data.ReadAt(footer, e.size-8-n); err != nil {
		return err
	}
	_, err := structLen(footer, maxElements)
	return err
}

func checkPages(e entry, f *parquet.File) error {
	meta := f.Metadata()
	columns := len(f.Schema().Columns())
	if meta.NumRows < 0 || meta.NumRows > fewRows+rowsPerByte*e.size || columns > maxColumns {
		return fmt.Errorf("%d rows of %d columns in %d bytes", meta.NumRows, columns, e.size)
	}
	rows, total := int64(0), int64(0)
	for i := range meta.RowGroups {
		g := &meta.RowGroups[i]
		if g.NumRows < 0 || g.NumRows > maxGroupRows || len(g.Columns) != columns {
			return errThrift
		}
		rows += g.NumRows
		for j := range g.Columns {
			n, err := checkChunk(e, &g.Columns[j], g.NumRows)
			if err != nil {
				return err
			}
			if total += n; total > maxDecoded {
				return fmt.Errorf("more than %d bytes when unpacked", int64(maxDecoded))
			}
		}
	}
	if rows != meta.NumRows {
		return errThrift
	}
	return nil
}

// checkChunk walks the pages of one column of one row group, and gives how
// many bytes they unpack to.
func checkChunk(e entry, chunk *format.ColumnChunk, rows int64) (total int64, err error) {
	c := &chunk.MetaData
	if c.Codec != format.Zstd && c.Codec != format.Uncompressed || c.NumValues != rows {
		return 0, errThrift
	}
	at := c.DataPageOffset
	if d := c.DictionaryPageOffset; d > 0 && d < at {
		at = d
	}
	end := at + c.TotalCompressedSize
	if at < 4 || end < at || end > e.size {
		return 0, errThrift
	}
	head := make([]byte, 8<<10)
	var pages []format.PageLocation
	for values := int64(0); values < rows; {
		if at >= end {
			return 0, errThrift
		}
		begin, first := at, values
		n, err := e.data.ReadAt(head[:min(int64(len(head)), e.size-at)], at)
		if err != nil && err != io.EOF {
			return 0, err
		}
		h, size, err := pageHeader(head[:n])
		if err != nil {
			return 0, err
		}
		at += int64(size)
		if h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage || at+int64(h.CompressedPageSize) > end {
			return 0, errThrift
		}
		if c.Codec == format.Zstd {
			err = checkFrame(io.NewSectionReader(e.data, at, int64(h.CompressedPageSize)), int64(h.UncompressedPageSize))
		}
		if err != nil {
			return 0, err
		}
		at += int64(h.CompressedPageSize)
		total += int64(h.UncompressedPageSize)
		held, data, ok := pageValues(&h, rows)
		if !ok {
			return 0, errThrift
		}
		if data {
			values += held
			pages = append(pages, format.PageLocation{Offset: begin, CompressedPageSize: int32(at - begin), FirstRowIndex: first})
		}
		if values > rows {
			return 0, errThrift
		}
	}
	return total, checkIndex(e, chunk, pages)
}

// pageValues is how many values a page says that it holds, and whether it is one
// of data; ok is false for one that cannot be.
func pageValues(h *format.PageHeader, rows int64) (n int64, data, ok bool) {
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		n = int64(h.DictionaryPageHeader.V.NumValues)
		return n, false, n >= 0 && n <= rows
	case h.Type == format.DataPage && h.DataPageHeader.Valid && h.DataPageHeader.V.NumValues > 0:
		return int64(h.DataPageHeader.V.NumValues), true, true
	}
	return 0, false, false
}

// checkIndex says whether the index of a chunk's pages, by which single lines
// are found, names the pages that are there.
func checkIndex(e entry, c *format.ColumnChunk, pages []format.PageLocation) error {
	n := int64(c.OffsetIndexLength)
	if n == 0 && c.OffsetIndexOffset == 0 {
		return nil
	}
	if n <= 0 || n > maxFooter || c.OffsetIndexOffset < 4 || c.OffsetIndexOffset > e.size-n {
		return errThrift
	}
	data := make([]byte, n)
	if _, err := e.data.ReadAt(data, c.OffsetIndexOffset); err != nil {
		return err
	}
	if _, err := structLen(data, maxElements); err != nil {
		return err
	}
	var index format.OffsetIndex
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, data, &index); err != nil {
		return err
	}
	if !slices.Equal(index.PageLocations, pages) {
		return errThrift
	}
	return nil
}

func pageHeader(data []byte) (h format.PageHeader, size int, err error) {
	if size, err = structLen(data, 16); err != nil {
		return h, 0, err
	}
	err = thrift.Unmarshal(&thrift.CompactProtocol{}, data[:size], &h)
	return h, size, err
}

var errFrame = errors.New("damaged compressed page")

// checkFrame says whether a page is one zstd frame that unpacks to so many
// bytes (RFC 8878, 3.1.1). The decoder then unpacks no more.
func checkFrame(r *io.SectionReader, want int64) error {
	var head [zstd.HeaderMaxSize]byte
	n, err := r.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return err
	}
	var h zstd.Header
	if h.Decode(head[:n]) != nil || h.Skippable || h.HasFCS && h.FrameContentSize != uint64(want) {
		return errFrame
	}
	return checkBlocks(r, int64(h.HeaderSize), h.HasCheckSum, !h.HasFCS, want)
}

// checkBlocks walks a frame's blocks to its end, which must be the page's.
func checkBlocks(r *io.SectionReader, at int64, checksum, unsized bool, want int64) error {
	const maxBlock = 128 << 10
	for blocks := int64(1); ; blocks++ {
		var head [3]byte
		if _, err := r.ReadAt(head[:], at); err != nil {
			return errFrame
		}
		v := int64(head[0]) | int64(head[1])<<8 | int64(head[2])<<16
		kind, size := v>>1&3, v>>3
		if kind == 3 || size > maxBlock || unsized && (blocks-1)*maxBlock > want {
			return errFrame
		}
		if at += 3; kind == 1 { // one byte, repeated
			at++
		} else {
			at += size
		}
		if v&1 == 1 {
			break
		}
	}
	if checksum {
		at += 4
	}
	if at != r.Size() {
		return errFrame
	}
	return nil
}

package parse

import (
	"bytes"
	"io"
)

// cutWindow is how far from where a cut is wanted its place is looked for.
const cutWindow = 2 * MaxLine

// Cuts gives the offsets at which a plain source of in.Size bytes may be cut,
// about every size bytes, so that its pieces, each read with the source's Head,
// stitch to what the whole gives. There are none in a source that must be read
// in one go: a document, a paste, a page that names its pod once, an export
// that begins with what is newest.
func Cuts(in *Input, r io.ReaderAt, size int64, formats []*Format, wrappers []*Wrapper) (at []int64, err error) {
	head, err := HeadOf(r)
	if err != nil {
		return nil, err
	}
	p := planned(in, head, formats, wrappers, newNeedles)
	if p.document != nil || p.items != nil || p.marked || p.newest || p.whole {
		return nil, nil
	}
	buf := make([]byte, cutWindow)
	for want := size; want < in.Size; {
		n, err := r.ReadAt(buf[:min(cutWindow, in.Size-want)], want)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if end := p.lineEnd(buf[:n]); end > 0 && want+int64(end) < in.Size {
			at = append(at, want+int64(end))
			want += int64(end) + size
		} else {
			want += size
		}
	}
	return at, nil
}

// HeadOf reads the beginning of a source, from which its format is known.
func HeadOf(r io.ReaderAt) ([]byte, error) {
	head := make([]byte, headBytes)
	n, err := r.ReadAt(head, 0)
	if err == io.EOF {
		err = nil
	}
	return head[:n], err
}

// lineEnd finds the end of a whole line where none goes on, 0 when there is no
// such place. What stands before the first line's end may be the rest of a line,
// and the first lines may lack a part before them.
func (p *plan) lineEnd(buf []byte) int {
	first := bytes.IndexByte(buf, '\n') + 1
	for end, n := first, 0; end > 0; n++ {
		if (len(p.wrappers) == 0 || n >= partGap) && p.goesOn(buf[first:end]) < 0 {
			return end
		}
		i := bytes.IndexByte(buf[end:], '\n')
		if i < 0 {
			return 0
		}
		end += i + 1
	}
	return 0
}

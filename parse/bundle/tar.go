package bundle

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
)

// tar reads a tape archive, or several that were appended to one another.
func (l *level) tar(r io.Reader) error {
	br := bufio.NewReaderSize(r, 64<<10)
	for {
		if err := l.oneTar(br); err != nil || l.x.stopped {
			return err
		}
		switch err := passZeros(br); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if head, _ := br.Peek(tarBlock); !isTar(head) {
			rest, err := io.Copy(io.Discard, br)
			if err != nil {
				return err
			}
			return fmt.Errorf("%d bytes behind its end are no archive", rest)
		}
	}
}

// passZeros skips the zeros behind an archive, which tapes and tools fill their blocks with.
func passZeros(br *bufio.Reader) error {
	for {
		b, err := br.Peek(1)
		if err != nil {
			return err
		}
		if b[0] != 0 {
			return nil
		}
		all, _ := br.Peek(br.Buffered())
		n := 0
		for n < len(all) && all[n] == 0 {
			n++
		}
		br.Discard(n)
	}
}

func (l *level) oneTar(r io.Reader) error {
	t := tar.NewReader(r)
	for !l.x.stopped {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !(errors.Is(err, tar.ErrInsecurePath) && h != nil) {
			return err
		}
		if err := l.next(); err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
			l.member(h.Name, h.ModTime, t)
		case tar.TypeDir, tar.TypeXGlobalHeader:
		case tar.TypeLink, tar.TypeSymlink:
			l.skip(skipLinks, clean(h.Name)+" → "+clean(h.Linkname))
		default:
			l.skip(skipSpecial, clean(h.Name))
		}
	}
	return nil
}

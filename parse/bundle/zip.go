package bundle

import (
	"archive/zip"
	"bufio"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// zip reads a zip by its directory, which stands at its end. Where that cannot
// be reached, because the zip comes as a stream, or is not there, because the
// zip was cut, it is read by the header before each member.
func (l *level) zip(r io.Reader, at io.ReaderAt, size int64) error {
	if at == nil {
		return l.zipStream(bufio.NewReaderSize(r, 64<<10))
	}
	z, err := zip.NewReader(at, size)
	if err != nil && !(errors.Is(err, zip.ErrInsecurePath) && z != nil) {
		if err := l.zipStream(bufio.NewReaderSize(r, 64<<10)); err != nil {
			return err
		}
		return io.ErrUnexpectedEOF // its directory was missing
	}
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow)))
	for _, f := range z.File {
		if l.x.stopped {
			return nil
		}
		if err := l.next(); err != nil {
			return err
		}
		if why := unreadable(f); why != "" {
			l.skip(why, clean(f.Name))
		} else if !strings.HasSuffix(f.Name, "/") {
			l.zipMember(f)
		}
	}
	return nil
}

func (l *level) zipMember(f *zip.File) {
	r, err := f.Open()
	if err != nil {
		l.files++
		l.x.give(broken(l.path+"/"+clean(f.Name), err))
		return
	}
	defer r.Close()
	l.member(f.Name, f.Modified, r)
}

// unreadable says why an entry is skipped; "" for a file and a folder.
func unreadable(f *zip.File) string {
	switch mode := f.Mode(); {
	case f.Flags&zipEncrypted != 0:
		return skipSecret
	case mode&fs.ModeSymlink != 0:
		return skipLinks
	case mode.Type()&^fs.ModeDir != 0:
		return skipSpecial
	}
	return ""
}

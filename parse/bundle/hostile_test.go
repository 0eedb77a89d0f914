package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"faultline/parse"
)

// complaints reads an archive and tells its problems and how many events.
func complaints(t *testing.T, in parse.Input) (problems []string, events int) {
	t.Helper()
	c := read(t, parse.Options{}, in)
	_, problems = told(c)
	return problems, c.Events()
}

func expect(t *testing.T, name string, in parse.Input, events int, want ...string) {
	t.Helper()
	got, n := complaints(t, in)
	ok := len(got) == len(want) && n == events
	for i := range want {
		ok = ok && strings.Contains(got[i], want[i])
	}
	if !ok {
		t.Errorf("%s: %d events, want %d\n got %q\nwant %q", name, n, events, got, want)
	}
}

// What an archive calls a member is a name and no path.
func TestHostileNames(t *testing.T) {
	for name, want := range map[string]string{
		"../../etc/passwd": "__/__/etc/passwd", "/etc/passwd": "etc/passwd", `..\..\x`: "__/__/x", `C:\x\y`: "C:/x/y", "./a//b/": "a/b",
		"a/../b": "a/__/b", "..": "__", ".": "unnamed", "": "unnamed", "a\x1b]0;x\x07b": "a�]0;x�b", "a\nb": "a�b", "ü/…": "ü/…",
	} {
		if got := clean(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	dir := write(t, map[string][]byte{"passwd": lines(1, 1)})
	evil := []member{{name: "../passwd", data: lines(2, 2)}, {name: "/etc/passwd", data: lines(3, 3)}}
	for name, data := range map[string][]byte{"x.tar": tarOf(evil...), "x.zip": zipOf(zip.Deflate, evil...)} {
		c := read(t, parse.Options{}, Memory(dir+"/"+name, data))
		if got := paths(c); !slices.Equal(got, []string{dir + "/" + name + "/__/passwd", dir + "/" + name + "/etc/passwd"}) || c.Events() != 5 {
			t.Errorf("%s: %q, %d events", name, got, c.Events())
		}
	}
	long := tarOf(member{name: strings.Repeat("n", 5000), data: lines(1, 1)}, member{name: "a", data: lines(1, 1)})
	expect(t, "long names", Memory("x", long), 1, "x:0: 1 members with too long a name skipped, such as nnn")
}

// Links and devices are skipped, and said so.
func TestLinksInArchives(t *testing.T) {
	members := []member{{name: "a", data: lines(1, 1)}, {name: "l", kind: tar.TypeSymlink, link: "/etc/passwd"}, {name: "m", kind: tar.TypeSymlink, link: "a"},
		{name: "h", kind: tar.TypeLink, link: "a"}, {name: "d/", kind: tar.TypeDir}, {name: "tty", kind: tar.TypeChar}, {name: "fifo", kind: tar.TypeFifo}}
	expect(t, "tar", Memory("x", tarOf(members...)), 1,
		"x:0: 3 links (links in archives are never followed) skipped, such as l → etc/passwd; 2 devices, pipes or entries of an unknown kind skipped, such as tty")
	expect(t, "zip", Memory("x", zipOf(zip.Deflate, members[:2]...)), 1, "x:0: 1 links (links in archives are never followed) skipped, such as l")
	expect(t, "nothing else", Memory("x", tarOf(members[1])), 0, "x:0: 1 links")
	expect(t, "empty", Memory("x", zipOf(0)), 0, "x:0: the archive holds no files")
	expect(t, "only folders", Memory("x", tarOf(members[4])), 0, "x:0: the archive holds no files")
}

// Of an archive that ends in the middle all that stands before is read, and it
// is said where it ends.
func TestTruncatedArchives(t *testing.T) {
	logs := []member{{name: "ns/a.log", data: lines(1, 30)}, {name: "ns/b.log", data: lines(2, 1000)}, {name: "c.log", data: lines(3, 30)}}
	for name, data := range map[string][]byte{"tar": tarOf(logs...), "tgz": gz(string(tarOf(logs...))), "tar.zst": zst(string(tarOf(logs...))), "zip": zipOf(zip.Deflate, logs...)} {
		for _, held := range []int{1000, 4 << 20} {
			lim := standard
			lim.held = held
			last := 0
			for cut := 520; cut < len(data)-1500; cut += 1 + len(data)/15 {
				c := read(t, parse.Options{}, memory("x", data[:cut], lim))
				_, problems := told(c)
				if n := c.Events(); n < last || n > 1060 {
					t.Errorf("%s at %d: %d events after %d", name, cut, n, last)
				} else {
					last = n
				}
				all := strings.Join(problems, "\n")
				if c.Events() > 0 && !strings.Contains(all, "in the middle") {
					t.Errorf("%s at %d: %d events, %q", name, cut, c.Events(), problems)
				}
				if c.Events() > 31 && c.Events() < 1000 && (!strings.Contains(all, "x/ns/b.log:") || !strings.Contains(all, "in or behind ns/b.log")) {
					t.Errorf("%s at %d: %d events, %q", name, cut, c.Events(), problems)
				}
			}
			if last < 700 && name != "tar.zst" { // which has one block
				t.Errorf("%s: at most %d events", name, last)
			}
		}
	}
}

func TestNesting(t *testing.T) {
	one := tarOf(member{name: "a", data: lines(1, 1)})
	two := gz(string(tarOf(member{name: "b", data: lines(2, 1)}, member{name: "one.tar", data: one})))
	three := tarOf(member{name: "c", data: lines(3, 1)}, member{name: "two.tgz", data: two})
	expect(t, "two", Memory("x", two), 2)
	expect(t, "three", Memory("x", three), 2, "x/two.tgz/one.tar:0: an archive in an archive in an archive: not read, unpack it first")
	lim := standard
	lim.held = 100
	expect(t, "three, lent", memory("x", three, lim), 2, "x/two.tgz/one.tar:0: an archive in an archive in an archive")
	expect(t, "over and over", Memory("x", gz(string(gz(string(gz("x")))))), 0, "compressed over and over again")
	expect(t, "7z", Memory("x", tarOf(member{name: "y.7z", data: []byte("7z\xbc\xaf\x27\x1c\x00\x04")})), 0, "x/y.7z:0: the archive cannot be read on, at its beginning: an archive of a kind that is not read (7z, rar or lz4): unpack it first")
}

// blanks are n empty lines: what compresses best and says nothing.
func blanks(n int) []byte { return bytes.Repeat([]byte{'\n'}, n) }

// small limits make small bombs.
func small() limits {
	lim := standard
	lim.free, lim.ratio, lim.total, lim.held, lim.entries = 256<<10, 100, 2<<20, 1000, 50
	return lim
}

func TestBombs(t *testing.T) {
	const ratio = "expands to more than 100 times its size, as a decompression bomb does: the rest is not read"
	bomb := gz(string(blanks(3 << 19)))
	nested := gz(string(blanks(3 << 19)))
	nested = gz(string(nested))
	var spread []member
	for i := range 40 {
		spread = append(spread, member{name: fmt.Sprint(i, ".gz"), data: gz(string(blanks(250 << 10)))})
	}
	expect(t, "gz", memory("x", bomb, small()), 0, ratio)
	expect(t, "gz.gz", memory("x", nested, small()), 0, ratio)
	expect(t, "tar of gz", memory("x", tarOf(member{name: "a.gz", data: bomb}, member{name: "b", data: lines(1, 1)}), small()), 1, ratio)
	tgz := gz(string(tarOf(member{name: "a", data: lines(1, 1)}, member{name: "z", data: blanks(3 << 19)}, member{name: "b", data: lines(1, 1)})))
	expect(t, "tgz", memory("x", tgz, small()), 1, ratio, "x:0: the archive "+ratio+", in or behind z")
	z := zipOf(zip.Deflate, member{name: "a", data: lines(1, 1)}, member{name: "z", data: blanks(3 << 19)}, member{name: "b", data: lines(1, 1)})
	expect(t, "zip", memory("x", z, small()), 1, ratio, "x:0: the archive "+ratio+", in or behind z")
	lim := small()
	lim.ratio = 1 << 30
	got, _ := complaints(t, memory("x", tarOf(spread...), lim))
	if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), "expands to more than 2 MiB: the rest is not read") {
		t.Errorf("all together: %q", got)
	}
	var many []member
	for i := range 60 {
		many = append(many, member{name: fmt.Sprint(i), data: lines(i, 1)})
	}
	for name, data := range map[string][]byte{"tar": tarOf(many...), "zip": zipOf(zip.Deflate, many...)} {
		expect(t, name, memory("x", data, small()), 50, "x:0: the archive has more than 50 entries: the rest is not read, in or behind 49")
	}
}

// The standard limits let a log through that is all the same line, and stop a
// gzip of zeros at its most.
func TestStandardLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("half a gigabyte of zeros")
	}
	g := gauge{lim: standard, size: -1}
	if g.check(64<<20, 1) != nil || g.check(64<<20+1, 1) == nil || g.check(64<<20+1, 70_000) != nil || g.check(64<<30+1, 64<<30) == nil {
		t.Error("the standard limits are not what they are said to be")
	}
	same := strings.Repeat(string(lines(1, 1)), 400_000)
	if got := slurp(t, Memory("x", zst(same))); got != same {
		t.Errorf("%d bytes of %d", len(got), len(same))
	}
}

// A zip whose members share bytes expands as often as it says, but its bytes
// count once.
func TestOverlappingZip(t *testing.T) {
	one := zipOf(zip.Deflate, member{name: "a", data: blanks(200 << 10)})
	dir := bytes.Index(one, []byte("PK\x01\x02"))
	end := bytes.Index(one, []byte("PK\x05\x06"))
	var out bytes.Buffer
	out.Write(one[:dir])
	const n = 40
	for range n {
		out.Write(one[dir:end])
	}
	tail := bytes.Clone(one[end:])
	tail[8], tail[10] = n, n
	size := uint32(n * (end - dir))
	tail[12], tail[13], tail[14] = byte(size), byte(size>>8), byte(size>>16)
	out.Write(tail)
	lim := small()
	lim.total = 1 << 40
	got, _ := complaints(t, memory("x", out.Bytes(), lim))
	if len(got) == 0 || !strings.Contains(got[len(got)-1], "expands to more than 100 times its size") {
		t.Errorf("%q", got)
	}
}

// A zip as a stream is read by its members' headers, whatever they say of
// their sizes, and as far as it goes.
func TestZipStream(t *testing.T) {
	stream := func(data []byte) parse.Input {
		in, _ := Inputs([]string{"-"}, bytes.NewReader(data))
		return in[0]
	}
	log := lines(1, 9)
	raw := func(method uint16, flags uint16, data []byte) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		h := &zip.FileHeader{Name: "a", Method: method, Flags: flags, CRC32: crc32.ChecksumIEEE(data), CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}
		f, _ := w.CreateRaw(h)
		f.Write(data)
		f, _ = w.Create("b")
		f.Write(log)
		w.Close()
		return out.Bytes()
	}
	expect(t, "stored, sizes before", stream(raw(zip.Store, 0, log)), 18)
	expect(t, "stored, sizes behind", stream(raw(zip.Store, 8, log)), 0, "-:0: the archive cannot be read on, at its beginning: the size of a is told only at the end of the zip: give the zip as a file")
	expect(t, "encrypted", stream(raw(zip.Store, 1, log)), 9, "-:0: 1 encrypted members skipped, such as a")
	expect(t, "encrypted, on disk", Memory("x", raw(zip.Store, 1, log)), 9, "x:0: 1 encrypted members skipped, such as a")
	expect(t, "another method", stream(raw(98, 0, log)), 9, "-/a:0: compressed in a way that is not read (method 98)")
	expect(t, "another method, on disk", Memory("x", raw(98, 0, log)), 9, "x/a:0: zip: unsupported compression algorithm")
	wrong := raw(zip.Store, 0, log)
	wrong[40]++
	expect(t, "wrong sum", stream(wrong), 18, "the checksum of this member is wrong")
	for _, cut := range []string{"PK\x01\x02", "PK\x05\x06"} {
		data := zipOf(zip.Deflate, member{name: "a", data: log}, member{name: "b", data: log})
		data = data[:bytes.Index(data, []byte(cut))]
		expect(t, "without "+cut, Memory("x", data), 18, "x:0: the archive ends in the middle, in or behind b")
	}
}

// What stands behind an archive's end is zeros, another archive, or said.
func TestBehindTheEnd(t *testing.T) {
	data := tarOf(member{name: "a", data: lines(1, 2)})
	expect(t, "zeros", Memory("x", append(bytes.Clone(data), make([]byte, 20_000)...)), 2)
	expect(t, "text", Memory("x", append(bytes.Clone(data), "some text"...)), 2, "x:0: the archive cannot be read on, in or behind a: 9 bytes behind its end are no archive")
	expect(t, "wrong sum", Memory("x", func() []byte { b := gz(string(data)); b[len(b)-8]++; return b }()), 2, "invalid checksum")
}

// Sockets, devices and what git keeps.
func TestSpecialFiles(t *testing.T) {
	dir := write(t, map[string][]byte{".git/config": []byte("x"), "a/.git/HEAD": []byte("x"), "a/.gitignore": nil, ".github/x": nil})
	in, problems := Inputs([]string{dir}, nil)
	if got := under(dir, in); !slices.Equal(got, []string{".github/x", "a/.gitignore"}) || len(problems) > 0 {
		t.Errorf("%q %v", got, problems)
	}
	if _, err := os.Stat("/dev/null"); err == nil {
		if _, problems := Inputs([]string{"/dev/null"}, nil); len(problems) != 1 || problems[0].Error() != "/dev/null: a device: not read" {
			t.Errorf("%v", problems)
		}
	}
	if err := os.Symlink("self", filepath.Join(dir, "self")); err != nil {
		t.Skip(err)
	}
	in, _ = Inputs([]string{dir}, nil)
	if _, err := in[len(in)-1].Open(); err == nil || !strings.HasSuffix(err.Error(), "self: too many levels of symbolic links") {
		t.Error(err)
	}
}

func encode16(s string, little bool) []byte {
	var out []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return out
}

// PowerShell writes UTF-16 with a mark; what comes out is the log.
func TestUTF16(t *testing.T) {
	text := string(lines(1, 200)) + "ü€😀\r\n"
	for _, little := range []bool{true, false} {
		data := encode16(text, little)
		for name, packed := range map[string][]byte{"x": data, "x.gz": gz(string(data)), "without a mark": data[2:], "y.gz": gz(string(data[2:]))} {
			in := Memory(name, packed)
			if got := slurp(t, in); got != text {
				t.Errorf("%s: %q", name, got[max(0, len(got)-50):])
			}
			if in.ContainerSum() == nil {
				t.Errorf("%s: no hash of the file", name)
			}
		}
		path := filepath.Join(write(t, map[string][]byte{"x": data}), "x")
		in, _ := Inputs([]string{path}, nil)
		if in[0].Rereadable {
			t.Error("its offsets are not those of the file")
		}
		expect(t, "in an archive", Memory("x", tarOf(member{name: "a", data: data})), 200, "x/a:201: not recognised: ü€😀")
	}
	for raw, want := range map[string]string{"\xff\xfe": "", "\xff\xfea\x00": "a", "\xff\xfea\x00b": "a�", "\xff\xfe\x00\xd8a\x00": "�a", "\xff\xfe\x00\xd8": "�",
		"\xff\xfe\x00\xdca\x00": "�a", "\xfe\xff\x00a": "a", "\xff\xfe\xff\xfea\x00": "\ufeffa", "\xff\xfeabc": "\xff\xfeabc"} {
		if got := slurp(t, Memory("x", []byte(raw))); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// Units of two bytes that are no text, and text with a NUL in it, stay what they are.
func TestNoUTF16(t *testing.T) {
	for _, raw := range []string{"a\x00b", "\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06\x00\x07\x00\x08\x00\x09\x00", strings.Repeat("\x00", 64),
		"ab\x00cdefghijklmnopqrstuvwxyz", "a\x00b\x00c\x00d\x00", strings.Repeat("a\x00", 8) + "\x00\x00"} {
		if got := slurp(t, Memory("x", []byte(raw))); got != raw {
			t.Errorf("%q: %q", raw, got)
		}
	}
}

// Nothing that anybody gives as an archive makes us panic, or gives more than
// the limits allow.
func FuzzArchive(f *testing.F) {
	logs := []member{{name: "a", data: lines(1, 2)}, {name: "b.gz", data: gz("x")}, {name: "l", kind: tar.TypeSymlink, link: "a"}}
	t := tarOf(logs...)
	for _, data := range [][]byte{t, gz(string(t)), zipOf(zip.Deflate, logs...), zipOf(zip.Store, logs...), tarOf(member{name: "n.zip", data: zipOf(zip.Deflate, logs...)}),
		zst("x"), unhex(f, tarXz), unhex(f, tarBz2), encode16("ab", true)} {
		f.Add(data)
	}
	lim := small()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, in := range []parse.Input{memory("x", data, lim), pipe(bytes.NewReader(data))} {
			expand := in.Expand
			if expand == nil {
				expand = func(yield func(parse.Input) bool) { yield(in) }
			}
			sources, total := 0, int64(0)
			expand(func(one parse.Input) bool {
				sources++
				if r, err := one.Open(); err == nil {
					n, _ := io.Copy(io.Discard, r)
					total += n
					r.Close()
				}
				return true
			})
			if sources == 0 || in.Size >= 0 && total > 2*lim.total {
				t.Errorf("%d sources, %d bytes", sources, total)
			}
		}
	})
}

// Standard input that turns out to be one compressed file has its hash.
func TestHashOfStdin(t *testing.T) {
	data := gz(string(lines(1, 3)))
	in, _ := Inputs([]string{"-"}, bytes.NewReader(data))
	sum := sha256.Sum256(data)
	if s := read(t, parse.Options{}, in...).Sources[0]; !bytes.Equal(s.ContainerSHA256, sum[:]) || s.Path != "-" || s.Counts.Events != 3 {
		t.Errorf("%+v", s)
	}
	in, _ = Inputs([]string{"-"}, bytes.NewReader(lines(1, 3)))
	if s := read(t, parse.Options{}, in...).Sources[0]; s.ContainerSHA256 != nil || s.Counts.Events != 3 {
		t.Errorf("%+v", s)
	}
}

// Only files are read; why not is said of anything else.
func TestSpecial(t *testing.T) {
	for mode, want := range map[os.FileMode]string{os.ModeNamedPipe: "a named pipe", os.ModeSocket: "a socket", os.ModeDevice: "a device",
		os.ModeDevice | os.ModeCharDevice: "a device", os.ModeIrregular: "neither a file nor a folder"} {
		if err := special(mode); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v: %v", mode, err)
		}
	}
	if special(0o644) != nil {
		t.Error("a file is refused")
	}
}

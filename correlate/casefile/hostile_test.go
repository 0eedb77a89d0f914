package casefile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"faultline/correlate"
)

var mutations = flag.Int("mutations", 500, "how many damaged cases TestMutations opens")

// small is a case of everything odd, as bytes.
func small(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.zip")
	write(t, path, odd(t), Options{})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// openBytes opens a case and looks at every line of it.
func openBytes(data []byte) (*File, error) {
	c, err := contentsOfZip(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	f, err := open(c)
	if err != nil {
		return nil, err
	}
	for i := range f.Capture.Streams {
		s := &f.Capture.Streams[i]
		for k := range s.Events {
			if _, err := f.Line(f.Capture, s.Ref(&s.Events[k])); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// A case that was damaged on its way is refused, or is what it was.
func TestMutations(t *testing.T) {
	data := small(t)
	right, err := openBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	want := plain(right.Capture)
	random := rand.New(rand.NewPCG(1, 2))
	refused, same := 0, 0
	for n := range *mutations {
		bad := bytes.Clone(data)
		damage(random, &bad)
		f, err := openBytes(bad)
		if err != nil {
			refused++
			continue
		}
		if got := plain(f.Capture); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(f.Manifest, right.Manifest) {
			t.Fatalf("mutation %d reads as something else", n)
		}
		same++
	}
	t.Logf("%d refused, %d read as they were", refused, same)
	if refused < *mutations/2 {
		t.Error("too few were refused: are the hashes looked at?")
	}
}

// damage changes some bytes, cuts, doubles or moves a piece.
func damage(random *rand.Rand, data *[]byte) {
	d := *data
	at := func() int { return random.IntN(len(d)) }
	switch random.IntN(8) {
	case 0:
		*data = d[:at()]
	case 1:
		i, j := at(), at()
		i, j = min(i, j), max(i, j)
		*data = append(d[:i:i], d[j:]...)
	case 2:
		i := at()
		j := min(i+random.IntN(1000), len(d))
		*data = append(append(d[:j:j], d[i:j]...), d[j:]...)
	case 3:
		i := at()
		clear(d[i:min(i+random.IntN(5000), len(d))])
	default:
		for range 1 + random.IntN(3) {
			d[at()] ^= 1 << random.IntN(8)
		}
	}
}

// sealedAgain gives a case in which one table was replaced, with hashes that
// fit: nothing but the tables' own checks stands before the library.
func sealedAgain(t testing.TB, data []byte, name string, change func([]byte) []byte) []byte {
	t.Helper()
	c, err := contentsOfZip(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.manifest()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := &memoryZip{zip.NewWriter(&out)}
	if err := copyCase(z, c, m, name, change); err != nil {
		t.Fatal(err)
	}
	z.zip.Close()
	return out.Bytes()
}

// Tables that fit their hashes and are damaged inside: an error or rows, never
// a panic, and never much more memory than the file is long.
func TestDamagedTables(t *testing.T) {
	data := small(t)
	random := rand.New(rand.NewPCG(3, 4))
	refused, tries := 0, *mutations/20
	if testing.Short() {
		tries /= 4
	}
	for n := range tries {
		name := tables[n%len(tables)].name() + ".parquet"
		bad := sealedAgain(t, data, name, func(b []byte) []byte {
			b = bytes.Clone(b)
			if n%3 == 0 { // in the footer, where the lengths are
				k := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
				b[len(b)-8-1-random.IntN(k)] ^= 1 << random.IntN(8)
			} else {
				damage(random, &b)
			}
			return b
		})
		f, err := openBytes(bad)
		if err != nil {
			refused++
			continue
		}
		c := correlate.Judge(correlate.NewIndex(f.Capture), f.Manifest.Options())
		_ = f.Verify(c, "test", nil, func(Difference) {})
		_ = f.in.Strings(func(string, []byte) error { return nil })
	}
	t.Logf("%d of %d refused", refused, tries)
}

func TestBombs(t *testing.T) {
	data := small(t)
	huge := []byte("PAR1\x00\x00\x00\x80PAR1")
	for name, table := range map[string][]byte{"footer of 2 GiB": huge, "empty": {}, "short": []byte("PAR1")} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := openBytes(sealedAgain(t, data, "events.parquet", func([]byte) []byte { return table }))
		runtime.ReadMemStats(&after)
		if grew := after.TotalAlloc - before.TotalAlloc; err == nil || grew > 64<<20 {
			t.Errorf("%s: %v, %d bytes allocated", name, err, grew)
		}
	}
	// A list that is longer than what follows.
	if _, err := structLen([]byte{0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f, 0}, maxElements); err == nil {
		t.Error("a list of 2^28 structures in 7 bytes")
	}
}

func TestHostileContainers(t *testing.T) {
	pack := func(method uint16, names ...string) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, n := range names {
			w, _ := z.CreateHeader(&zip.FileHeader{Name: n, Method: method})
			fmt.Fprint(w, strings.Repeat("x", 1000))
		}
		z.Close()
		return out.Bytes()
	}
	many := make([]string, maxEntries+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for want, data := range map[string][]byte{
		`"../x" is no name`:            pack(zip.Store, "../x"),
		`"/etc/passwd" is no name`:     pack(zip.Store, "/etc/passwd"),
		`"a/b" is no name`:             pack(zip.Store, "a/b"),
		`two entries "a"`:              pack(zip.Store, "a", "a"),
		`"a" is compressed`:            pack(zip.Deflate, "a"),
		`65 entries, at most 64`:       pack(zip.Store, many...),
		`no manifest.json`:             pack(zip.Store, markName),
		`manifest.json: invalid chara`: pack(zip.Store, markName, manifestName),
		`zip: not a valid zip file`:    []byte("PK\x03\x04"),
	} {
		if _, err := openBytes(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	data := small(t)
	for _, c := range []struct{ entry, old, new, want string }{
		{manifestName, Schema(), "faultline.case/2.0", "up to 1: get a newer one"},
		{manifestName, Schema(), "something.else/1.0", "is not the schema of a case"},
		{manifestName, `"events.parquet"`, `"evunts.parquet"`, "SHA256SUMS and the manifest differ"},
		{manifestName, `"matches"`, `"metches"`, "a kind, a severity or a width that this version does not know"},
	} {
		bad := sealedAgain(t, data, c.entry, func(b []byte) []byte { return bytes.Replace(b, []byte(c.old), []byte(c.new), 1) })
		if _, err := openBytes(bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

// FuzzCase opens anything: an error, or a capture with all its lines, that can
// be judged and verified. What the fuzzer makes of a table is given hashes that
// fit.
func FuzzCase(f *testing.F) {
	data := small(f)
	f.Add(uint8(255), data[:len(data)/2])
	for i, t := range tables {
		if t.name() == "events" || t.name() == "lines" || t.name() == "samples" {
			c, _ := contentsOfZip(bytes.NewReader(data), int64(len(data)))
			e, _ := c.find(t.name() + ".parquet")
			b := make([]byte, e.size)
			e.data.ReadAt(b, 0)
			f.Add(uint8(i), b)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		if int(which) < len(tables) {
			b = sealedAgain(t, data, tables[which].name()+".parquet", func([]byte) []byte { return b })
		}
		c, err := openBytes(b)
		if err != nil {
			return
		}
		_ = c.Verify(correlate.Judge(correlate.NewIndex(c.Capture), c.Manifest.Options()), "test", nil, func(Difference) {})
		_ = c.in.Strings(func(string, []byte) error { return nil })
	})
}

// FuzzAgainst compares a case with one of which some bytes of a table were
// changed, and that was given hashes that fit: an error, or a comparison.
func FuzzAgainst(f *testing.F) {
	data := small(f)
	good, err := openBytes(data)
	if err != nil {
		f.Fatal(err)
	}
	a := correlate.Judge(correlate.NewIndex(good.Capture), good.Manifest.Options())
	for i := range tables {
		f.Add(uint8(i), uint16(17), byte(2), uint16(700), byte(9))
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint16, x byte, at2 uint16, y byte) {
		bad := sealedAgain(t, data, tables[int(which)%len(tables)].name()+".parquet", func(b []byte) []byte {
			b = bytes.Clone(b)
			b[int(at)%len(b)] ^= x
			b[int(at2)%len(b)] ^= y
			return b
		})
		c, err := openBytes(bad)
		if err != nil {
			return
		}
		b := correlate.Judge(correlate.NewIndex(c.Capture), c.Manifest.Options())
		_, _ = correlate.Compare(a, b), correlate.Compare(b, a)
	})
}

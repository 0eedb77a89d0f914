package bundle

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/parse"
	"faultline/parse/proxy"
)

// What Go cannot write: ns/pod.log with one line, as tar by bzip2 and xz, and
// "hello\n" by xz.
const (
	tarBz2  = "425a6839314159265359ef9404cb0000cf7f90cc9000404061fff20121850af6eddf6a050000083000d9b30d53682266a3d41ea69a0007a803434de940d527a9bc50690d184d313d4f51a0068d190094453ca18419069a6834000d0069506e8a391e56880416800495ee18f6054348a47964410510eec0d57f5b58ab4535331f18614a1b116dce0459c6009b638c9c5032a8ce618c54ed5030b21ae228c301bb991641a880d6a4418c1390b4dc743157299cba9cc5919a60e540a086c7411cb5a4363dfb48ddf657810541855fb0a4959eada6d5ae6da90785e3f54599b423287013807752ffb8ea482745eb3f03a0751314c09312ca0a31cdfc2e116b7c348881fc5dc914e14243be50132c"
	tarXz   = "fd377a585a000004e6d6b4460200210116000000742fe5a3e027ff00eb5d00371cc1de95e17055e33d4232697ad8bb5ba272021773ae95f9c76510350af4ac6e5cc2044c3713856ec7bed6ba8bbf0c35cd55e48684a3cf630f28a85027f65deb16e6d01a6f3262de5d683d3ef40cdfc9adbbc0c444616068a170fd6de8d6161125f30af0489a5b3d21e70f73e68167454bd2c4d66a7c5f225cc2e8e40f22d9e1c95c5be908e4ebf2b0d9e5d9c634717d59149ab7698034db2b3b73570861f4cf537da356c48a231947fdcfcc74f1e79dfde2cb494d802070caa1070a9cf928c536a0c1939ff9d43275adddc0487188e8a37ce469fc4c6cf0aa6144b86fd48f4f7945d484adff1c6f650000001e8d4d2d65b08f280001870280500000563bc53bb1c467fb020000000004595a"
	helloXz = "fd377a585a000004e6d6b4460200210116000000742fe5a301000568656c6c6f0a000000a56097f194f6fde000011e06c12fa41d1fb6f37d010000000004595a"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	data, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// entry is a member of an archive to be made.
type member struct {
	name string
	data []byte
	kind byte // of tar; 0 is a file
	link string
}

func tarOf(members ...member) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Size: int64(len(m.data)), Typeflag: m.kind, Linkname: m.link, Mode: 0o644, ModTime: time.Unix(1706880148, 0)}
		if m.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		w.Write(m.data)
	}
	w.Close()
	return out.Bytes()
}

func zipOf(method uint16, members ...member) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: method, Modified: time.Unix(1706880148, 0)}
		if m.kind == tar.TypeSymlink {
			h.SetMode(os.ModeSymlink | 0o777)
			m.data = []byte(m.link)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		f.Write(m.data)
	}
	w.Close()
	return out.Bytes()
}

// lines is a log of n events that differ from all others.
func lines(seed, n int) []byte {
	var out bytes.Buffer
	for i := range n {
		fmt.Fprintf(&out, "[%6d.%06ds]  INFO ThreadId(01) outbound:ingress{addr=10.0.0.%d:80}: linkerd_proxy_api_resolve::resolve: No endpoints\n", 366+i, i*7919%1000000, seed)
	}
	return out.Bytes()
}

func read(t testing.TB, o parse.Options, in ...parse.Input) *parse.Capture {
	t.Helper()
	c, err := parse.Read(context.Background(), in, []*parse.Format{proxy.Format}, nil, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// told is what the sources are called and what their events say; problems go
// to what is said of them.
func told(c *parse.Capture) (events []string, problems []string) {
	for i := range c.Streams {
		for _, e := range c.Streams[i].Events {
			events = append(events, fmt.Sprint(c.Sources[c.Streams[i].Source].SHA256, e.Time, e.Line, e.Off, e.Print))
		}
	}
	slices.Sort(events)
	for _, s := range c.Sources {
		for _, p := range s.Problems {
			problems = append(problems, fmt.Sprintf("%s:%d: %s", s.Path, p.Line, p.Text))
		}
	}
	return events, problems
}

func paths(c *parse.Capture) (out []string) {
	for _, s := range c.Sources {
		out = append(out, s.Path)
	}
	return out
}

// every way to pack three logs.
func forms(t *testing.T) (map[string][]byte, []member) {
	t.Helper()
	logs := []member{{name: "ns/a.log", data: lines(1, 3)}, {name: "ns/b.log", data: lines(2, 600)}, {name: "c.log", data: lines(3, 40)}}
	packed := []member{{name: "ns/a.log.gz", data: gz(string(logs[0].data))}, {name: "ns/b.log.zst", data: zst(string(logs[1].data))}, logs[2]}
	inner := tarOf(logs[1:]...)
	return map[string][]byte{
		"x.tar":        tarOf(logs...),
		"x.tar.gz":     gz(string(tarOf(logs...))),
		"x.tgz":        gz(string(tarOf(packed...))),
		"x.tar.zst":    zst(string(tarOf(packed...))),
		"x.tar.zst.gz": gz(string(zst(string(tarOf(logs...))))),
		"x.zip":        zipOf(zip.Deflate, logs...),
		"stored.zip":   zipOf(zip.Store, packed...),
		"x.zip.gz":     gz(string(zipOf(zip.Deflate, packed...))),
		"nested.tar":   tarOf(logs[0], member{name: "in.tar.gz", data: gz(string(inner))}),
		"nested.zip":   zipOf(zip.Deflate, logs[0], member{name: "in.tar", data: inner}),
		"zipped.tgz":   gz(string(tarOf(logs[0], member{name: "in.zip", data: zipOf(zip.Deflate, logs[1:]...)}))),
		"twice.tar":    append(tarOf(logs[:2]...), tarOf(logs[2])...),
	}, logs
}

// The same logs raw, compressed and in every kind of archive give the same
// events; from a file, from memory and from standard input; in pieces of any
// size, by any number of workers, held or lent.
func TestFormsAgree(t *testing.T) {
	all, logs := forms(t)
	var raw []parse.Input
	for _, m := range logs {
		raw = append(raw, Memory(m.name, m.data))
	}
	want, _ := told(read(t, parse.Options{}, raw...))
	if len(want) != 643 {
		t.Fatalf("%d events", len(want))
	}
	dir := write(t, all)
	for name, data := range all {
		onDisk, problems := Inputs([]string{filepath.Join(dir, name)}, nil)
		stdin, _ := Inputs([]string{"-"}, bytes.NewReader(data))
		if len(problems) > 0 || len(onDisk) != 1 || len(stdin) != 1 {
			t.Fatal(name, onDisk, problems)
		}
		lend := standard
		lend.held = 100
		first := read(t, parse.Options{Workers: 1}, memory(name, data, lend))
		for i, in := range []parse.Input{onDisk[0], stdin[0], Memory(name, data), memory(name, data, lend), memory(name, data, lend), Memory(name, data)} {
			if i == 1 && name == "stored.zip" {
				continue // of which a stream does not tell how long its members are
			}
			c := read(t, parse.Options{Workers: 1 + i%4, Piece: []int{0, 1000, 77, 300, 5000, 1}[i]}, in)
			got, problems := told(c)
			if !slices.Equal(got, want) || len(problems) > 0 || len(c.Sources) != 3 {
				t.Errorf("%s, way %d: %d events, want %d; %v %q", name, i, len(got), len(want), paths(c), problems)
			}
			sum := sha256.Sum256(data)
			for _, s := range c.Sources {
				if !bytes.Equal(s.ContainerSHA256, sum[:]) || s.Modified.IsZero() || !strings.HasPrefix(s.Path, in.Path+"/") {
					t.Errorf("%s, way %d: %s: container %x, want %x, %v", name, i, s.Path, s.ContainerSHA256, sum, s.Modified)
				}
			}
			if i >= 2 && !reflect.DeepEqual(c, first) {
				t.Errorf("%s, way %d: the capture differs", name, i)
			}
		}
	}
}

// Members are called by the archive's path and theirs, in its order, which
// stays among the other inputs.
func TestMemberPaths(t *testing.T) {
	all, logs := forms(t)
	c := read(t, parse.Options{Workers: 3}, Memory("first", lines(9, 1)), Memory("d/nested.tar", all["nested.tar"]), Memory("then", lines(8, 1)), Memory("x.tgz", all["x.tgz"]), Memory("last", nil))
	want := []string{"first", "d/nested.tar/ns/a.log", "d/nested.tar/in.tar.gz/ns/b.log", "d/nested.tar/in.tar.gz/c.log", "then", "x.tgz/ns/a.log.gz", "x.tgz/ns/b.log.zst", "x.tgz/c.log", "last"}
	if got := paths(c); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for i := range c.Streams {
		if s := c.Streams[i].Source; c.Streams[i].Lines != c.Sources[s].Counts.Lines {
			t.Errorf("stream %d is not of %s", i, c.Sources[s].Path)
		}
	}
	if got := c.Sources[0].ContainerSHA256; got != nil {
		t.Errorf("a plain file has a container %x", got)
	}
	if len(logs) != 3 || c.Sources[5].Counts.Events != 3 {
		t.Errorf("%+v", c.Sources[5])
	}
}

func TestFixtures(t *testing.T) {
	for name, data := range map[string][]byte{"x.tar.bz2": unhex(t, tarBz2), "x.tar.xz": unhex(t, tarXz)} {
		c := read(t, parse.Options{}, Memory(name, data))
		if len(c.Sources) != 1 || c.Sources[0].Path != name+"/ns/pod.log" || c.Sources[0].Counts.Events != 1 || len(c.Sources[0].Problems) > 0 {
			t.Errorf("%s: %+v", name, c.Sources)
		}
	}
	for name, whole := range map[string]string{"bz2": tarBz2, "xz": tarXz, "hello": helloXz} {
		data := unhex(t, whole)
		for cut := 7; cut < len(data)-1; cut += 7 {
			c := read(t, parse.Options{}, Memory("x", data[:cut]))
			if _, problems := told(c); len(problems) == 0 || !strings.Contains(problems[len(problems)-1], "in the middle") {
				t.Errorf("%s at %d: %q", name, cut, problems)
			}
		}
	}
	padded := append(append(unhex(t, helloXz), make([]byte, 100)...), unhex(t, helloXz)...)
	if got := slurp(t, Memory("x", append(padded, make([]byte, 400)...))); got != "hello\nhello\n" {
		t.Errorf("%q", got)
	}
	if got := slurp(t, Memory("x", unhex(t, helloXz))); got != "hello\n" {
		t.Errorf("%q", got)
	}
	bomb := unhex(t, helloXz)
	bomb[16] = 39 // a dictionary of 3 GiB
	if _, err := Memory("x", bomb).Open(); err == nil || err.Error() != "this xz wants a dictionary of more than 128 MiB" {
		t.Error(err)
	}
}

// The lines behind events in an archive are kept: they are shown again.
func TestMembersAreKept(t *testing.T) {
	all, logs := forms(t)
	for _, held := range []int{1, 1 << 20} {
		lim := standard
		lim.held = held
		text := NewText()
		defer text.Close()
		c := read(t, parse.Options{Keeper: text}, memory("x.tgz", all["x.tgz"], lim))
		for i := range c.Streams {
			s := &c.Streams[i]
			for j := range s.Events {
				e := &s.Events[j]
				want := string(logs[s.Source].data[e.Off : e.Off+int64(e.Len)])
				if got, err := text.Line(c, s.Ref(e)); err != nil || string(got) != want {
					t.Fatalf("%s:%d: %q %v", c.Sources[s.Source].Path, e.Line, got, err)
				}
			}
		}
	}
}

// Thousands of tiny members cost what they hold, not its square.
func TestManyMembers(t *testing.T) {
	var members []member
	for i := range 3000 {
		members = append(members, member{name: fmt.Sprintf("ns/pod-%d/c.log", i), data: lines(i%200, 1)})
	}
	for name, data := range map[string][]byte{"x.tar.gz": gz(string(tarOf(members...))), "x.zip": zipOf(zip.Deflate, members...)} {
		began := time.Now()
		c := read(t, parse.Options{}, Memory(name, data))
		if len(c.Sources) != len(members) || c.Events() != len(members) {
			t.Errorf("%s: %d sources, %d events", name, len(c.Sources), c.Events())
		}
		t.Logf("%s: %v", name, time.Since(began))
	}
}

// A large member is lent: it can be read before the next one, and not after.
func TestLentMembersEnd(t *testing.T) {
	lim := standard
	lim.held = 10
	in := memory("x.tar", tarOf(member{name: "a", data: lines(1, 5)}, member{name: "b", data: lines(2, 5)}), lim)
	var had []parse.Input
	in.Expand(func(one parse.Input) bool {
		had = append(had, one)
		if got := slurp(t, one); got != string(lines(len(had), 5)) {
			t.Errorf("%s: %q", one.Path, got)
		}
		return true
	})
	if len(had) != 2 || !had[0].Lent {
		t.Fatalf("%+v", had)
	}
	if r, err := had[0].Open(); err != nil {
		t.Error(err)
	} else if _, err = io.ReadAll(r); err != errOver {
		t.Error(err)
	}
	if _, err := in.Open(); err == nil || err.Error() != "an archive: it is read by its members" {
		t.Error(err)
	}
	n := 0
	in.Expand(func(parse.Input) bool { n++; return false })
	if n != 1 {
		t.Errorf("%d inputs after nobody wanted more", n)
	}
}

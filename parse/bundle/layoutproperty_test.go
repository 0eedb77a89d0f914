package bundle

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"faultline/parse"
)

// named gives a path that a layout is for, with other names, and whose it is.
func (l *Layout) named(r *rand.Rand) (path string, of parse.Owner) {
	word := func(dots bool) string {
		const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
		out := []byte{letters[r.IntN(26)]}
		for range 3 + r.IntN(12) {
			out = append(out, (letters + "-")[r.IntN(len(letters)+1)])
		}
		if dots && r.IntN(4) == 0 {
			out = append(out, 'x', '.', 'y')
		}
		return string(append(out, letters[r.IntN(26)], '7'))
	}
	of = parse.Owner{Container: l.Container, Instance: l.Instance}
	values := map[string]string{"uid": specimenUID, "id": specimenID, "n": strconv.Itoa(r.IntN(40)), "date": "20250304-090000"}
	path = token.ReplaceAllStringFunc(l.Pattern, func(t string) string {
		switch t {
		case "*":
			return "any"
		case "**/", "**":
			return "some/folder"
		}
		name := strings.Trim(t, "{}")
		if values[name] == "" {
			switch values[name] = word(name == "pod" || name == "node"); name {
			case "address":
				values[name] = fmt.Sprintf("10.%d.%d.7", r.IntN(250), r.IntN(250))
			case "made":
				values[name] += "-b2c4d"
			case "host":
				values[name] += "-worker"
			}
		}
		switch v := values[name]; name {
		case "ns":
			of.Namespace = v
		case "pod", "made":
			of.Pod = v
		case "c":
			of.Container = v
		case "node", "host", "address":
			of.Node = v
		case "n":
			n, _ := strconv.Atoi(v)
			of.Run = n + 1
		}
		return values[name]
	})
	return path, of
}

// Files of each layout with other names, in any order, in a folder, a tar.gz or
// a zip, give the same events and the same owners.
func TestLayoutsInAnyPacking(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 20))
		files, want := []member(nil), map[string]parse.Owner{}
		for i := range layouts {
			path, of := layouts[i].named(r)
			path = fmt.Sprintf("bundle%d/%s", i, path)
			files = append(files, member{name: path, data: lines(i, 1+i%3)})
			want[path] = of
		}
		var first map[string]string
		for name, in := range packings(t, r, files) {
			got := map[string]string{}
			c := read(t, parse.Options{}, in...)
			events := make([]int, len(c.Sources))
			for s := range c.Streams {
				events[c.Streams[s].Source] += len(c.Streams[s].Events)
			}
			for i := range c.Sources {
				s := &c.Sources[i]
				path := s.Path[strings.Index(s.Path, "bundle"):]
				o := s.Owner
				o.Root = o.Root[strings.Index(o.Root, "bundle"):]
				got[path] = fmt.Sprint(o, events[i])
				if of := want[path]; of.Pod != "" && (o.Namespace != of.Namespace || o.Pod != of.Pod || o.Container != of.Container || o.Run != of.Run) ||
					of.Node != "" && o.Node != of.Node || of.Instance != 0 && o.Instance != of.Instance || o.Bundle == "" {
					t.Errorf("seed %d, %s: %s is of %+v, want %+v", seed, name, path, o, of)
				}
			}
			if first == nil {
				first = got
			}
			for path := range want {
				if got[path] != first[path] || got[path] == "" {
					t.Errorf("seed %d, %s: %s: %q, and %q elsewhere", seed, name, path, got[path], first[path])
				}
			}
		}
	}
}

// packings are files as a folder, a tar.gz and a zip, each in another order.
func packings(t *testing.T, r *rand.Rand, files []member) map[string][]parse.Input {
	t.Helper()
	shuffled := func() []member {
		out := slices.Clone(files)
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
	disk := map[string][]byte{}
	for _, f := range files {
		disk[f.name] = f.data
	}
	folder, _ := Inputs([]string{write(t, disk)}, strings.NewReader(""))
	return map[string][]parse.Input{
		"folder": folder,
		"tar.gz": {memory("x.tar.gz", gz(string(tarOf(shuffled()...))), standard)},
		"zip":    {memory("x.zip", zipOf(zip.Deflate, shuffled()...), standard)},
	}
}

// streamedBundle is a must-gather of many pods that is made while it is read.
func streamedBundle(pods, size int) io.Reader {
	r, w := io.Pipe()
	go func() {
		out := tar.NewWriter(w)
		var err error
		for i := 0; i < pods && err == nil; i++ {
			name := fmt.Sprintf("must-gather.local.1/x/namespaces/shop/pods/web-%04d/linkerd-proxy/linkerd-proxy/logs/current.log", i)
			data := quiet(i, size)
			if err = out.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o644, Typeflag: tar.TypeReg}); err == nil {
				_, err = out.Write(data)
			}
		}
		w.CloseWithError(cmp.Or(err, out.Close()))
	}()
	return r
}

// quiet is a log of which few lines are events, as those of most pods are.
func quiet(pod, size int) []byte {
	out := lines(pod, 3)
	for i := 0; len(out) < size; i++ {
		out = fmt.Appendf(out, "[%6d.%06ds]  INFO ThreadId(01) linkerd_app_core::serve: connection %d closed\n", 400+i, i%1000000, i)
	}
	return out
}

// A bundle of 2,000 pods is read in memory bounded by what is kept of it. Its
// size is FAULTLINE_BUNDLE_MB, 1024 in make bench.
func TestManyPods(t *testing.T) {
	const pods = 2000
	mb, err := strconv.Atoi(cmp.Or(os.Getenv("FAULTLINE_BUNDLE_MB"), "16"))
	if err != nil {
		t.Fatal(err)
	}
	in := pipe(streamedBundle(pods, mb<<20/pods))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := read(t, parse.Options{}, in)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(c.Sources) != pods || c.Events() != 3*pods {
		t.Fatalf("%d sources, %d events", len(c.Sources), c.Events())
	}
	for i := range c.Sources {
		if o := c.Sources[i].Owner; o.Pod != fmt.Sprintf("web-%04d", i) || o.Container != "linkerd-proxy" {
			t.Fatalf("%s is of %+v", c.Sources[i].Path, o)
		}
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 64<<20 {
		t.Errorf("%d MiB are kept of a bundle of %d MiB", kept>>20, mb)
	}
	runtime.KeepAlive(c)
}

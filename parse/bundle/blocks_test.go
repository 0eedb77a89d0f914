package bundle

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/prom"
)

// blockFiles are those of testdata/block, a block of three series that
// Prometheus' own writers made, in a folder of a name.
func blockFiles(t *testing.T, dir string) (out []member) {
	t.Helper()
	for _, name := range []string{"chunks/000001", "index", "meta.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", "block", name))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{name: dir + "/" + name, data: data})
	}
	return out
}

// A block is read in a folder and in archives, whatever its folder is called;
// what is damaged of it is said.
func TestBlocks(t *testing.T) {
	samples := func(in []parse.Input) (n int, said string) {
		c, err := parse.Read(t.Context(), in, prom.Formats(), nil, parse.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Series {
			n += len(c.Series[i].Times)
		}
		for i := range c.Sources {
			for _, p := range c.Sources[i].Problems {
				said += p.Text + "\n"
			}
		}
		return n, said
	}
	for _, dir := range []string{"snap/01JNG3ZK2T8Q4M6V0X7Y5W9ABC", "thanos/renamed"} {
		files := blockFiles(t, dir)
		disk := map[string][]byte{}
		for _, f := range files {
			disk[f.name] = f.data
		}
		folder, _ := Inputs([]string{write(t, disk)}, strings.NewReader(""))
		for name, in := range map[string][]parse.Input{"folder": folder, "tar.gz": {memory("x.tar.gz", gz(string(tarOf(files...))), standard)},
			"zip": {memory("x.zip", zipOf(zip.Deflate, files...), standard)}} {
			if n, _ := samples(in); n != 18 {
				t.Errorf("%s in a %s: %d samples, want 18", dir, name, n)
			}
		}
		files[0].data[30] ^= 0xff // within the first chunk
		if n, said := samples([]parse.Input{memory("x.tar", tarOf(files...), standard)}); n != 15 || !strings.Contains(said, "damaged") {
			t.Errorf("%s, damaged: %d samples, %s", dir, n, said)
		}
	}
	other := member{name: "a/index", data: lines(1, 3)}
	if c := read(t, parse.Options{}, memory("x.tar", tarOf(other), standard)); c.Events() != 3 {
		t.Errorf("a log that is called index: %d events", c.Events())
	}
}

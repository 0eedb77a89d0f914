package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"faultline/parse"
)

const log = "[     0.000942s]  INFO ThreadId(01) linkerd2_proxy: release 2.210.4 (0ed4ed6) by linkerd on 2023-11-22T17:01:45Z\n"

// packed is "hello\n" by bzip2, which Go cannot write.
const packed = "425a6839314159265359c1c080e2000001410000100244a00030cd00c3462997177245385090c1c080e2"

func gz(data string) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write([]byte(data))
	z.Close()
	return out.Bytes()
}

func zst(data string) []byte {
	enc, _ := zstd.NewWriter(nil)
	return enc.EncodeAll([]byte(data), nil)
}

func bz2(t *testing.T) []byte {
	t.Helper()
	data, err := hex.DecodeString(packed)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// write makes files below a fresh folder.
func write(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// slurp reads an input to its end.
func slurp(t *testing.T, in parse.Input) string {
	t.Helper()
	r, err := in.Open()
	if err != nil {
		t.Fatalf("%s: %v", in.Path, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Errorf("%s: %v", in.Path, err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("%s: %v", in.Path, err)
	}
	return string(data)
}

// under lists inputs as slash-separated paths below dir.
func under(dir string, in []parse.Input) (paths []string) {
	for _, i := range in {
		paths = append(paths, strings.TrimPrefix(i.Path, filepath.ToSlash(dir)+"/"))
	}
	return paths
}

// A file is what its first bytes say; its name never matters.
func TestContentDecides(t *testing.T) {
	for name, file := range map[string]struct {
		data  []byte
		text  string
		plain bool
	}{
		"plain.gz":    {[]byte(log), log, true},
		"empty.zst":   {nil, "", true},
		"short":       {[]byte("x"), "x", true},
		"gzip.log":    {gz(log), log, false},
		"gzip.zst":    {gz(""), "", false},
		"members":     {append(gz(log), gz("more\n")...), log + "more\n", false},
		"zstd.gz":     {zst(log), log, false},
		"frames":      {append(zst(log), zst("more\n")...), log + "more\n", false},
		"bzip2.txt":   {bz2(t), "hello\n", false},
		"almost gzip": {[]byte("\x1f\x8a not gzip"), "\x1f\x8a not gzip", true},
	} {
		dir := write(t, map[string][]byte{name: file.data})
		in, problems := Inputs([]string{filepath.Join(dir, name)}, nil)
		if len(in) != 1 || len(problems) > 0 {
			t.Errorf("%s: %v %v", name, in, problems)
			continue
		}
		if got := slurp(t, in[0]); got != file.text {
			t.Errorf("%s: %q", name, got)
		}
		if in[0].Size != int64(len(file.data)) || in[0].Modified.IsZero() || in[0].Rereadable != file.plain {
			t.Errorf("%s: %+v", name, in[0])
		}
		sum := sha256.Sum256(file.data)
		if got := in[0].ContainerSum(); file.plain && got != nil || !file.plain && !bytes.Equal(got, sum[:]) {
			t.Errorf("%s: container %x, want %x", name, got, sum)
		}
		if got := slurp(t, in[0]); got != file.text {
			t.Errorf("%s: read again: %q", name, got)
		}
		if got := slurp(t, Memory(name, file.data)); got != file.text {
			t.Errorf("%s from memory: %q", name, got)
		}
		stdin, _ := Inputs([]string{"-"}, bytes.NewReader(file.data))
		if got := slurp(t, stdin[0]); got != file.text || stdin[0].Path != "-" || stdin[0].Rereadable || stdin[0].Size != -1 {
			t.Errorf("%s from standard input: %q %+v", name, got, stdin[0])
		}
	}
}

// Folders are walked by name; paths stay in the order given.
func TestFolders(t *testing.T) {
	dir := write(t, map[string][]byte{"b/z.log": nil, "b/a.log": nil, "b/10.log": nil, "b/9.log": nil, "b/sub/x.log": nil, "a.log": nil, ".hidden": nil, "c/d/e/f": nil})
	in, problems := Inputs([]string{dir}, nil)
	want := []string{".hidden", "a.log", "b/10.log", "b/9.log", "b/a.log", "b/sub/x.log", "b/z.log", "c/d/e/f"}
	if got := under(dir, in); !slices.Equal(got, want) || len(problems) > 0 {
		t.Errorf("%q %v", got, problems)
	}
	in, problems = Inputs([]string{filepath.Join(dir, "c"), "-", filepath.Join(dir, "a.log"), filepath.Join(dir, "a.log")}, strings.NewReader("x"))
	if got := under(dir, in); !slices.Equal(got, []string{"c/d/e/f", "-", "a.log", "a.log"}) || len(problems) > 0 {
		t.Errorf("%q %v", got, problems)
	}
}

func TestLinks(t *testing.T) {
	dir := write(t, map[string][]byte{"pods/x.log": []byte("text"), "elsewhere/y.log": nil})
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	link(filepath.Join(dir, "elsewhere/y.log"), "pods/linked.log")
	link("gone", "pods/dangling.log")
	link(".", "pods/loop")
	link("../elsewhere", "pods/folder")
	link("pods", "latest")
	for _, root := range []string{"pods", "latest", "latest/"} {
		in, problems := Inputs([]string{dir + "/" + root}, nil)
		got := under(dir+"/"+strings.TrimSuffix(root, "/"), in)
		if want := []string{"dangling.log", "folder", "linked.log", "loop", "x.log"}; !slices.Equal(got, want) || len(problems) > 0 {
			t.Errorf("%s: %q %v", root, got, problems)
			continue
		}
		if _, err := in[0].Open(); err == nil || !strings.HasSuffix(err.Error(), "dangling.log: no such file or directory") {
			t.Errorf("%s: %v", root, err)
		}
		if _, err := in[1].Open(); err == nil || !strings.Contains(err.Error(), "folder: a link to a folder elsewhere: not followed, give ") {
			t.Errorf("%s: %v", root, err)
		}
		if _, err := in[3].Open(); err == nil || !strings.Contains(err.Error(), "loop: a link to a folder that it is in") {
			t.Errorf("%s: %v", root, err)
		}
		if got := slurp(t, in[4]); got != "text" {
			t.Errorf("%s: %q", root, got)
		}
	}
}

func TestUnusablePaths(t *testing.T) {
	dir := write(t, map[string][]byte{"file": []byte("x")})
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	in, problems := Inputs([]string{filepath.Join(dir, "gone"), filepath.Join(dir, "file"), filepath.Join(dir, "empty"), filepath.Join(dir, "file", "below")}, nil)
	var got []string
	for _, p := range problems {
		got = append(got, strings.TrimPrefix(p.Error(), dir+"/"))
	}
	want := []string{"gone: no such file or directory", "empty: the folder is empty", "file/below: not a directory"}
	if !slices.Equal(got, want) || !slices.Equal(under(dir, in), []string{"file"}) {
		t.Errorf("%q, want %q; %v", got, want, under(dir, in))
	}
}

// What cannot be opened any more says so when it is read.
func TestUnreadable(t *testing.T) {
	dir := write(t, map[string][]byte{"going": []byte("x"), "dir/locked/x": nil, "dir/y": nil})
	in, _ := Inputs([]string{filepath.Join(dir, "going")}, nil)
	if err := os.Remove(filepath.Join(dir, "going")); err != nil {
		t.Fatal(err)
	}
	if _, err := in[0].Open(); err == nil || err.Error() != filepath.Join(dir, "going")+": no such file or directory" {
		t.Error(err)
	}
	if os.Getuid() == 0 {
		t.Skip("nothing is unreadable for root")
	}
	locked := filepath.Join(dir, "dir", "locked")
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(locked, 0o777)
	in, problems := Inputs([]string{filepath.Join(dir, "dir")}, nil)
	if got := under(filepath.Join(dir, "dir"), in); !slices.Equal(got, []string{"locked", "y"}) || len(problems) > 0 {
		t.Fatalf("%q %v", got, problems)
	}
	if _, err := in[0].Open(); err == nil || err.Error() != locked+": permission denied" {
		t.Error(err)
	}
}

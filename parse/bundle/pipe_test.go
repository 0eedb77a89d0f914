//go:build unix

package bundle

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A named pipe, such as the shell's <(kubectl logs …), is read once, whole,
// and is not looked into before.
func TestNamedPipe(t *testing.T) {
	for name, data := range map[string][]byte{"plain": []byte(log), "packed": gz(log)} {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip(err)
		}
		wrote := make(chan error, 1)
		go func() { wrote <- os.WriteFile(path, data, 0o600) }()
		in, problems := Inputs([]string{path}, nil)
		if len(in) != 1 || len(problems) > 0 || in[0].Rereadable || in[0].Size != -1 {
			t.Fatalf("%s: %+v %v", name, in, problems)
		}
		if got := slurp(t, in[0]); got != log {
			t.Errorf("%s: %q", name, got)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
	}
}

// Pipes in a folder are left alone, and said: nobody may ever write to them.
func TestFolderWithPipe(t *testing.T) {
	dir := write(t, map[string][]byte{"x": nil})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	in, problems := Inputs([]string{dir}, nil)
	if len(in) != 2 || len(problems) > 0 {
		t.Fatalf("%v %v", under(dir, in), problems)
	}
	if _, err := in[0].Open(); err == nil || !strings.HasSuffix(err.Error(), "pipe: a named pipe: not read, it may never end") {
		t.Error(err)
	}
}

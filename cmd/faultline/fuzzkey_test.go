package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzRedactKey reads a file as a key of a redaction: one that can be guessed is
// refused, any other is the key as it is, as far as it is read.
func FuzzRedactKey(f *testing.F) {
	f.Add([]byte("0123456789abcdef"))
	f.Add(bytes.Repeat([]byte{7}, 64))
	f.Add([]byte(" \n\t                 x"))
	f.Add(bytes.Repeat([]byte("secret"), maxKey))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := redactKey(path)
		different := map[byte]bool{}
		for _, c := range bytes.TrimSpace(key) {
			different[c] = true
		}
		switch {
		case err != nil && key != nil:
			t.Errorf("refused, and given: %q", key)
		case err == nil && (len(bytes.TrimSpace(key)) < 16 || len(different) < 8):
			t.Errorf("%q can be guessed", key)
		case err == nil && !bytes.Equal(key, data[:min(len(data), maxKey)]):
			t.Errorf("%q of %q", key, data)
		}
	})
}

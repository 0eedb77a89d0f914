package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"faultline/correlate/casefile"
)

// files writes every format, each with every so many of the texts, in an encoding
// drawn at random.
func (p *plant) files(t *testing.T, dir string, formats []plantedFile) {
	for f, file := range formats {
		var out strings.Builder
		out.WriteString(p.wrote(file.path, p.fill(file.head)))
		rows := 0
		for k, text := range plantedTexts {
			if file.write == nil && k >= 5 || file.write != nil && (k+f)%p.every != 0 {
				continue
			}
			if rows++; rows > 1 {
				out.WriteString(file.between)
			}
			enc := plantedEncodings[p.random.IntN(len(plantedEncodings))]
			row := p.fill(file.row)
			if file.write != nil {
				row = strings.ReplaceAll(row, "TEXT", file.write(enc.encode(p.fill(text))))
			}
			clock := fmt.Sprintf("%02d:%02d", k/60%60, k%60)
			row = strings.NewReplacer("CLOCK", clock, "SECONDS", strconv.Itoa(1706880000+k), "   T.0", fmt.Sprintf("   %d.0", 400+k), "id=1:K", "id=1:"+strconv.Itoa(k)).Replace(row)
			out.WriteString(p.wrote(file.path+" ("+enc.name+") «"+text+"»", row))
		}
		out.WriteString(file.tail)
		path := filepath.Join(dir, file.path)
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// begin is how much of a token is looked up.
const begin = 6

// left looks for tokens in bytes, in capitals and small letters.
func (p *plant) left(where string, b []byte, found map[string]string) {
	if p.first == nil {
		p.first = map[string][]string{}
		for token := range p.tokens {
			p.first[token[:begin]] = append(p.first[token[:begin]], token)
		}
	}
	b = bytes.ToLower(b)
	for i := 0; i+begin <= len(b); i++ {
		for _, token := range p.first[string(b[i:i+begin])] {
			if bytes.HasPrefix(b[i:], []byte(token)) {
				found[token] = where
			}
		}
	}
}

// exported are the tokens that are in a case of a dump, in its bytes or in a
// value of a table, with where they are.
func (p *plant) exported(t *testing.T, dir, out string, redact bool) map[string]string {
	t.Helper()
	var stderr bytes.Buffer
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr, log: logrus.New()}
	a.log.SetOutput(io.Discard)
	a.flags.quiet, a.flags.force = true, true
	if code := a.exit(a.export([]string{dir}, &exporting{out: out, redact: redact})); code != 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	found := map[string]string{}
	c, err := casefile.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Strings(func(where string, text []byte) error { p.left(where, text, found); return nil }); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		p.left("the bytes of "+filepath.Base(path), data, found)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Of the names and secrets that stand once each in a dump, in every field and
// text of every format and in every encoding, a plain case holds what its lines
// say, and a redacted one none, as a zip and as a folder.
func TestNothingPlantedIsLeft(t *testing.T) {
	t.Parallel()
	every, outs := 12, []string{"redacted.zip", "redacted/"}
	if testing.Short() { // every format still, with fewer texts in each
		every, outs = 60, outs[:1]
	}
	p := &plant{random: rand.New(rand.NewPCG(1, 2)), every: every, tokens: map[string]string{}, sealed: map[string]bool{}}
	if seed, err := strconv.Atoi(os.Getenv("PLANT")); err == nil { // more of them, of another seed
		p.random, p.every = rand.New(rand.NewPCG(uint64(seed), 2)), 1
	}
	top := t.TempDir()
	dir := filepath.Join(top, "dump")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.files(t, dir, plantedFiles)
	plain := p.exported(t, dir, filepath.Join(top, "plain.zip"), false)
	if len(plain)*10 < len(p.tokens)*7 {
		t.Errorf("of %d planted tokens only %d are in the plain case", len(p.tokens), len(plain))
	}
	for _, out := range outs {
		left := p.exported(t, dir, filepath.Join(top)+"/"+out, true)
		for _, token := range slices.Sorted(maps.Keys(left))[:min(len(left), 20)] {
			t.Errorf("%s: %s is left in %s; planted in %.400s", out, token, left[token], p.tokens[token])
		}
		t.Logf("%s: %d planted, %d in the plain case, %d left", out, len(p.tokens), len(plain), len(left))
	}
}

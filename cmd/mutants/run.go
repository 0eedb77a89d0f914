package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed switches.txt
var switches string

// build is the test binary of a package with all of its mutants.
type build struct {
	dir, scratch string
	files        []string // all if none are named
	mutants      []mutant
	quick        *test // all that take less than it, run together
	lock         sync.Mutex
}

// listed is what go list says of a package.
type listed struct {
	Dir, ImportPath, Name, Export string
	GoFiles                       []string
}

// list names the package, and where the compiled ones are that it needs.
func (b *build) list(ctx context.Context) (pkg listed, exports map[string]string, err error) {
	c := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-json=Dir,ImportPath,Name,Export,GoFiles", ".")
	c.Dir, c.Stderr = b.dir, os.Stderr
	out, err := c.Output()
	if err != nil {
		return listed{}, nil, err
	}
	exports = map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkg, exports, nil
		} else if err != nil {
			return listed{}, nil, err
		}
		pkg = p // the one that was asked for is the last
		exports[p.ImportPath] = p.Export
	}
}

// make builds the binary.
func (b *build) make(ctx context.Context) error {
	pkg, exports, err := b.list(ctx)
	if err != nil {
		return err
	}
	b.dir = pkg.Dir
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range pkg.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	checked, err := conf.Check(pkg.ImportPath, fset, files, info)
	if err != nil {
		return err
	}
	replace := map[string]string{}
	write := func(name string, text []byte) error {
		replace[filepath.Join(pkg.Dir, name)] = filepath.Join(b.scratch, name)
		return os.WriteFile(filepath.Join(b.scratch, name), text, 0o666)
	}
	for i, f := range files {
		if len(b.files) > 0 && !slices.Contains(b.files, pkg.GoFiles[i]) {
			continue
		}
		source, err := os.ReadFile(filepath.Join(pkg.Dir, pkg.GoFiles[i]))
		if err != nil {
			return err
		}
		m := mutator{fset: fset, info: info, pkg: checked, source: source, mutants: &b.mutants}
		if err := write(pkg.GoFiles[i], m.file(f)); err != nil {
			return err
		}
	}
	text := strings.NewReplacer("PACKAGE", pkg.Name, "COUNT", strconv.Itoa(len(b.mutants)+1)).Replace(switches)
	if err := write("mutant_switches.go", []byte(text)); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.scratch, "overlay.json"), overlay, 0o666); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", filepath.Join(b.scratch, "overlay.json"), "-o", b.binary(), ".")
	c.Dir, c.Stdout, c.Stderr = b.dir, os.Stderr, os.Stderr
	return c.Run()
}

func (b *build) binary() string { return filepath.Join(b.scratch, "mutants.test") }

// test is a test of the package: what it meets, and how long it takes.
type test struct {
	name  string
	took  time.Duration
	meets map[int]string // "2": something else would come out
	// tries is how often it was run for a mutant, and noticed how many of these failed it.
	tries, noticed int
}

// meet runs each test on its own and notes which mutants it meets.
func (b *build) meet(ctx context.Context, skip *regexp.Regexp) (tests []*test, err error) {
	c := exec.CommandContext(ctx, b.binary(), "-test.list", ".")
	c.Dir = b.dir
	out, err := c.Output()
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(string(out)) {
		if strings.HasPrefix(name, "Benchmark") || skip.MatchString(name) {
			continue
		}
		told := filepath.Join(b.scratch, "met")
		if err := os.WriteFile(told, nil, 0o666); err != nil {
			return nil, err
		}
		ok, _, took := b.run(ctx, 10*time.Minute, "MUTANTS_MET="+told, name)
		if !ok {
			return nil, fmt.Errorf("%s fails without any mutant", name)
		}
		t := &test{name: name, took: took, meets: map[int]string{}}
		text, err := os.ReadFile(told)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			number, changes, _ := strings.Cut(strings.TrimSpace(line), " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				return nil, err
			}
			t.meets[n] = changes
		}
		tests = append(tests, t)
	}
	b.quick = &test{took: time.Second / 8}
	return tests, nil
}

// run runs some tests: whether they passed, whether they took too long, and what they took
// of the processor.
func (b *build) run(ctx context.Context, limit time.Duration, env string, names ...string) (passed, endless bool, took time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = regexp.QuoteMeta(name)
	}
	c := exec.CommandContext(ctx, b.binary(), "-test.failfast", "-test.run", "^("+strings.Join(quoted, "|")+")$")
	c.Dir, c.Env = b.dir, append(os.Environ(), env)
	err := c.Run()
	if c.ProcessState != nil {
		took = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	return err == nil, ctx.Err() != nil, took
}

// became tries a mutant by the tests that meet it: the quick ones together, and the others one
// by one, first those that notice the most mutants for the time that they take.
func (b *build) became(ctx context.Context, n int, tests []*test) int {
	what := uncovered
	quick := &test{}
	var turns []*test
	var together []string
	for _, t := range tests {
		changes, met := t.meets[n]
		if !met {
			continue
		}
		what = lives
		switch {
		case changes != "2":
		case t.took < b.quick.took:
			together, quick = append(together, t.name), b.quick
		default:
			turns = append(turns, t)
		}
	}
	if quick == b.quick {
		turns = append(turns, quick)
	}
	b.lock.Lock()
	slices.SortStableFunc(turns, func(a, b *test) int { return cmp.Compare(b.worth(), a.worth()) })
	b.lock.Unlock()
	for _, t := range turns {
		names := []string{t.name}
		if t == b.quick {
			names = together
		}
		passed, late, _ := b.run(ctx, 40*t.took+40*time.Second, "MUTANT="+strconv.Itoa(n), names...)
		b.lock.Lock()
		t.tries++
		if !passed {
			t.noticed++
		}
		b.lock.Unlock()
		switch {
		case late:
			return endless
		case !passed:
			return killed
		}
	}
	return what
}

// worth is how many mutants a test notices in a second.
func (t *test) worth() float64 {
	return float64(t.noticed+1) / float64(t.tries+2) / max(t.took.Seconds(), 0.05)
}

// Command mutants turns the conditions and sums of packages around, one after another, and
// says of which no test of the package takes notice. All mutants of a package are in one
// binary, each behind a switch, so that nothing is linked anew: minutes where gremlins, whose
// mutants these are, takes hours. Only tests that meet a mutant are run for it, and
// none where what comes out of the changed piece would be the same in all of
// them.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

func main() {
	files := flag.String("files", "", "only these files of the package, by commas")
	skip := flag.String("skip", "^$", "leave out the tests whose names match: slow ones that notice little")
	workers := flag.Int("workers", 1, "how many mutants are tried at a time")
	every := flag.Int("every", 1, "try only one of so many mutants, and tell of those alone")
	flag.Parse()
	for _, dir := range flag.Args() {
		if err := try(context.Background(), dir, *files, regexp.MustCompile(*skip), *workers, *every); err != nil {
			fmt.Fprintln(os.Stderr, dir+":", err)
			os.Exit(1)
		}
	}
}

// What became of a mutant.
const (
	uncovered = iota
	lives
	killed
	endless
	left // for another time
)

// try tries the mutants of a package and prints those that live as they are found, then the figures.
func try(ctx context.Context, dir, files string, skip *regexp.Regexp, workers, every int) error {
	scratch, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	b := build{dir: dir, scratch: scratch}
	if files != "" {
		b.files = strings.Split(files, ",")
	}
	if err := b.make(ctx); err != nil {
		return err
	}
	tests, err := b.meet(ctx, skip)
	if err != nil {
		return err
	}
	became := make([]int, len(b.mutants))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(became); n = int(next.Add(1)) - 1 {
				if n%every != 0 {
					became[n] = left
					continue
				}
				if became[n] = b.became(ctx, n, tests); became[n] == lives {
					fmt.Println(filepath.Join(dir, b.mutants[n].String()))
				}
			}
		})
	}
	wait.Wait()
	report(dir, b.mutants, became)
	return nil
}

// report prints the figures as gremlins counts them, a line a file.
func report(dir string, mutants []mutant, became []int) {
	counts := map[string]*[left + 1]int{"all": {}}
	for n, m := range mutants {
		if counts[m.file] == nil {
			counts[m.file] = &[left + 1]int{}
		}
		counts[m.file][became[n]]++
		counts["all"][became[n]]++
	}
	for _, file := range slices.Sorted(maps.Keys(counts)) {
		c := counts[file]
		noticed, covered := c[killed]+c[endless], c[killed]+c[endless]+c[lives]
		fmt.Printf("%s %s: covered %d, killed %d, endless %d, live %d, not covered %d, %.1f %%\n",
			dir, file, covered, c[killed], c[endless], c[lives], c[uncovered], 100*float64(noticed)/float64(max(covered, 1)))
	}
}

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// mostAtStart is how many bytes our own packages may allocate before main: every
// command pays for it.
const mostAtStart = 4 << 20

// What a package makes ready before main is asked for by few commands: patterns
// are compiled when they are first needed.
func TestStartIsCheap(t *testing.T) {
	c := exec.Command("faultline", "version")
	c.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	said, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	list := regexp.MustCompile(`(?m)^init (faultline/\S+) .* ([0-9]+) bytes`).FindAllSubmatch(said, -1)
	if len(list) < 10 {
		t.Fatalf("%d packages: the trace is another than it was\n%s", len(list), said)
	}
	all := 0
	for _, m := range list {
		n, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		all += n
	}
	if all > mostAtStart {
		t.Errorf("%d bytes before main, may be %d:\n%s", all, mostAtStart, said)
	}
}

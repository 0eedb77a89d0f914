// Command faultline reads the pile of dumps that a mystery 504 leaves behind
// and says, with proof, what happened when and whether it has a period.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // containers and Windows have no zones of their own

	"faultline/correlate/aside"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM) // before anything is made that would be left
	go interrupt(signals, cancel)
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// complete says that the output which was asked for is in its place. A signal that
// comes then ends the program, and interrupts nothing.
var complete atomic.Bool

// patience is how long a stage that was asked to end may take to do so. What
// computes does not listen everywhere; and nothing of what it made is anywhere
// yet, so it can be left.
const patience = 600 * time.Millisecond

// interrupt waits for ^C or SIGTERM. The first asks the program to end, and
// ends it when it does not; a second kills it at once.
func interrupt(signals <-chan os.Signal, cancel context.CancelFunc) {
	<-signals
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	cancel()
	time.Sleep(patience)
	aside.Abandon()
	if complete.Load() {
		os.Exit(exitDone)
	}
	fmt.Fprintln(os.Stderr, interrupted)
	os.Exit(exitInterrupted)
}

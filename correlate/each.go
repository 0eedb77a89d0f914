package correlate

import (
	"runtime"
	"sync"
)

// each calls do for 0 to n-1 on all cores. What do returns must not depend on
// the order: each call writes to a place of its own.
func each(n int, do func(i int)) {
	var wait sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range n {
		turn <- struct{}{}
		wait.Go(func() {
			do(i)
			<-turn
		})
	}
	wait.Wait()
}

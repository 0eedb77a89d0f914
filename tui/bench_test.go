package tui

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
)

var benchStreams = flag.Int("streams", 40, "streams of the benchmarks' large cases")

// large are the cases of the benchmarks: many events in many streams.
var large = map[int]*correlate.Case{}

func largeCase(n int) *correlate.Case {
	debug.SetGCPercent(13) // as the program does with so much: 96 MB of 740
	if large[n] == nil {
		large[n] = made(n, *benchStreams)
	}
	return large[n]
}

// BenchmarkOpen is the first picture of a case that was judged: under 300 ms
// at ten million events.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{1e4, 1e7} {
		c := largeCase(n)
		b.Run(fmt.Sprintf("%.0e", float64(n)), func(b *testing.B) {
			for range b.N {
				m := New(c, Ports{}, Display{Colour: true})
				m.w, m.h = 240, 70
				m.View()
			}
		})
	}
}

// BenchmarkView is a key and the frame that follows, on every screen in turn:
// under 16 ms each. The worst of them is reported too.
func BenchmarkView(b *testing.B) {
	for _, size := range sizes[:] {
		for _, n := range []int{1e4, 1e7} {
			c := largeCase(n)
			b.Run(fmt.Sprintf("%dx%d/%.0e", size[0], size[1], float64(n)), func(b *testing.B) {
				m := New(c, Ports{}, Display{Colour: true})
				m.w, m.h = size[0], size[1]
				worst, where := time.Duration(0), ""
				var next tea.Model = m
				turn := []rune("12lzhZ3ljo+-S4jj5l6jj7jj8jkjG0ngkVv")
				b.ResetTimer()
				for i := range b.N {
					k := turn[i%len(turn)]
					began := time.Now()
					next, _ = next.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{k}})
					next.View()
					if took := time.Since(began); took > worst {
						worst, where = took, fmt.Sprintf("%c on %s", k, next.(Model).screen)
					}
				}
				b.ReportMetric(float64(worst.Microseconds())/1e3, "worst-ms")
				b.Log(where)
			})
		}
	}
}

// BenchmarkMoveClock is a moved clock: judged again, and drawn. 50 ms.
func BenchmarkMoveClock(b *testing.B) {
	day, _ := open(b, "day")
	for _, c := range []struct {
		name string
		*correlate.Case
	}{{"day", day}, {"1e+07", largeCase(1e7)}} {
		b.Run(c.name, func(b *testing.B) {
			judge := func(said correlate.Options) *correlate.Case { // with what was given before, as the command does
				said.Anchors = append(slices.Clone(said.Anchors), c.Options.Anchors...)
				return correlate.Judge(c.Index, said)
			}
			r := &robot{t: b, m: New(c.Case, Ports{Judge: judge}, Display{})}
			r.m.w, r.m.h = 240, 70
			r.press("6", "j")
			first := time.Duration(0)
			b.ResetTimer()
			for range b.N {
				began := time.Now() // what is drawn before anything is judged
				next, cmd := r.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'>'}})
				next.View()
				first += time.Since(began)
				r.m = next.(Model)
				r.send(cmd())
				r.m.View()
			}
			b.ReportMetric(float64(first.Microseconds())/1e3/float64(b.N), "first-ms")
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			b.ReportMetric(float64(mem.HeapInuse)/1e6, "heap-MB")
		})
	}
}

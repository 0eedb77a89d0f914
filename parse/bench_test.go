package parse_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"faultline/fixtures/synth"
	"faultline/parse"
	"faultline/parse/wrap"
)

// Lines of no interest and lines of interest, the hash of their bytes included.
func BenchmarkRead(b *testing.B) {
	c := synth.Default("resync")
	c.Hours, c.Noise, c.Proxies = 2, 5, 1
	made := synth.Memory{}
	if _, err := synth.Generate(c, made); err != nil {
		b.Fatal(err)
	}
	var rare []byte
	for path, data := range made {
		if strings.HasPrefix(path, "proxy/") {
			rare = append(rare, data...)
		}
	}
	for _, bench := range []struct {
		name string
		data []byte
	}{
		{"rare", rare},
		{"dense", bytes.Repeat([]byte(failfast+"\n"), 80_000)},
		{"traces", bytes.Repeat([]byte(klogHead+"\n"+klogEnd+"\n"), 40_000)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			in := []parse.Input{input(bench.name, bench.data, 0)}
			b.SetBytes(int64(len(bench.data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parse.Read(context.Background(), in, formats(), wrap.All(), parse.Options{Workers: 1}, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*bytes.Count(bench.data, []byte("\n"))), "ns/line")
		})
	}
}

package prom

import (
	"bytes"
	"testing"

	"faultline/parse"
)

func BenchmarkLines(b *testing.B) {
	for _, name := range []string{"r60s-tsdb-dump.txt.zst", "real-tsdb-dump-2.42.txt.zst", "metrics-final-0.txt.zst", "real-vm-export.jsonl.zst", "real-promtool-query-range.promql.txt.zst"} {
		text := unpacked(b, name)
		if len(text) < 4<<20 {
			text = bytes.Repeat(text[:bytes.LastIndexByte(text, '\n')+1], 1+4<<20/len(text))
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				readAs(b, text, parse.Options{})
			}
		})
	}
}

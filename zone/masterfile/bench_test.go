package masterfile_test

import (
	"bytes"
	"testing"

	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/workload"
)

func small(tb testing.TB) []byte {
	var b bytes.Buffer
	if _, err := workload.Small(&b, 1); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func large(tb testing.TB, records int) []byte {
	var b bytes.Buffer
	if err := workload.Large(&b, records); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct {
		name string
		src  []byte
	}{{"small", small(b)}, {"large100k", large(b, 100_000)}, {"large1M", large(b, 1_000_000)}} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.src)))
			b.ReportAllocs()
			records := 0
			for b.Loop() {
				z, err := masterfile.Parse("bench.zone", bench.src, masterfile.Options{})
				if err != nil {
					b.Fatal(err)
				}
				records = z.Len()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
		})
	}
}

func BenchmarkLexer(b *testing.B) {
	src := large(b, 100_000)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		l := masterfile.NewLexer(src)
		for _, ok := l.Next(); ok; _, ok = l.Next() {
		}
	}
}

package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/zonelint/zonelint/zone/workload"
)

// The whole check, all rules, as the program does it: one zone of a million
// records, and 20,000 zones of about 25 records in files of their own.
func BenchmarkCheck(b *testing.B) {
	if testing.Short() {
		b.Skip("makes 100 MB of zones")
	}
	dir := b.TempDir()
	large := filepath.Join(dir, "large.zone")
	f, err := os.Create(large)
	if err != nil {
		b.Fatal(err)
	}
	if err := workload.Large(f, 1_000_000); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	small := filepath.Join(dir, "small")
	if err := os.Mkdir(small, 0o777); err != nil {
		b.Fatal(err)
	}
	for i := range 20_000 {
		var src bytes.Buffer
		name, err := workload.Small(&src, i)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(small, name+".zone"), src.Bytes(), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	for _, bench := range []struct{ name, path string }{{"large1M", large}, {"small20k", small}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				streams := Streams{In: bytes.NewReader(nil), Out: io.Discard, Err: io.Discard}
				if code := Main(context.Background(), []string{"zonelint", "check", bench.path}, streams); code != 0 {
					b.Fatalf("exit code %d", code)
				}
			}
		})
	}
}

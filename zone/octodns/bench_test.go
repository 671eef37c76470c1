package octodns

import (
	"os"
	"testing"
)

// BenchmarkParse reads a zone of a hosted-mail domain.
func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("../../testdata/repos/octodns/zones/jardin-lambert.example.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("jardin-lambert.example.yaml", src, Options{Provider: Provider{Semicolons: SemicolonsEscaped}}); err != nil {
			b.Fatal(err)
		}
	}
}

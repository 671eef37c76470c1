package masterfile

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/workload"
)

// The guesses about the middle of a large file hold for an ordinary one, or
// reading it in parts would gain nothing.
func TestPartsAreUsed(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("one processor: files are read as a whole")
	}
	var b bytes.Buffer
	if err := workload.Large(&b, 120_000); err != nil {
		t.Fatal(err)
	}
	read := func(src []byte) bool {
		p := newParser(newFile("x", "", src), Options{Limits: DefaultLimits}, zone.MustName("bigmail.example"))
		return p.readParts()
	}
	if !read(b.Bytes()) {
		t.Error("an ordinary file was not read in parts")
	}
	if read(append(b.Bytes(), "x TXT ( \"never closed\"\n"...)) {
		t.Error("a file with a parenthesis that is never closed was read in parts")
	}
	if read(bytes.Replace(b.Bytes(), []byte("$TTL 3600\n"), nil, 1)) {
		t.Error("a file without a default TTL was read in parts")
	}
}

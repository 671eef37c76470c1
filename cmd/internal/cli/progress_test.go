package cli

import (
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var out strings.Builder
	start := time.Now()
	p := &progress{w: &out, total: 20, start: start}
	p.step(2)
	p.draw(start.Add(progressAfter / 2))
	if out.Len() > 0 {
		t.Errorf("%q is shown too early", out.String())
	}
	p.draw(start.Add(2 * progressAfter))
	p.aside(func() { out.WriteString("print\n") })
	p.aside(func() { out.WriteString("more\n") })
	p.step(1)
	p.draw(start.Add(3 * progressAfter))
	p.erase()
	want := eraseLine + "1 of 20 files read, 2 findings" + eraseLine + "print\nmore\n" +
		eraseLine + "2 of 20 files read, 3 findings" + eraseLine
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if startProgress(&out, 1) != nil {
		t.Error("there is progress where there is no terminal")
	}
	var none *progress
	none.step(1)
	none.aside(func() {})
	none.stop()
}

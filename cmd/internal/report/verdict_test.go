package report

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
)

func verdictOf(src files) Verdict {
	return Verdict{
		Word: "fail", Level: rules.Error, Message: "192.0.2.1 may not send mail as \x1b[31m@example.com", Reason: "-all of example.com. matches",
		Marks: []Mark{{src, src.span("a.zone", "redirect", 0), ""}, {src, src.span("a.zone", "-all", 0), "of b.example.com."}, {nil, src.span("a.zone", "b", 1), "no source"}},
		Notes: []Note{{"explanation", "ask\x07 somebody"}},
	}
}

func TestVerdict(t *testing.T) {
	src := files{"a.zone": "@ TXT \"v=spf1 redirect=b.example.com\"\nb TXT \"v=spf1 -all\"\n"}
	want := `fail: 192.0.2.1 may not send mail as \x1B[31m@example.com
  -all of example.com. matches
 --> a.zone:1:15
  |
1 | @ TXT "v=spf1 redirect=b.example.com"
  |               ^^^^^^^^
2 | b TXT "v=spf1 -all"
  |               ---- of b.example.com.
  = explanation: ask\x07 somebody
`
	if got := string(verdictOf(src).Append(nil, Style{})); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	narrow := string(verdictOf(src).Append(nil, Style{Width: 40}))
	for line := range strings.Lines(narrow) {
		if displayWidth(strings.TrimSuffix(line, "\n")) > 40 {
			t.Errorf("wider than 40: %q", line)
		}
	}
	colour := string(verdictOf(src).Append(nil, Style{Color: true}))
	if !strings.Contains(colour, "\x1b[1;31mfail\x1b[0m: ") || strings.Contains(colour, "\x1b[31m@") {
		t.Errorf("%q", colour)
	}
	good := Verdict{Word: "pass", Good: true}
	if got := string(good.Append(nil, Style{Color: true})); got != "\x1b[1;32mpass\x1b[0m: \n" {
		t.Errorf("%q", got)
	}
}

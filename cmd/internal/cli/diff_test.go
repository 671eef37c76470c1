package cli

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// applyDiff does what patch does with exact context.
func applyDiff(t interface{ Fatalf(string, ...any) }, old, diff string) string {
	lines := strings.SplitAfter(old, "\n")
	var out strings.Builder
	at := 0 // lines of old that are done
	hunk := false
	body := strings.SplitAfter(diff, "\n")
	for i, line := range body {
		if strings.HasPrefix(line, "@@ -") {
			var start int
			if _, err := fmt.Sscanf(line, "@@ -%d", &start); err != nil {
				t.Fatalf("bad hunk %q", line)
			}
			if !strings.HasPrefix(line, fmt.Sprintf("@@ -%d,0 ", start)) {
				start-- // the line before which the hunk stands
			}
			for ; at < start; at++ {
				out.WriteString(lines[at])
			}
			hunk = true
			continue
		}
		if !hunk || line == "" || line[0] == '\\' {
			continue
		}
		text := line[1:]
		if i+1 < len(body) && strings.HasPrefix(body[i+1], `\ No newline`) {
			text = strings.TrimSuffix(text, "\n")
		}
		if line[0] != '+' {
			if at >= len(lines) || lines[at] != text {
				t.Fatalf("the diff does not fit at line %d: %q", at+1, text)
			}
			at++
		}
		if line[0] != '-' {
			out.WriteString(text)
		}
	}
	for ; at < len(lines); at++ {
		out.WriteString(lines[at])
	}
	return out.String()
}

func TestUnifiedApplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few different lines, so that many are alike.
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "\n", "c\r\n", "d", "- e\n", "@@ f\n", "::g\n", "\t ::h"}), 0, 30).Draw(t, "lines"), "")
		})
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		diff := unified("/", "f", []byte(old), []byte(new))
		if got := applyDiff(t, old, diff); got != new {
			t.Fatalf("%q with\n%s gives %q, want %q", old, diff, got, new)
		}
		for line := range strings.Lines(diff) {
			if strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Fatalf("the log of a CI system would obey %q of\n%s", line, diff)
			}
		}
	})
}

// Many changes all over a large file stay small changes.
func TestUnifiedOfManyChanges(t *testing.T) {
	var old, new strings.Builder
	changes := 0
	for i := range 50_000 {
		line := fmt.Sprintf("host%d A 192.0.2.1\n", i)
		old.WriteString(line)
		if i%100 == 0 {
			changes++
			line = "x" + line
		}
		new.WriteString(line)
	}
	diff := unified("/", "f", []byte(old.String()), []byte(new.String()))
	if n := strings.Count(diff, "\n-"); n != changes {
		t.Errorf("%d lines are taken away, want %d", n, changes)
	}
	if got := applyDiff(t, old.String(), diff); got != new.String() {
		t.Error("the diff does not give the new text")
	}
}

func TestDiffHeader(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"a.zone", "--- a/a.zone\n+++ b/a.zone\n"},
		{"./x/../a.zone", "--- a/a.zone\n+++ b/a.zone\n"},
		{"/home/me/zones/a.zone", "--- a/zones/a.zone\n+++ b/zones/a.zone\n"},
		{"../you/a.zone", "--- a/home/you/a.zone\n+++ b/home/you/a.zone\n"},
		{"/etc/bind/a.zone", "--- a/etc/bind/a.zone\n+++ b/etc/bind/a.zone\n"},
		{"my zone", "--- a/my zone\t\n+++ b/my zone\t\n"},
		{"a\"b\n", "--- \"a/a\\\"b\\012\"\n+++ \"b/a\\\"b\\012\"\n"},
		{"zoné", "--- a/zoné\n+++ b/zoné\n"},
	} {
		got := unified("/home/me", tt.name, []byte("a\n"), []byte("b\n"))
		if want := tt.want + "@@ -1 +1 @@\n-a\n+b\n"; got != want {
			t.Errorf("%q: %q, want %q", tt.name, got, want)
		}
	}
}

func TestScreenDiff(t *testing.T) {
	got := screenDiff("-\ta\x1b[2J\r\n+b\n")
	if want := "-        a\\x1B[2J\n+b\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

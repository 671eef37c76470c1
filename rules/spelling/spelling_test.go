package spelling_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules/spelling"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"include", "Include", 0},
		{"inlcude", "include", 1},
		{"inclde", "include", 1},
		{"includee", "include", 1},
		{"incl0de", "include", 1},
		{"quarentine", "quarantine", 1},
		{"ca", "abc", 3},
		{"kitten", "sitting", 3},
	} {
		if got := spelling.Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("%q to %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := spelling.Distance(tt.b, tt.a); got != tt.want {
			t.Errorf("%q to %q: %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestNearIDs(t *testing.T) {
	ids := []string{"google-workspace", "gandi", "gmx", "microsoft365", "microsoft365-godaddy", "webmo", "wedos"}
	for word, want := range map[string]string{
		"webmo": "webmo", "wembo": "webmo", "WEDOS": "wedos", "webo": "webmo", "google": "google-workspace",
		"microsoft": "microsoft365", "microsoft356": "microsoft365", "gnadi": "gandi", "gmxx": "gmx",
	} {
		if got := spelling.Near(word, ids); len(got) == 0 || got[0] != want {
			t.Errorf("Near(%q) = %q, want %q first", word, got, want)
		}
	}
	for _, word := range []string{"x", "protonmail", strings.Repeat("webmo", 13)} {
		if got := spelling.Near(word, ids); len(got) > 0 {
			t.Errorf("Near(%q) = %q", word, got)
		}
	}
}

func TestNear(t *testing.T) {
	list := []string{"spf-multiple", "spf-missing", "mx-missing", "dmarc-missing", "webmo", "--format"}
	for _, tt := range []struct{ word, want string }{
		{"spf-mutliple", "spf-multiple"},
		{"SPF-MISSING", "spf-missing"},
		{"missing", "mx-missing spf-missing dmarc-missing"},
		{"wembo", "webmo"},
		{"--fromat", "--format"},
		{"-format", "--format"},
		{"format", "--format"},
		{"entirely-else", ""},
		{strings.Repeat("x", 100), ""},
		{"", ""},
		{"ssing", "mx-missing spf-missing dmarc-missing"},
	} {
		if got := strings.Join(spelling.Near(tt.word, list), " "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.word, got, tt.want)
		}
	}
}

// Within is a faster way to the same answer.
func TestWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-dA-D.-]{0,8}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		most := rapid.IntRange(-1, 5).Draw(t, "most")
		if got, d := spelling.Within(a, b, most), spelling.Distance(a, b); got != (d <= most) {
			t.Errorf("Within(%q, %q, %d) = %t, and the distance is %d", a, b, most, got, d)
		}
	})
}

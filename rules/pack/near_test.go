package pack

import (
	"strings"
	"testing"
)

func TestNear(t *testing.T) {
	ids := []string{"google-workspace", "gandi", "gmx", "microsoft365", "microsoft365-godaddy", "webmo", "wedos"}
	for word, want := range map[string]string{
		"webmo": "webmo", "wembo": "webmo", "WEDOS": "wedos", "webo": "webmo", "google": "google-workspace",
		"microsoft": "microsoft365", "microsoft356": "microsoft365", "gnadi": "gandi", "gmxx": "gmx",
	} {
		if got := near(word, ids); len(got) == 0 || got[0] != want {
			t.Errorf("near(%q) = %q, want %q first", word, got, want)
		}
	}
	for _, word := range []string{"", "x", "protonmail", strings.Repeat("webmo", 13)} {
		if got := near(word, ids); len(got) > 0 {
			t.Errorf("near(%q) = %q", word, got)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abcd", "bcd", 1}, {"kitten", "sitting", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

package names_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/zone"
)

var apex = zone.MustName("example.com")

func TestZones(t *testing.T) {
	for _, tc := range []struct {
		told []string
		err  error
		want string // or what the error says
	}{
		{nil, nil, "[]"},
		{[]string{"example.org", "Example.com.", "example.com"}, nil, "[example.com. example.org.]"},
		{[]string{"example.com", "a..b\x1b[31m"}, nil, `Example: list of zones: name "a..b[31m"`},
		{nil, providers.ErrUnauthorized, "Example: list of zones: "},
	} {
		zones, err := names.Zones(context.Background(), "Example", func(context.Context) ([]string, error) { return tc.told, tc.err })
		if got := fmt.Sprint(zones); err == nil && got != tc.want || err != nil && !strings.HasPrefix(err.Error(), tc.want) || tc.err != nil && !errors.Is(err, tc.err) {
			t.Errorf("%q: %s, %v", tc.told, got, err)
		}
	}
}

func TestOwner(t *testing.T) {
	for name, want := range map[string]string{
		"": "example.com.", "@": "example.com.", "www": "www.example.com.", "example.com": "example.com.example.com.", "*.w": "*.w.example.com.",
		"www.example.com.": "www.example.com.", "example.org.": "", "notexample.com.": "", ".": "", "a..b": "", "\x1b[31m..": "",
	} {
		got, err := names.Owner(name, apex)
		if got.String() != want && want != "" || (err != nil) != (want == "") || err != nil && strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %s, %v", name, got, err)
		}
	}
}

func TestComputed(t *testing.T) {
	for data, want := range map[string]string{"": ": ALIAS", "web.example.net.": ": ALIAS web.example.net", "a\n::error::b": ": ALIAS a ::error::b"} {
		got := names.Computed(apex, "ALIAS", data)
		if len(got) != 2 || got[0].Type != zone.TypeA || got[1].Type != zone.TypeAAAA {
			t.Fatalf("%+v", got)
		}
		for _, u := range got {
			if u.Name != apex || !u.Computed || !strings.HasSuffix(u.Reason, want) {
				t.Errorf("%q: %+v", data, u)
			}
		}
	}
}

package all_test

import (
	"errors"
	"regexp"
	"slices"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/all"
)

var (
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	variableForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// Each provider says all that a list of them shows, and without its credentials
// it opens nothing and says which variable is missing.
func TestProviders(t *testing.T) {
	if names := all.Names(); !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("the names are not in order, or not unique: %v", names)
	}
	for _, p := range all.Providers() {
		t.Run(p.Name, func(t *testing.T) {
			if !nameForm.MatchString(p.Name) || p.Title == "" || p.URL == "" || p.Open == nil {
				t.Errorf("%+v is not whole", p)
			}
			if all.Find(p.Name) == nil || all.Find(p.Title+"x") != nil {
				t.Error("is not found by its name, or by another")
			}
			needed := false
			for _, v := range p.Variables {
				if !variableForm.MatchString(v.Name) || v.Use == "" {
					t.Errorf("%+v is not whole", v)
				}
				needed = needed || !v.Optional
			}
			if _, _, err := p.Backend(func(string) string { return "" }); needed && !errors.Is(err, providers.ErrUnauthorized) {
				t.Errorf("without its variables: %v", err)
			}
		})
	}
}

// A provider is either to be had or said not to be, with the reason.
func TestUnfit(t *testing.T) {
	names := all.UnfitNames()
	if !slices.IsSorted(names) || len(names) == 0 {
		t.Errorf("the names are not in order: %v", names)
	}
	for _, n := range names {
		if all.Find(n) != nil || all.Unfit(n) == "" || !nameForm.MatchString(n) {
			t.Errorf("%s is to be had, or there is no reason why not", n)
		}
	}
	if why := all.Unfit("cloudflare"); why != "" {
		t.Errorf("cloudflare: %s", why)
	}
}

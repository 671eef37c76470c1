// Package ruletest checks rules against annotated zone files, for the tests of
// the rule packages.
//
// Under a line on which a finding is expected stands a comment whose carets
// mark the columns of the finding:
//
//	@ IN TXT "v=spf1 mx +all"
//	;                   ^^^^ spf-plus-all
//
// A place that the semicolon itself would cover is given in figures, as
// column+length ("; @1+3 zone-cname-apex"). A finding that ends on a later
// line is marked to the end of its first line, or by its first column alone
// with a length of 0. Every finding must be expected, every expectation met.
package ruletest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/terraform"
)

// Zones runs the rules over every file of the pattern (testdata/*.zone) and
// compares the findings with the annotations.
func Zones(t *testing.T, pattern string, rs []*rules.Rule) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no zones match %q (%v)", pattern, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := Places(Lint(t, filepath.Base(file), string(src), rs))
			want := expected(string(src))
			for _, w := range want {
				if !slices.Contains(got, w) {
					t.Errorf("%s: missing finding %s", file, w)
				}
			}
			for _, g := range got {
				if !slices.Contains(want, g) {
					t.Errorf("%s: unexpected finding %s", file, g)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %d findings, %d expected", file, len(got), len(want))
			}
		})
	}
}

// Lint parses a zone of example.com, or a plan of one, and runs the rules over it.
func Lint(t *testing.T, name, src string, rs []*rules.Rule) []rules.Finding {
	t.Helper()
	_, fs := Parse(t, name, src, rs)
	return fs
}

// Parse is Lint that returns the zone too.
func Parse(t *testing.T, name, src string, rs []*rules.Rule) (*zone.Zone, []rules.Finding) {
	t.Helper()
	z := read(t, name, src)
	e, err := rules.NewEngine(rs, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return z, e.Run(z)
}

// read reads a zone file, or a plan that holds one zone.
func read(t *testing.T, name, src string) *zone.Zone {
	t.Helper()
	if terraform.Is([]byte(src)) {
		zones, err := terraform.Parse(name, []byte(src), terraform.Options{})
		if err != nil || len(zones) != 1 {
			t.Fatalf("%s: %d zones: %v", name, len(zones), err)
		}
		return zones[0]
	}
	z, err := masterfile.Parse(name, []byte(src), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return z
}

// IDs returns the rules of the findings, in their order.
func IDs(fs []rules.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Rule.ID)
	}
	return out
}

// Places returns "line:column+length rule" of each finding.
func Places(fs []rules.Finding) []string {
	var out []string
	for _, f := range fs {
		length := f.Span.End.Column - f.Span.Start.Column
		if f.Span.End.Line != f.Span.Start.Line {
			length = 0
		}
		out = append(out, fmt.Sprintf("%d:%d+%d %s", f.Span.Start.Line, f.Span.Start.Column, length, f.Rule.ID))
	}
	return out
}

var (
	carets  = regexp.MustCompile(`^;( *)(\^+) +([a-z0-9-]+)\s*$`)
	figures = regexp.MustCompile(`^; *@(\d+)\+(\d+) +([a-z0-9-]+)\s*$`)
)

func expected(src string) []string {
	var out []string
	last := 0
	for i, line := range strings.Split(src, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if m := carets.FindStringSubmatch(line); m != nil {
			out = append(out, fmt.Sprintf("%d:%d+%d %s", last, len(m[1])+2, len(m[2]), m[3]))
		} else if m := figures.FindStringSubmatch(line); m != nil {
			col, _ := strconv.Atoi(m[1])
			n, _ := strconv.Atoi(m[2])
			out = append(out, fmt.Sprintf("%d:%d+%d %s", last, col, n, m[3]))
		} else {
			last = i + 1
		}
	}
	return out
}

// Examples checks that the bad example of each rule trips it and the good one
// gives no finding of any of the rules.
func Examples(t *testing.T, rs []*rules.Rule) {
	t.Helper()
	for _, r := range rs {
		t.Run(r.ID, func(t *testing.T) {
			if ids := IDs(Lint(t, "bad.zone", rules.Example(r.Bad), rs)); !slices.Contains(ids, r.ID) {
				t.Errorf("the bad example gives %v", ids)
			}
			if fs := Lint(t, "good.zone", rules.Example(r.Good), []*rules.Rule{r}); len(fs) > 0 {
				t.Errorf("the good example gives %v", fs)
			}
		})
	}
}

// Fixed applies every fix of a zone up to a class and returns the records that
// changed, each as "-" or "+" and its line, and the ids of what is left.
func Fixed(t *testing.T, src string, rs []*rules.Rule, upTo rules.Safety) (changes, left []string) {
	t.Helper()
	z, _ := Parse(t, "fix.zone", src, rs)
	e, err := rules.NewEngine(rs, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := e.Fix(z, upTo)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Changes {
		for _, r := range c.Before {
			changes = append(changes, "-"+r.String())
		}
		for _, r := range c.After {
			changes = append(changes, "+"+r.String())
		}
	}
	return changes, IDs(res.Left)
}

package octodns

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/zone"
)

// What is made to cost much is bounded, told, and costs little.
func TestHostile(t *testing.T) {
	wide := "a: &a {type: A, value: 192.0.2.1"
	for i := range 2000 {
		wide += fmt.Sprintf(", k%d: x", i)
	}
	wide += "}\n"
	aliases := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "b%d: *a\n", i)
		}
		return b.String()
	}
	list := "a: &a\n- type: TXT\n  values: &v [" + strings.Repeat("x, ", 5000) + "x]\n"
	merges := "m0: &m0 {type: A, value: 192.0.2.1}\n"
	for i := range 40 {
		merges += fmt.Sprintf("m%d: &m%d {<<: [*m%d, *m%d]}\n", i+1, i+1, i, i)
	}
	for name, src := range map[string]string{
		"nodes":     "a: [" + strings.Repeat("x, ", 200_000) + "x]\n",
		"depth":     "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n",
		"aliases":   wide + aliases(20_000),
		"values":    list + aliases(20_000),
		"merges":    merges,
		"self":      "a: &a\n  type: A\n  <<: *a\n  value: 192.0.2.1\n",
		"long line": "{" + strings.Repeat("é: {type: A, value: 192.0.2.1}, ", 20_000) + "}\n",
		"comments":  "a: {type: A, value: 192.0.2.1}\n" + strings.Repeat("# zonelint:ignore x -- y\n", 50_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			z, err := Parse("example.com.yaml", []byte(src), Options{Limits: Limits{Nodes: 150_000}})
			if err != nil {
				t.Fatal(err)
			}
			z.Source.Comments("zonelint")
			for r := range z.Records() {
				r.Span(zone.Part{})
				break
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			told := false
			for _, p := range z.Problems {
				told = told || p.Kind != zone.ProblemComputed
			}
			if !told && name != "comments" && name != "self" {
				t.Error("nothing is said of it")
			}
		})
	}
}

// An !include stays within the tree, by links neither, and a record that
// depends on one that was not followed is not called missing.
func TestIncludeConfined(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("secret", "type: TXT\nvalue: secret\n")
	write("tree/zones/parts/txt.yaml", "type: TXT\nvalues: !include [one.yaml, two.yaml]\n")
	write("tree/zones/parts/one.yaml", "- one\n")
	write("tree/zones/parts/two.yaml", "- two\n")
	if err := os.Symlink("../../secret", filepath.Join(dir, "tree/zones/link.yaml")); err != nil {
		t.Skip(err)
	}
	write("tree/zones/example.com.yaml", "a: !include parts/txt.yaml\nb: !include ../../secret\nc: !include link.yaml\nd: !include ~/x\ne: !include gone.yaml\nf: {<<: !include parts/txt.yaml, ttl: 60}\n")
	root, err := os.OpenRoot(filepath.Join(dir, "tree"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	z, err := Load(filepath.Join(dir, "tree/zones/example.com.yaml"), Options{Root: root, Dir: "zones"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range z.Records() {
		got = append(got, r.String())
	}
	want := []string{
		`a.example.com. 3600 IN TXT "one"`, `a.example.com. 3600 IN TXT "two"`, `f.example.com. 60 IN TXT "one"`, `f.example.com. 60 IN TXT "two"`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("records: %q", got)
	}
	told := map[int]bool{}
	for _, p := range z.Problems {
		if p.Kind == zone.ProblemInclude {
			told[p.Span.Start.Line] = true
		}
	}
	if len(told) != 4 || told[1] || z.Complete {
		t.Errorf("lines %v are told; complete: %v", told, z.Complete)
	}
	r := z.RRset(zone.MustName("a.example.com"), zone.TypeTXT)[1]
	if s := r.Span(zone.Part{}); filepath.Base(s.File) != "two.yaml" || s.Start.Column != 3 {
		t.Errorf("the second text stands at %v", s)
	}
	cs := zone.ChangeSet{zone.Remove(r)}
	if why := z.Source.(zone.Refuser).Refuse(cs); !strings.Contains(why, "included file") {
		t.Errorf("Refuse: %q", why)
	}
	if _, err := z.Source.(zone.Editor).Edit(z, cs); err == nil {
		t.Error("a record of an included file was changed")
	}
	// What is not included can be.
	edits, err := z.Source.(zone.Editor).Edit(z, zone.ChangeSet{zone.Add(zone.NewTXT(zone.MustName("z.example.com"), 3600, "z"))})
	if err != nil || len(edits) != 1 {
		t.Errorf("Edit: %v", err)
	}
}

package masterfile_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// chooser makes choices of bytes; without any left it chooses 0.
type chooser struct{ b []byte }

func (c *chooser) n(most int) int {
	if len(c.b) == 0 || most <= 0 {
		return 0
	}
	v := int(c.b[0])
	c.b = c.b[1:]
	return v % (most + 1)
}

// editsOf makes up changes of a zone: some records go, some get other data,
// another TTL or another owner, and new ones come.
func editsOf(z *zone.Zone, choices []byte) zone.ChangeSet {
	c := &chooser{choices}
	rs := zone.Filter(z.Records(), zone.Record.Editable)
	used := map[zone.Loc]bool{}
	var cs zone.ChangeSet
	for range c.n(6) {
		if len(rs) == 0 {
			break
		}
		r := rs[c.n(255)*len(rs)/256]
		if used[r.Loc] {
			continue
		}
		used[r.Loc] = true
		switch c.n(4) {
		case 0:
			cs = append(cs, zone.Remove(r))
		case 1:
			cs = append(cs, zone.Replace(r, otherData(c, z, r)))
		case 2:
			o := r
			o.TTL = []uint32{0, 60, 3600, 86400}[c.n(3)]
			cs = append(cs, zone.Replace(r, o))
		case 3:
			cs = append(cs, zone.Move(r, someName(c, z))...)
		case 4:
			cs = append(cs, zone.Change{Name: r.Name, Type: r.Type, Before: []zone.Record{r}, After: []zone.Record{unplaced(otherData(c, z, r))}})
		}
	}
	for range c.n(4) {
		ttl := []uint32{0, 60, 3600, 86400}[c.n(3)]
		name := someName(c, z)
		switch c.n(3) {
		case 0:
			cs = append(cs, zone.Add(zone.NewMX(name, ttl, 10, someName(c, z))))
		case 1:
			cs = append(cs, zone.Add(zone.NewTXT(name, ttl, someText(c))))
		case 2:
			cs = append(cs, zone.Add(zone.NewName(name, zone.TypeCNAME, ttl, someName(c, z))))
		case 3:
			cs = append(cs, zone.Add(zone.Record{Name: name, Type: zone.TypeA, Class: z.Class, TTL: ttl, Data: "\xc0\x00\x02" + string(rune('a'+c.n(9)))}))
		}
		cs[len(cs)-1].After[0].Class = z.Class
	}
	return cs
}

func unplaced(r zone.Record) zone.Record {
	r.Loc, r.Notes = zone.Loc{}, 0
	return r
}

func someName(c *chooser, z *zone.Zone) zone.Name {
	switch k := c.n(9); {
	case k < 2:
		return z.Apex
	case k < 7 && z.NumNodes() > 0:
		nodes := slices.Collect(z.Nodes())
		return nodes[c.n(255)*len(nodes)/256].Name()
	}
	labels := []string{"_dmarc", "new", `a\.b`, "*", `\$x`, `\@`, "in", "mx", "3600", `\;`}[c.n(9)]
	if n, err := z.Apex.Child(labels); err == nil {
		return n
	}
	return z.Apex
}

func someText(c *chooser) string {
	return []string{"v=spf1 -all", "", `a "quoted" \ text; here`, strings.Repeat("long ", 60), "\x00\xff", "x"}[c.n(5)]
}

// otherData returns a record with other RDATA, as far as its type is known.
func otherData(c *chooser, z *zone.Zone, r zone.Record) zone.Record {
	switch {
	case r.Type == zone.TypeA:
		r.Data = string(netip.AddrFrom4([4]byte{198, 51, 100, byte(c.n(255))}).AsSlice())
	case r.Type == zone.TypeTXT || r.Type == zone.TypeSPF:
		n := len(r.Text())
		from := c.n(n)
		r = r.WithText(from, from+c.n(n-from), someText(c))
	case r.Type == zone.TypeSOA:
		if _, ok := r.SOA(); ok {
			r = r.WithSerial(uint32(c.n(255)) << 20)
		}
	case r.Target() != "":
		r = r.WithTarget(someName(c, z))
	}
	return r
}

// checkEdit edits a zone and checks what an edit promises. It returns the error
// of Edit.
func checkEdit(t interface {
	Helper()
	Fatalf(string, ...any)
}, src []byte, z *zone.Zone, cs zone.ChangeSet, opts masterfile.Options,
) error {
	t.Helper()
	want, ok := z.Apply(cs)
	if !ok {
		t.Fatalf("changes of records of the zone cannot be applied")
	}
	edits, err := masterfile.Edit(z, cs)
	if err != nil {
		return err
	}
	text := src
	switch len(edits) {
	case 0:
	case 1:
		if !bytes.Equal(edits[0].Old, src) {
			t.Fatalf("Old is not the file")
		}
		text = edits[0].New
	default:
		t.Fatalf("%d files changed, and there is one", len(edits))
	}
	if len(cs) == 0 && !bytes.Equal(text, src) {
		t.Fatalf("no change, but the text changed:\n%q\n%q", src, text)
	}
	got, err := masterfile.Parse("x.zone", text, opts)
	if err != nil {
		t.Fatalf("edited: %v\nold %q\nnew %q", err, src, text)
	}
	if diff := multisetDiff(slices.Collect(got.Records()), slices.Collect(want.Records())); diff != "" {
		t.Fatalf("%s\nchanges %v\nold %q\nnew %q", diff, cs, src, text)
	}
	if len(got.Problems) > len(z.Problems) {
		t.Fatalf("new problem: %v\nold %q\nnew %q", got.Problems, src, text)
	}
	if line := missingLine(src, text, z, cs); line != "" {
		t.Fatalf("the line %q is gone\nchanges %v\nold:\n%s\nnew:\n%s", line, cs, src, text)
	}
	return nil
}

func multisetDiff(got, want []zone.Record) string {
	count := map[string]int{}
	key := func(r zone.Record) string {
		return fmt.Sprintf("%s %d %s %s %x", r.Name, r.TTL, r.Class, r.Type, r.Data)
	}
	for _, r := range want {
		count[key(r)]++
	}
	for _, r := range got {
		count[key(r)]--
	}
	for k, n := range count {
		switch {
		case n > 0:
			return "missing: " + k
		case n < 0:
			return "too much: " + k
		}
	}
	return ""
}

// missingLine returns a line of the old text that should stand in the new one
// and does not. Lines of records that change may change, and those of records
// that inherit an owner or a TTL.
func missingLine(old, new []byte, z *zone.Zone, cs zone.ChangeSet) string {
	if bytes.Contains(bytes.ReplaceAll(old, []byte("\r\n"), nil), []byte("\r")) {
		return "" // a lone CR ends an entry, but no line
	}
	free := map[int]bool{}
	entries := entryLines(old)
	mark := func(r zone.Record) {
		s := r.Span(zone.Part{})
		for l := entries[s.Start.Line].first; l <= entries[s.End.Line].last; l++ {
			free[l] = true
		}
	}
	for _, c := range cs {
		for _, r := range c.Before {
			mark(r)
		}
	}
	// Behind a $TTL nothing inherits a TTL of another record.
	var directive []int
	for _, at := range regexp.MustCompile(`(?im)^\$TTL[ \t]+[0-9]{1,9}[ \t]*(;.*)?\r?$`).FindAllIndex(old, -1) {
		line := 1 + bytes.Count(old[:at[0]], []byte("\n"))
		if entries[line].first == line { // and not the inside of another entry
			directive = at
			break
		}
	}
	for r := range z.Records() {
		whole, owner, ttl := r.Span(zone.Part{}), r.Span(zone.Part{Kind: zone.PartOwner}), r.Span(zone.Part{Kind: zone.PartTTL})
		if owner == whole || ttl == whole && (directive == nil || whole.Start.Offset < directive[0]) {
			mark(r)
		}
	}
	lines := strings.Split(string(old), "\n")
	rest := strings.Split(string(new), "\n")
	for i, l := range lines {
		// A $GENERATE may inherit a TTL too.
		if free[i+1] || strings.HasPrefix(strings.ToUpper(l), "$GENERATE") {
			continue
		}
		// The last line may have got a line end.
		at := slices.IndexFunc(rest, func(s string) bool { return s == l || i == len(lines)-1 && strings.TrimSuffix(s, "\r") == l })
		if at < 0 {
			return l
		}
		rest = rest[at+1:]
	}
	return ""
}

type lineRange struct{ first, last int }

// entryLines maps each line to the lines of the entry that it belongs to.
func entryLines(src []byte) map[int]lineRange {
	entries := map[int]lineRange{}
	line, first, depth := 1, 1, 0
	end := func() {
		for l := first; l <= line; l++ {
			entries[l] = lineRange{first, line}
		}
	}
	lex := masterfile.NewLexer(src)
	for tok, ok := lex.Next(); ok; tok, ok = lex.Next() {
		switch tok.Kind {
		case masterfile.Open:
			depth++
		case masterfile.Close:
			depth--
		case masterfile.Newline:
			if depth <= 0 {
				end()
				depth, first = 0, line+1
			}
		}
		line += bytes.Count(src[tok.Start:tok.End], []byte{'\n'})
	}
	end()
	return entries
}

func FuzzEdit(f *testing.F) {
	for i, s := range fuzzZones {
		f.Add([]byte(s), []byte{3, byte(40 * i), 1, 9, 80, 0, 200, 3, 1, 2, 2, 2, 1, 1, 1})
	}
	f.Fuzz(func(t *testing.T, src, choices []byte) {
		if len(src) > 1<<14 {
			t.Skip()
		}
		opts := masterfile.Options{Origin: apex, Limits: masterfile.Limits{Generate: 200}}
		z, err := masterfile.Parse("x.zone", src, opts)
		if err != nil {
			t.Skip()
		}
		cs := editsOf(z, choices)
		if err := checkEdit(t, src, z, cs, opts); err != nil && len(z.Problems) == 0 {
			t.Fatalf("%v\nchanges %v\n%q", err, cs, src)
		}
	})
}

// TestEditGenerated edits zones without mistakes, where every edit succeeds.
func TestEditGenerated(t *testing.T) {
	d := dialect{oddOwners: true, rawControl: true, comments: true, bareSOA: true, backslash: true, types: slices.Concat(usualTypes, rareTypes)}
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(genZone(d).Draw(t, "zone").files[0])
		opts := masterfile.Options{Origin: apex}
		z, err := masterfile.Parse("x.zone", src, opts)
		if err != nil {
			t.Fatal(err)
		}
		cs := editsOf(z, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "choices"))
		if err := checkEdit(t, src, z, cs, opts); err != nil {
			t.Fatalf("%v\nchanges %v\n%s", err, cs, src)
		}
	})
}

// TestEditGeneratedIncludes edits zones that are spread over several files.
func TestEditGeneratedIncludes(t *testing.T) {
	d := dialect{includes: true, oddOwners: true, comments: true, bareSOA: true, backslash: true, types: usualTypes}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		w := genZone(d).Draw(t, "zone")
		path := filepath.Join(dir, "example.com.zone")
		for i, text := range w.files {
			name := path
			if i > 0 {
				name = filepath.Join(dir, fmt.Sprintf("f%d", i))
			}
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		opts := masterfile.Options{Origin: apex}
		z, err := masterfile.Load(path, opts)
		if err != nil || len(z.Problems) > 0 {
			t.Fatalf("%v, %v", err, z.Problems)
		}
		cs := editsOf(z, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "choices"))
		want, ok := z.Apply(cs)
		if !ok {
			t.Fatal("changes of records of the zone cannot be applied")
		}
		shown := strings.Join(w.files, "\n-----\n")
		edits, err := masterfile.Edit(z, cs)
		if err != nil {
			t.Fatalf("%v\nchanges %v\n%s", err, cs, shown)
		}
		for _, e := range edits {
			if !slices.Contains(z.Source.(zone.Editor).Files(), e.Name) || bytes.Equal(e.Old, e.New) {
				t.Fatalf("an edit of %s that is none", e.Name)
			}
			if err := os.WriteFile(e.Name, e.New, 0o600); err != nil {
				t.Fatal(err)
			}
			shown += "\n----- " + e.Name + "\n" + string(e.New)
		}
		got, err := masterfile.Load(path, opts)
		if err != nil || len(got.Problems) > 0 {
			t.Fatalf("edited: %v, %v\n%s", err, got.Problems, shown)
		}
		if diff := multisetDiff(slices.Collect(got.Records()), slices.Collect(want.Records())); diff != "" {
			t.Fatalf("%s\nchanges %v\n%s", diff, cs, shown)
		}
	})
}

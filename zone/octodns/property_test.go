package octodns

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// scribe writes a zone in YAML in a layout of its own.
type scribe struct {
	rnd     *rand.Rand
	b       strings.Builder
	eol     string
	records int // indentation of lists of records
	values  int
	step    int
	comment int
	texts   map[string]string // of owners
}

func (s *scribe) one(of ...string) string { return of[s.rnd.IntN(len(of))] }
func (s *scribe) chance(n int) bool       { return s.rnd.IntN(n) == 0 }

func (s *scribe) remark(indent int) string {
	if !s.chance(4) {
		return ""
	}
	s.comment++
	return strings.Repeat(" ", indent) + fmt.Sprintf("# comment %d", s.comment) + s.eol
}

func (s *scribe) tail() string {
	return s.one("", "", "", " # on the line")
}

// quoted writes a scalar in any style.
func (s *scribe) quoted(text string, flow bool) string {
	switch {
	case s.chance(3):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	case s.chance(3) || !plainSafe(text, flow):
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return text
}

func (s *scribe) value(r zone.Record, flow bool) written {
	w, err := render(r, SemicolonsEscaped)
	if err != nil {
		panic(err)
	}
	w.text = s.quoted(w.text, flow)
	for i := range w.keys {
		if !w.keys[i].number {
			w.keys[i].text, w.keys[i].number = s.quoted(w.keys[i].text, flow), true
		}
	}
	return w
}

func (s *scribe) flowValue(r zone.Record) string {
	w := s.value(r, true)
	if w.keys == nil {
		return w.text
	}
	return w.flow()
}

// record writes a record, its first line without indentation.
func (s *scribe) record(rs []zone.Record, indent int) string {
	margin := strings.Repeat(" ", indent)
	if s.chance(5) {
		var values []string
		for _, r := range rs {
			values = append(values, s.flowValue(r))
		}
		ttl := ""
		if rs[0].TTL != DefaultTTL {
			ttl = fmt.Sprintf("ttl: %d, ", rs[0].TTL)
		}
		text := "value: " + values[0]
		if len(rs) > 1 || s.chance(2) && !single(rs[0].Type) {
			text = "values: [" + strings.Join(values, ", ") + "]"
		}
		return "{" + ttl + "type: " + rs[0].Type.String() + ", " + text + "}" + s.tail() + s.eol
	}
	var b strings.Builder
	if rs[0].TTL != DefaultTTL {
		fmt.Fprintf(&b, "ttl: %d%s%s%s", rs[0].TTL, s.tail(), s.eol, margin)
	}
	b.WriteString("type: " + rs[0].Type.String() + s.tail() + s.eol)
	if len(rs) == 1 && (single(rs[0].Type) || s.chance(2)) {
		w := s.value(rs[0], false)
		switch {
		case w.keys == nil && rs[0].Type == zone.TypeTXT && s.chance(4) && rs[0].Text() != "" && !strings.HasPrefix(rs[0].Text(), " "):
			v, _ := encodeText(rs[0].Text(), SemicolonsEscaped)
			b.WriteString(margin + "value: " + s.one("|-", ">-") + s.eol + margin + strings.Repeat(" ", s.step) + v + s.eol)
		case w.keys == nil:
			b.WriteString(margin + "value: " + w.text + s.tail() + s.eol)
		default:
			b.WriteString(margin + "value:" + s.tail() + s.eol + margin + strings.Repeat(" ", s.step) + w.mapping(indent+s.step, s.eol) + s.eol)
		}
		return b.String()
	}
	if s.chance(4) {
		var values []string
		for _, r := range rs {
			values = append(values, s.flowValue(r))
		}
		b.WriteString(margin + "values: [" + strings.Join(values, ", ") + "]" + s.tail() + s.eol)
		return b.String()
	}
	b.WriteString(margin + "values:" + s.tail() + s.eol)
	for _, r := range rs {
		b.WriteString(s.remark(indent + s.values))
		w := s.value(r, false)
		b.WriteString(margin + strings.Repeat(" ", s.values) + "- ")
		if w.keys == nil {
			b.WriteString(w.text + s.tail() + s.eol)
		} else {
			b.WriteString(w.mapping(indent+s.values+2, s.eol) + s.tail() + s.eol)
		}
	}
	return b.String()
}

// mapping writes keys whose texts are in YAML already.
func (w written) mapping(indent int, eol string) string {
	var parts []string
	for _, k := range w.sorted() {
		parts = append(parts, k.key+": "+k.text)
	}
	return strings.Join(parts, eol+strings.Repeat(" ", indent))
}

var propertyNames = []string{"", "*", "_dmarc", "a", "host2", "host10", "mail", "on", "s1._domainkey", "www", "1", "01"}

func randomName(rnd *rand.Rand) zone.Name {
	rel := propertyNames[rnd.IntN(len(propertyNames))]
	if rel == "" {
		return zone.MustName("example.com")
	}
	n, err := zone.MustName("example.com").Child(rel)
	if err != nil {
		panic(err)
	}
	return n
}

func randomRecord(rnd *rand.Rand, name zone.Name, t zone.Type, ttl uint32) zone.Record {
	hosts := []string{"mx1.example.net", "mx2.example.net", "y.example.org", "on.example.com", "*.x.example.com"}
	target := zone.MustName(hosts[rnd.IntN(len(hosts))])
	texts := []string{"v=spf1 -all", "v=DKIM1; k=rsa; p=AAAA", "a: b # c", `say "hello"`, `"whole"`, "it's", "", " x ", "on", "1.5", "- y", "back\\slash", "{x}", "[a, b]", "käse", "tab\tx"}
	switch t {
	case zone.TypeA:
		return zone.NewAddress(name, ttl, netip.AddrFrom4([4]byte{192, 0, 2, byte(rnd.IntN(200))}))
	case zone.TypeAAAA:
		return zone.NewAddress(name, ttl, netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", rnd.IntN(200))))
	case zone.TypeMX:
		return zone.NewMX(name, ttl, uint16(rnd.IntN(50)), target)
	case zone.TypeSRV:
		return zone.NewSRV(name, ttl, 1, 2, uint16(rnd.IntN(50)), target)
	case zone.TypeCAA:
		return zone.NewCAA(name, ttl, 0, "issue", []string{"ca.example.net", ";", "a; b=c"}[rnd.IntN(3)])
	case zone.TypeCNAME, zone.TypeNS:
		return zone.NewName(name, t, ttl, target)
	}
	return zone.NewTXT(name, ttl, texts[rnd.IntN(len(texts))])
}

var propertyTypes = []zone.Type{zone.TypeA, zone.TypeAAAA, zone.TypeCAA, zone.TypeCNAME, zone.TypeMX, zone.TypeNS, zone.TypeSRV, zone.TypeTXT}

// randomSet makes an RRset of different records.
func randomSet(rnd *rand.Rand, name zone.Name, t zone.Type) []zone.Record {
	ttl := []uint32{DefaultTTL, DefaultTTL, 300, 60}[rnd.IntN(4)]
	n := 1 + rnd.IntN(3)
	if single(t) {
		n = 1
	}
	var out []zone.Record
	for range n {
		r := randomRecord(rnd, name, t, ttl)
		if !slices.ContainsFunc(out, r.Same) {
			out = append(out, r)
		}
	}
	return out
}

// randomZone writes a zone; texts are what its owners look like.
func randomZone(rnd *rand.Rand) (src string, s *scribe) {
	s = &scribe{rnd: rnd, eol: "\n", records: 2 * rnd.IntN(2), values: 2 * rnd.IntN(2), step: 2, texts: map[string]string{}}
	if rnd.IntN(5) == 0 {
		s.eol = "\r\n"
	}
	if rnd.IntN(4) == 0 {
		s.step = 4
	}
	if rnd.IntN(2) == 0 {
		s.b.WriteString("---" + s.eol)
	}
	blanks := rnd.IntN(2) == 0
	names := slices.Clone(propertyNames)
	slices.SortFunc(names, compareNatural)
	for _, rel := range names {
		if rnd.IntN(2) == 0 {
			continue
		}
		name := zone.MustName("example.com")
		if rel != "" {
			name, _ = name.Child(rel)
		}
		if blanks && s.b.Len() > 5 {
			s.b.WriteString(s.eol)
		}
		s.b.WriteString(s.remark(0))
		start := s.b.Len()
		s.b.WriteString(scalarText(rel, 0, false) + ":")
		var types []zone.Type
		for _, t := range propertyTypes {
			if rnd.IntN(4) == 0 && (rel != "" || t != zone.TypeCNAME) {
				types = append(types, t)
			}
		}
		if len(types) == 0 {
			types = []zone.Type{zone.TypeTXT}
		}
		if len(types) == 1 && rnd.IntN(2) == 0 {
			remark := s.remark(s.step)
			text := s.record(randomSet(rnd, name, types[0]), s.step)
			if strings.HasPrefix(text, "{") {
				s.b.WriteString(" " + text)
			} else {
				s.b.WriteString(s.tail() + s.eol + remark + strings.Repeat(" ", s.step) + text)
			}
		} else {
			s.b.WriteString(s.tail() + s.eol)
			for _, t := range types {
				s.b.WriteString(s.remark(s.records) + strings.Repeat(" ", s.records) + "- " + s.record(randomSet(rnd, name, t), s.records+2))
			}
		}
		s.texts[name.String()] = s.b.String()[start:]
	}
	src = s.b.String()
	if rnd.IntN(4) == 0 {
		src = strings.TrimSuffix(src, s.eol)
	}
	return src, s
}

// randomChanges changes some RRsets of a zone and adds others.
func randomChanges(rnd *rand.Rand, z *zone.Zone) zone.ChangeSet {
	var cs zone.ChangeSet
	done := map[zone.Key]bool{}
	for range 1 + rnd.IntN(4) {
		k := zone.Key{Name: randomName(rnd), Type: propertyTypes[rnd.IntN(len(propertyTypes))]}
		if old := slices.Collect(z.Records()); len(old) > 0 && rnd.IntN(3) > 0 {
			r := old[rnd.IntN(len(old))]
			k = zone.Key{Name: r.Name, Type: r.Type}
		}
		if done[k] || k == (zone.Key{Name: z.Apex, Type: zone.TypeCNAME}) {
			continue
		}
		done[k] = true
		old := z.RRset(k.Name, k.Type)
		ttl := uint32(DefaultTTL)
		if len(old) > 0 {
			ttl = old[0].TTL
		}
		c := zone.Change{Name: k.Name, Type: k.Type}
		left := 0
		for _, r := range old {
			switch rnd.IntN(3) {
			case 0:
				c.Before = append(c.Before, r)
			case 1:
				n := randomRecord(rnd, k.Name, k.Type, ttl)
				n.Loc = r.Loc
				c.Before, c.After = append(c.Before, r), append(c.After, n)
				left++
			default:
				left++
			}
		}
		for range rnd.IntN(3) {
			if single(k.Type) && left > 0 {
				break
			}
			c.After = append(c.After, randomRecord(rnd, k.Name, k.Type, ttl))
			left++
		}
		cs = append(cs, c)
	}
	return cs
}

func checkEdit(t *testing.T, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	src, s := randomZone(rnd)
	o := Options{Provider: Provider{Semicolons: SemicolonsEscaped}}
	z, err := Parse("example.com.yaml", []byte(src), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range z.Problems {
		if p.Kind != zone.ProblemComputed {
			t.Fatalf("seed %d: %s: %s\n%s", seed, p.Span, p.Message, src)
		}
	}
	cs := randomChanges(rnd, z)
	edits, err := z.Source.(zone.Editor).Edit(z, cs)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s\n%v", seed, err, src, cs)
	}
	if len(edits) == 0 {
		return
	}
	got := string(edits[0].New)
	after := z.Source.(zone.Editor).Reread(z, edits)
	if want, _ := z.Apply(cs); !slices.Equal(contents(want), contents(after)) {
		t.Errorf("seed %d: other records", seed)
	}
	// Comments alone on a line stay, in their order, unless they stand within
	// something that goes.
	removes := slices.ContainsFunc(cs, func(c zone.Change) bool { return len(c.Before) > len(c.After) })
	at := 0
	for i := 1; i <= s.comment; i++ {
		mark := fmt.Sprintf("# comment %d%s", i, s.eol)
		j := strings.Index(got[at:], mark)
		if j < 0 && (!strings.Contains(src, mark) || removes && !strings.Contains(got, mark)) {
			continue
		}
		if j < 0 {
			t.Fatalf("seed %d: %q is gone or has moved\n%s\n->\n%s", seed, mark, src, got)
		}
		at += j
	}
	// Owners stay in order, and what is not concerned as it is.
	var keys []string
	for line := range strings.Lines(got) {
		if key, _, ok := strings.Cut(line, ":"); ok && key != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "- ") && !strings.HasPrefix(line, "#") {
			keys = append(keys, strings.Trim(key, "'"))
		}
	}
	if !slices.IsSortedFunc(keys, compareNatural) {
		t.Errorf("seed %d: owners out of order: %q\n%s\n->\n%s", seed, keys, src, got)
	}
	for owner, text := range s.texts {
		touched := slices.ContainsFunc(cs, func(c zone.Change) bool { return c.Name.String() == owner && len(c.Before)+len(c.After) > 0 })
		if !touched && !strings.Contains(got+s.eol, text) {
			t.Errorf("seed %d: %s is not concerned and has changed\n%s\n->\n%s", seed, owner, src, got)
		}
	}
}

func TestEditProperties(t *testing.T) {
	for seed := range uint64(3000) {
		checkEdit(t, seed)
		if t.Failed() {
			return
		}
	}
}

func FuzzEdit(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(checkEdit)
}

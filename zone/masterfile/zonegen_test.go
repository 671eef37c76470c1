package masterfile_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
)

// written is a generated zone: the files that it is written in, the first of
// them the one to read, and the records that they hold.
type written struct {
	files []string
	want  []zone.Record
}

// writer writes records into a master file with all the freedom that the format
// leaves. It keeps the state that a reader of the file must have, so that it
// knows what it may leave out.
type writer struct {
	t   *rapid.T
	out *strings.Builder
	eol string
	dialect

	files   *[]*strings.Builder
	records []zone.Record
	serial  int // of owners that may be used but once

	origin   labels
	owner    labels
	hasOwner bool
	ttls     *genTTL
}

// dialect says what the readers at hand agree on; see the tests that set it.
type dialect struct {
	includes   bool // $INCLUDE
	oddOwners  bool // parentheses and line ends before the type
	bareSOA    bool // the SOA record may have no TTL
	rawControl bool // control characters that are not escaped
	backslash  bool // escapes like \; and \(
	comments   bool // within parentheses
	quotes     bool // all character-strings stand in quotes
	oneTTL     bool // all records of an RRset have the same
	types      []genType
}

type genTTL struct {
	dflt, last       uint32
	hasDflt, hasLast bool
	bare             bool // the next record has none
	ofSet            map[string]uint32
}

// labels is a name as it is written, in its case, from left to right.
type labels []string

// plain is the name with every octet escaped that could be misread, in a way
// that shares nothing with the code under test.
func (ls labels) plain() string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteString(plainOctets(l))
		b.WriteByte('.')
	}
	if len(ls) == 0 {
		return "."
	}
	return b.String()
}

func plainOctets(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\%03d", c)
		}
	}
	return b.String()
}

func (ls labels) wire() zone.Name {
	var b strings.Builder
	for _, l := range ls {
		b.WriteByte(byte(len(l)))
		for i := 0; i < len(l); i++ {
			c := l[i]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b.WriteByte(c)
		}
	}
	b.WriteByte(0)
	return zone.Name(b.String())
}

func (ls labels) size() int {
	n := 1
	for _, l := range ls {
		n += len(l) + 1
	}
	return n
}

var genApex = labels{"example", "com"}

func (w *writer) n(label string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(w.t, label) }

// seldom is true once in about n times; a shrunk value is false.
func (w *writer) seldom(label string, n int) bool { return w.n(label, 0, n-1) == n-1 }

func pick[T any](w *writer, label string, from ...T) T { return from[w.n(label, 0, len(from)-1)] }

// label draws a label: mostly usual, sometimes with octets that have a meaning
// in a master file.
func (w *writer) label() string {
	switch w.n("label kind", 0, 9) {
	case 0:
		return rapid.StringOfN(rapid.RuneFrom([]rune(`a.;"\@$*() #-_0A`)), 1, 6, 6).Draw(w.t, "odd label")
	case 1:
		n := w.n("octets", 1, 4)
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(w.n("octet", 0, 255))
		}
		return string(b)
	case 2:
		return strings.Repeat(pick(w, "filler", "x", "Y", "7"), w.n("length", 1, 63))
	case 3:
		return pick(w, "digits", "0", "42", "1h", "IN", "mx", "TXT", "type1", "3600", "CLASS1")
	}
	return pick(w, "label", "www", "mail", "a", "b", "_dmarc", "WWW", "Mail", "x-1")
}

// name draws a name for RDATA, anywhere.
func (w *writer) name() labels {
	switch w.n("name kind", 0, 5) {
	case 0:
		return genApex
	case 1:
		return labels{}
	case 2:
		return w.origin
	}
	return w.below(pick(w, "base", w.origin, genApex, labels{"Example", "NET"}, labels{}))
}

// below draws a name below base that is not too long.
func (w *writer) below(base labels) labels {
	var ls labels
	for range w.n("depth", 1, 3) {
		l := w.label()
		if ls.size()+len(l)+base.size() > 250 {
			break
		}
		ls = append(ls, l)
	}
	if len(ls) == 0 {
		ls = labels{"a"}
	}
	return append(ls[:len(ls):len(ls)], base...)
}

// writeName writes a name absolute or relative to the origin.
func (w *writer) writeName(ls labels) string {
	rel := len(ls) - len(w.origin)
	within := rel >= 0
	for i := range w.origin {
		within = within && strings.EqualFold(ls[rel+i], w.origin[i])
	}
	// A relative name takes its last labels from the origin, in its case.
	for i := range w.origin {
		within = within && ls[rel+i] == w.origin[i]
	}
	switch {
	case within && rel == 0 && len(w.origin) > 0 && w.n("at", 0, 2) < 2:
		return "@"
	case within && rel > 0 && len(w.origin) > 0 && w.n("relative", 0, 3) < 3:
		return strings.TrimSuffix(w.writeLabels(ls[:rel]), ".")
	case len(ls) == 0:
		return "."
	}
	return w.writeLabels(ls)
}

func (w *writer) writeLabels(ls labels) string {
	var b strings.Builder
	for _, l := range ls {
		for j := 0; j < len(l); j++ {
			w.writeOctet(&b, l[j], strings.IndexByte(`.;"\@$()`, l[j]) >= 0 || l[j] <= ' ' || l[j] >= 0x7f)
		}
		b.WriteByte('.')
	}
	return b.String()
}

// writeOctet writes one octet, escaped if it must be and sometimes if not.
func (w *writer) writeOctet(b *strings.Builder, c byte, must bool) {
	how := 0
	if must || w.seldom("escape", 12) {
		how = w.n("how", 1, 2)
	}
	// BIND takes \[ for the start of a bit-string label, which is no more.
	if c == '[' || c >= '0' && c <= '9' || c <= ' ' || c >= 0x7f || must && !w.backslash {
		how = min(how, 1)
	}
	switch how {
	case 0:
		b.WriteByte(c)
	case 1:
		fmt.Fprintf(b, "\\%03d", c)
	case 2:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
}

// blank writes what may stand between two fields; within parentheses that may
// be line ends and comments.
func (w *writer) blank(depth int) {
	s := pick(w, "blank", " ", " ", "\t", "  ", " \t ")
	if depth > 0 && w.seldom("break line", 3) {
		if w.comments {
			s += pick(w, "comment", "", "", "; a (comment) \"", ";")
		}
		s += w.eol + pick(w, "indent", "", " ", "\t\t")
		for w.seldom("empty line", 4) {
			s += w.eol
		}
	}
	w.out.WriteString(s)
}

func (w *writer) endLine() {
	w.out.WriteString(pick(w, "tail", "", "", "", " ", "\t; note", " ; \"a\" ) (", ";"))
	w.out.WriteString(w.eol)
	for w.seldom("filler", 5) {
		w.out.WriteString(pick(w, "filler", "", "; comment", "   ", "\t; (") + w.eol)
	}
}

// record draws a record and writes it.
func (w *writer) record(typ genType) {
	owner := w.owner
	inherit := w.hasOwner && !typ.alone && w.seldom("inherit owner", 3)
	switch {
	case inherit:
	case typ.alone:
		w.serial++
		owner = append(labels{fmt.Sprintf("only%d", w.serial)}, genApex...)
	default:
		owner = pick(w, "owner base", labels{}, w.origin)
		if len(owner) == 0 || !owner.within(genApex) {
			owner = genApex
		}
		if w.n("apex", 0, 4) > 0 {
			owner = w.below(owner)
		}
		// A record may not stand below a delegation or with a CNAME: those have
		// owners of their own. Keep out of their way.
		if strings.HasPrefix(owner[0], "only") {
			owner[0] = "x" + owner[0][1:]
		}
	}
	w.write(owner, inherit, typ.name, typ.fields(w))
	w.hasOwner = !typ.alone
}

func (ls labels) within(base labels) bool {
	n := len(ls) - len(base)
	return n >= 0 && strings.EqualFold(ls[n:].plain(), base.plain())
}

// write writes a record of these fields.
func (w *writer) write(owner labels, inherit bool, typ string, fields []field) {
	ttl, explicit := w.drawTTL(string(owner.wire()) + typ)
	depth := 0
	paren := func(between bool) {
		if !between && !w.oddOwners {
			return
		}
		if depth < 2 && w.seldom("open", 6) {
			w.out.WriteString("(")
			depth++
			if w.n("gap", 0, 1) == 1 {
				w.blank(depth)
			}
		}
	}
	if inherit {
		w.out.WriteString(pick(w, "indent", " ", "\t", "    "))
	} else {
		s := w.writeName(owner)
		if s[0] == '$' {
			panic("an owner that looks like a directive")
		}
		w.out.WriteString(s)
		w.blank(0)
	}
	w.owner, w.hasOwner = owner, true
	paren(false)
	head := []string{}
	if explicit {
		head = append(head, w.writeTTL(ttl))
	}
	if w.n("class", 0, 1) == 1 {
		head = append(head, pick(w, "class name", "IN", "in", "In"))
	}
	if len(head) == 2 && w.n("order", 0, 1) == 1 {
		head[0], head[1] = head[1], head[0]
	}
	for _, s := range head {
		w.out.WriteString(s)
		w.blank(depth)
		paren(false)
	}
	w.out.WriteString(pick(w, "type case", typ, typ, strings.ToLower(typ)))
	plain := fmt.Sprintf("%s %d IN %s", owner.plain(), ttl, typ)
	for _, f := range fields {
		for _, s := range f.written {
			w.blank(depth)
			paren(true)
			w.out.WriteString(s)
		}
		plain += " " + f.plain
	}
	for ; depth > 0; depth-- {
		w.blank(depth)
		w.out.WriteString(")")
	}
	w.endLine()
	rr, err := dns.NewRR(plain)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", plain, err))
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", plain, err))
	}
	rec.Name = owner.wire()
	w.records = append(w.records, rec)
}

// drawTTL draws a TTL, or takes the one that a record without gets.
func (w *writer) drawTTL(rrset string) (ttl uint32, explicit bool) {
	st := w.ttls
	ttl, explicit = w.ttl(), true
	if (st.hasDflt || st.hasLast) && (st.bare || w.n("leave out TTL", 0, 1) == 1) {
		ttl, explicit = st.last, false
		if st.hasDflt {
			ttl = st.dflt
		}
	}
	if prior, ok := st.ofSet[rrset]; ok && w.oneTTL && ttl != prior {
		ttl, explicit = prior, true
	}
	st.ofSet[rrset], st.bare = ttl, false
	if explicit {
		st.last, st.hasLast = ttl, true
	}
	return ttl, explicit
}

func (w *writer) directive(name string, args ...string) {
	w.out.WriteString(pick(w, "directive case", name, name, strings.ToLower(name)))
	for _, a := range args {
		w.blank(0)
		w.out.WriteString(a)
	}
	w.endLine()
}

// step writes one thing: a record or a directive.
func (w *writer) step() {
	switch w.n("step", 0, 11) {
	case 0:
		o := pick(w, "origin", genApex, labels{"sub", "example", "com"}, labels{"Sub", "sub", "example", "com"}, labels{"com"}, labels{})
		w.directive("$ORIGIN", w.writeName(o))
		w.origin = o
	case 1:
		ttl := w.ttl()
		w.directive("$TTL", w.writeTTL(ttl))
		w.ttls.dflt, w.ttls.hasDflt = ttl, true
	case 2:
		if w.includes && len(*w.files) < 4 {
			w.include()
			return
		}
		fallthrough
	default:
		w.record(pick(w, "type", w.types...))
	}
}

// include writes some records into a file of its own. Behind it the origin and
// the owner are what they were, but a $TTL holds on.
func (w *writer) include() {
	in := *w
	in.out, in.hasOwner = &strings.Builder{}, false
	*w.files = append(*w.files, in.out)
	name := fmt.Sprintf("f%d", len(*w.files)-1)
	if w.n("origin argument", 0, 1) == 1 {
		in.origin = pick(w, "include origin", genApex, labels{"inc", "example", "com"})
		w.directive("$INCLUDE", name, w.writeName(in.origin))
	} else {
		w.directive("$INCLUDE", name)
	}
	for range w.n("steps", 0, 4) {
		in.step()
	}
	w.records, w.serial = in.records, in.serial
}

// genZone draws a zone of example.com.
func genZone(d dialect) *rapid.Generator[written] {
	return rapid.Custom(func(t *rapid.T) written {
		out := &strings.Builder{}
		files := []*strings.Builder{out}
		w := &writer{t: t, out: out, dialect: d, files: &files, origin: genApex, ttls: &genTTL{ofSet: map[string]uint32{}}}
		w.eol = pick(w, "eol", "\n", "\n", "\r\n")
		if w.n("leading", 0, 1) == 1 {
			w.directive("$TTL", "1h")
			w.ttls.dflt, w.ttls.hasDflt = 3600, true
		}
		minimum := w.ttl()
		if w.bareSOA && !w.ttls.hasDflt && w.n("SOA without TTL", 0, 1) == 1 {
			w.ttls.dflt, w.ttls.hasDflt, w.ttls.bare = minimum, true, true
		}
		w.write(genApex, false, "SOA", []field{
			w.fHost(), w.fName(), w.fUint(32), w.fTTL(), w.fTTL(), w.fTTL(),
			{strconv.FormatUint(uint64(minimum), 10), []string{w.writeTTL(minimum)}},
		})
		ns := labels{"ns", "example", "net"}
		w.write(genApex, w.n("inherit", 0, 1) == 1, "NS", []field{{ns.plain(), []string{w.writeName(ns)}}})
		for range w.n("steps", 0, 12) {
			w.step()
		}
		texts := make([]string, len(files))
		for i, b := range files {
			texts[i] = b.String()
			// BIND refuses a directive on a last line without a line end.
			cut := strings.TrimRight(texts[i], "\r\n")
			if w.seldom("no last line end", 6) && !strings.HasPrefix(cut[strings.LastIndexByte(cut, '\n')+1:], "$") {
				texts[i] = cut
			}
		}
		return written{texts, w.records}
	})
}

// sameRecords compares records in order, but for their places and notes.
func sameRecords(t interface{ Errorf(string, ...any) }, what string, got, want []zone.Record) bool {
	ok := true
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("%s: missing %s", what, want[i])
			ok = false
		case i >= len(want):
			t.Errorf("%s: too much: %s", what, got[i])
			ok = false
		case !got[i].Same(want[i]):
			t.Errorf("%s: record %d\ngot  %s\n     %q\nwant %s\n     %q", what, i, got[i], got[i].Data, want[i], want[i].Data)
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

func TestGenPlain(t *testing.T) {
	if got, want := (labels{"a.b", "C"}).plain(), `a\046b.C.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := (labels{"a.b", "C"}).wire(), zone.Name("\x03a.b\x01c\x00"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

package masterfile

import (
	"bytes"
	"fmt"
	"math"
	"sync"

	"github.com/zonelint/zonelint/zone"
)

// Parse reads a zone from the content of a master file. The name is what the
// file is called in spans, and may tell the origin (see Options.Origin).
//
// Mistakes within the file are Problems of the zone and reading goes on behind
// them. An error means that nothing could be read: ErrNoOrigin, ErrBinary or
// ErrTooLarge. Parse keeps src, which must not change any more.
func Parse(name string, src []byte, opts Options) (*zone.Zone, error) {
	p, err := parse(name, src, opts)
	if err != nil {
		return nil, err
	}
	z := p.zone()
	p.release()
	return z, nil
}

// parse reads all entries of a file and of those that it includes.
func parse(name string, src []byte, opts Options) (*parser, error) {
	opts.Limits = opts.Limits.orDefault()
	if int64(len(src)) > opts.Limits.FileSize {
		return nil, fmt.Errorf("%w: %d octets, and the limit is %d (--max-file-size)", ErrTooLarge, len(src), opts.Limits.FileSize)
	}
	if err := checkText(src); err != nil {
		return nil, err
	}
	origin, err := findOrigin(name, src, opts.Origin)
	if err != nil {
		return nil, err
	}
	p := newParser(newFile(name, opts.Dir, src), opts, origin)
	p.load = p.openInclude
	if !p.readParts() {
		p.file(0, origin)
	}
	return p, nil
}

func newParser(f *file, opts Options, origin zone.Name) *parser {
	p := parsers.Get().(*parser)
	*p = parser{
		opts: opts, builder: zone.NewBuilder(estimate(f.src)), first: origin, complete: true,
		rdata: p.rdata, nameBuf: p.nameBuf, spare: p.spare,
		source: &source{files: []*file{f}, opts: opts, origin: origin},
	}
	p.builder.SetSource(p.source)
	return p
}

// parsers keeps parsers for the buffers that they have: with thousands of small
// files, making those anew costs as much as reading records.
var parsers = sync.Pool{New: func() any { return new(parser) }}

// release gives the buffers back. The parser must not be used after that.
func (p *parser) release() {
	*p = parser{rdata: p.rdata, nameBuf: p.nameBuf, spare: p.spare}
	parsers.Put(p)
}

// checkText refuses what cannot be a zone file.
func checkText(src []byte) error {
	switch {
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		return fmt.Errorf("%w: it is UTF-16 text; save it as UTF-8 or ASCII", ErrBinary)
	case bytes.IndexByte(src, 0) >= 0:
		return ErrBinary
	}
	return nil
}

// estimate guesses the number of records: about one a line, but lines are at
// least as long as "a A 1.2.3.4".
func estimate(src []byte) int {
	return min(bytes.Count(src, []byte{'\n'})+1, len(src)/12+1)
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits
	if l.FileSize > 0 {
		d.FileSize = l.FileSize
	}
	// Offsets are kept in 32 bits.
	d.FileSize = min(d.FileSize, math.MaxUint32-1)
	if l.Records > 0 {
		d.Records = l.Records
	}
	if l.IncludeDepth > 0 {
		d.IncludeDepth = l.IncludeDepth
	}
	if l.IncludeFiles > 0 {
		d.IncludeFiles = min(l.IncludeFiles, math.MaxUint16) // their indexes have 16 bits
	}
	if l.Generate > 0 {
		d.Generate = l.Generate
	}
	return d
}

// parser reads the entries of a file and of those that it includes.
type parser struct {
	opts    Options
	builder *zone.Builder
	source  *source
	rdata   rdataReader
	nameBuf []byte
	spare   *entry    // to read entries into; nil while it is in use
	first   zone.Name // the initial origin
	apex    zone.Name // owner of the first SOA
	class   zone.Class
	// load gets the file that the n-th $INCLUDE of the file at hand names, or
	// says why not.
	load func(target string, n int) (f *file, why string)
	// watch, if not nil, sees every entry after it was read; h is nil where it
	// is no record with an owner and a type.
	watch func(e *entry, h *header)

	// A $TTL holds on behind the end of an included file, as BIND has it.
	ttls      ttlState
	saidNoTTL bool

	generated       int // records made by $GENERATE
	generatedOctets int // and their owners and data
	complete        bool
	stopped         bool // a limit was reached
	problems        []zone.Problem

	// The state of the file being read.
	index    int
	scan     scanner
	origin   zone.Name
	owner    zone.NodeID
	hasOwner bool
	ownerAt  token // where the current owner was written, in this file
	ownerOrg zone.Name
	// The last owner, or the last $ORIGIN, could not be read; what would take
	// it is left out.
	ownerLost, originLost bool
	head                  header // of the entry at hand
	headTTL               uint32 // its TTL, if it has one from anywhere
	knownTTL              bool
	includes              int   // $INCLUDEs seen in this file
	open                  []int // indexes of the files being read, this one last
}

func (p *parser) zone() *zone.Zone {
	apex := p.apex
	if apex == "" {
		apex = p.first
	}
	z := p.builder.Zone(apex)
	if p.class != 0 {
		z.Class = p.class
	}
	z.Complete, z.Problems = p.complete, p.problems
	top := zone.Position{Line: 1, Column: 1}
	z.Start = zone.Span{File: p.source.files[0].name, Start: top, End: top}
	return z
}

// file reads all entries of a file.
func (p *parser) file(index int, origin zone.Name) {
	p.index, p.origin, p.hasOwner, p.includes = index, origin, false, 0
	p.ownerLost, p.originLost = false, false
	p.scan = scanner{src: p.source.files[index].src}
	p.open = append(p.open, index)
	p.entries()
	p.open = p.open[:len(p.open)-1]
}

// entries reads what the scanner has before it.
func (p *parser) entries() {
	e := p.spare
	p.spare = nil
	if e == nil { // the first use, or within an $INCLUDE
		e = &entry{toks: make([]token, 0, 16)}
	}
	defer func() { p.spare = e }()
	for !p.stopped {
		f, ok := p.scan.scan(e)
		if !ok {
			break
		}
		p.entry(e, f)
		if p.scan.unclosed > maxUnclosed {
			p.limit(f, "Too many parentheses are never closed; the rest of this file was not read.")
		}
	}
}

// entry obeys an entry; f is what is wrong with its form, nil if nothing is.
func (p *parser) entry(e *entry, f *fault) {
	var h *header
	if f == nil {
		h, f = p.interpret(e)
	} else {
		p.begun(e)
	}
	if f != nil {
		p.unread(e, p.fault(zone.ProblemSyntax, f))
	}
	if p.watch != nil {
		p.watch(e, h)
	}
}

// interpret obeys an entry. It returns the header of a record that was
// understood up to its type.
func (p *parser) interpret(e *entry) (*header, *fault) {
	if e.blank {
		return nil, nil
	}
	src := p.scan.src
	if e.directive(src) {
		return nil, p.directive(e)
	}
	if e.owned {
		if f := p.setOwner(src, e.toks[0]); f != nil {
			return nil, f
		}
	}
	if p.ownerLost {
		return nil, nil
	}
	h, f := e.head(src)
	if f != nil {
		return nil, f
	}
	if !p.hasOwner && len(p.open) > 1 {
		return nil, faultAt(e.toks[0], "This record has no owner: the line begins with a blank, and no record of this file stands before it. BIND takes the owner from the file that includes it, other name servers refuse the zone. Write the owner.")
	}
	if !p.hasOwner {
		return nil, faultAt(e.toks[0], "This record has no owner: the line begins with a blank, and no record before it gives an owner to inherit.")
	}
	p.head = h
	if f := p.record(e, &p.head); f != nil {
		return nil, f
	}
	return &p.head, nil
}

// setOwner makes the name of a token the current owner.
func (p *parser) setOwner(src []byte, t token) *fault {
	w := t.text(src)
	if p.hasOwner && p.ownerOrg == p.origin && bytes.Equal(w, p.ownerAt.text(src)) {
		return nil // the same as before: keep the node
	}
	p.hasOwner, p.ownerLost = false, true
	if p.originLost {
		return nil
	}
	if w[0] == '"' {
		return faultAt(t, "%s stands in quotes, but an owner is written without them.", quote(w))
	}
	buf, err := zone.AppendName(p.nameBuf[:0], w, p.origin)
	p.nameBuf = buf
	if err != nil {
		return nameFault(t, w, err)
	}
	p.owner = p.builder.Node(buf)
	p.ownerAt, p.ownerOrg, p.hasOwner, p.ownerLost = t, p.origin, true, false
	return nil
}

// record adds a record to the zone.
func (p *parser) record(e *entry, h *header) *fault {
	src := p.scan.src
	data, notes, f := p.rdata.read(src, e.toks[h.rdata:], h.typeValue, p.origin, e.toks[h.typ])
	if f != nil {
		return f
	}
	class := p.class
	if h.class >= 0 {
		class = h.classValue
	}
	if class == 0 {
		class = zone.ClassIN
	}
	if p.class == 0 {
		p.class = class
	}
	if class != p.class {
		return p.wrongClass(e.toks[h.class], class)
	}
	if h.typeValue == zone.TypeSOA {
		if p.apex == "" {
			p.apex = p.builder.NodeName(p.owner)
		}
		if _, known := p.ttls.inherited(); !known && h.ttl < 0 {
			p.ttls.minimum, p.ttls.hasMinimum = p.capTTL(e.toks[len(e.toks)-1], soaMinimum(data)), true
		}
	}
	ttl, known := p.ttl(e, h)
	p.headTTL, p.knownTTL = ttl, known
	if !known {
		notes |= zone.NoTTL
	}
	if e.comment >= 0 {
		notes |= zone.Commented
	}
	if notes&zone.LongString != 0 {
		p.longStrings(e, h)
	}
	p.add(zone.Raw{
		Node: p.owner, Type: h.typeValue, Class: class, TTL: ttl, Data: data, Notes: notes,
		File: uint16(p.index), Offset: uint32(e.start),
	})
	return nil
}

func (p *parser) wrongClass(t token, class zone.Class) *fault {
	return faultAt(t, "Class %s in a zone of class %s: name servers refuse the zone. Write %s or leave the class out.", class, p.class, p.class)
}

func (p *parser) add(r zone.Raw) {
	if p.builder.Len() >= p.opts.Limits.Records {
		if !p.stopped {
			at := int(r.Offset)
			p.limit(&fault{start: at, end: lineEnd(p.scan.src, at)}, fmt.Sprintf("This zone has more than %d records, which is the limit; the rest was not read.", p.opts.Limits.Records))
		}
		return
	}
	p.builder.AddRaw(r)
}

func soaMinimum(data []byte) uint32 {
	d := data[len(data)-4:]
	return uint32(d[0])<<24 | uint32(d[1])<<16 | uint32(d[2])<<8 | uint32(d[3])
}

// ttl returns the TTL of a record: its own or the one that it inherits.
func (p *parser) ttl(e *entry, h *header) (ttl uint32, known bool) {
	if h.ttl >= 0 {
		ttl = p.capTTL(e.toks[h.ttl], h.ttlValue)
		p.ttls = p.ttls.take(true, ttl)
		return ttl, true
	}
	if ttl, known = p.ttls.inherited(); known {
		p.ttls = p.ttls.take(false, ttl)
		return ttl, true
	}
	if !p.saidNoTTL {
		p.saidNoTTL = true
		t := e.toks[h.typ]
		p.fault(zone.ProblemNoTTL, faultAt(t, "This record has no TTL, and neither $TTL nor a record before it gives one; name servers refuse the zone. Put a line like \"$TTL 3600\" at the top."))
		pr := &p.problems[len(p.problems)-1]
		pr.Type = h.typeValue
		if p.hasOwner { // not before a $GENERATE that comes first
			pr.Name = p.builder.NodeName(p.owner)
		}
	}
	return 0, false
}

// capTTL reads a TTL with its highest bit set as 0 (RFC 2181, section 8).
func (p *parser) capTTL(t token, ttl uint32) uint32 {
	if ttl > math.MaxInt32 {
		p.fault(zone.ProblemSyntax, faultAt(t, "A TTL of %d is larger than 2147483647 and counts as 0 (RFC 2181, section 8). Write a smaller one.", ttl))
		return 0
	}
	return ttl
}

// longStrings says which strings of a record are too long.
func (p *parser) longStrings(e *entry, h *header) {
	src := p.scan.src
	for _, t := range e.toks[h.rdata:] {
		var one rdataReader
		if one.text(src, t) != nil || len(one.buf) <= zone.MaxString {
			continue
		}
		p.fault(zone.ProblemLongString, faultAt(t, "This string has %d octets, and a character-string holds at most 255: name servers refuse the zone or cut the text. Split it into several quoted strings.", len(one.buf)))
		pr := &p.problems[len(p.problems)-1]
		pr.Name, pr.Type = p.builder.NodeName(p.owner), h.typeValue
	}
}

// fault turns a fault in the file at hand into a problem of the zone, which is
// good until the next one.
func (p *parser) fault(kind zone.ProblemKind, f *fault) *zone.Problem {
	span := p.source.files[p.index].span(f.start, f.end)
	p.problems = append(p.problems, zone.Problem{Kind: kind, Span: span, Message: f.message})
	return &p.problems[len(p.problems)-1]
}

// limit ends the reading of the zone.
func (p *parser) limit(at *fault, message string) {
	p.fault(zone.ProblemLimit, &fault{at.start, at.end, message})
	p.stopped, p.complete = true, false
}

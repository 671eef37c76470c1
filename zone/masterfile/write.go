package masterfile

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zonelint/zonelint/zone"
)

// entryWriter changes the text of one entry.
type entryWriter struct {
	ed   *editor
	pl   *placed
	name zone.Name // the owner that it is to have
	ttl  uint32    // and the TTL
}

// write makes the edits of an entry; o is nil for an entry that only has to
// keep its owner and TTL. It reports whether the TTL is written now.
func (w *entryWriter) write(o *op) (explicit bool) {
	f := w.ed.source.files[w.pl.file]
	e, h, ok := f.read(w.pl.start)
	if !ok {
		return w.pl.hasTTL
	}
	w.owner(f, &e, &h)
	explicit = w.writeTTL(f, &e, &h, o)
	if o == nil {
		return explicit
	}
	if o.after.Type != o.before.Type {
		t := e.toks[h.typ]
		w.edit(int(t.start), int(t.end), o.after.Type.String())
	}
	if o.after.Data != o.before.Data || o.before.Notes&zone.LongString != 0 || o.after.Type != o.before.Type {
		w.fields(f.src, e.toks[h.rdata:], o)
		w.consumed(f.src, &e, o)
	}
	return explicit
}

func (w *entryWriter) edit(start, end int, text string) { w.ed.edit(w.pl.file, start, end, text) }

// owner writes the owner where it is another one now, or can no longer be
// inherited.
func (w *entryWriter) owner(f *file, e *entry, h *header) {
	if h.owner < 0 {
		if w.ed.now.hasOwner && w.ed.now.owner == w.name {
			return
		}
		blank := blankFrom(f.src, e.start)
		text := w.name.Relative(w.pl.origin)
		w.edit(e.start, e.start+len(blank), text+fit(blank, 0, width(text, 0)))
		return
	}
	t := e.toks[h.owner]
	written := string(t.text(f.src))
	if w.pl.owner == w.name {
		return
	}
	text := w.name.Relative(w.pl.origin)
	if strings.HasSuffix(written, ".") {
		text = w.name.String()
	}
	blank := blankFrom(f.src, int(t.end))
	w.edit(int(t.start), int(t.end)+len(blank), text+fit(blank, width(written, 0), width(text, 0)))
}

// writeTTL writes the TTL where it changes or can no longer be inherited.
func (w *entryWriter) writeTTL(f *file, e *entry, h *header, o *op) (explicit bool) {
	text := strconv.FormatUint(uint64(w.ttl), 10)
	if h.ttl >= 0 {
		if o != nil && o.after.TTL != o.before.TTL {
			t := e.toks[h.ttl]
			w.edit(int(t.start), int(t.end), text)
		}
		return true
	}
	inherited, known := w.ed.now.ttls.inherited()
	unchanged := o == nil || o.after.TTL == o.before.TTL
	if known && inherited == w.ttl || w.pl.unsettled && unchanged {
		return false
	}
	first := h.typ
	if h.class >= 0 {
		first = min(first, h.class)
	}
	at := int(e.toks[first].start)
	sep := " "
	if at > 0 && f.src[at-1] == '\t' {
		sep = "\t"
	}
	w.edit(at, at, text+sep)
	return true
}

// fields replaces the RDATA fields that differ. What stands between fields
// (blanks, comments, parentheses) is left as it is where that is possible.
func (w *entryWriter) fields(src []byte, toks []token, o *op) {
	old, fresh := o.before.Fields(), o.after.Fields()
	if len(old) != len(toks) || o.before.Notes&zone.LongString != 0 || o.before.Type != o.after.Type || view(toks[0].text(src)) == `\#` {
		// The text is not in fields as they are known here: replace it all.
		old = make([]string, len(toks))
	}
	p := 0
	for p < min(len(old), len(fresh)) && old[p] == fresh[p] {
		p++
	}
	s := 0
	for s < min(len(old), len(fresh))-p && old[len(old)-1-s] == fresh[len(fresh)-1-s] {
		s++
	}
	gone, come := toks[p:len(toks)-s], fresh[p:len(fresh)-s]
	joined := strings.Join(come, " ")
	switch {
	case len(gone) == len(come):
		for i, t := range gone {
			w.edit(int(t.start), int(t.end), come[i])
		}
	case len(gone) == 0 && p > 0:
		at := int(toks[p-1].end)
		w.edit(at, at, " "+joined)
	case len(gone) == 0:
		at := int(toks[0].start)
		w.edit(at, at, joined+" ")
	case len(come) > 0 && plain(src, gone):
		w.edit(int(gone[0].start), int(gone[len(gone)-1].end), joined)
	default:
		for i, t := range gone {
			start := int(t.start)
			if i == 0 && len(come) > 0 {
				w.edit(start, int(t.end), joined)
				continue
			}
			for start > 0 && classes[src[start-1]] == cBlank {
				start--
			}
			w.edit(start, int(t.end), "")
		}
	}
}

// plain reports whether nothing but blanks stands between tokens.
func plain(src []byte, toks []token) bool {
	for i := 1; i < len(toks); i++ {
		for _, c := range src[toks[i-1].end:toks[i].start] {
			if classes[c] != cBlank {
				return false
			}
		}
	}
	return true
}

// consumed drops the comment of an entry if its words have become data: the
// text behind an unquoted semicolon that had been cut off.
func (w *entryWriter) consumed(src []byte, e *entry, o *op) {
	if e.comment < 0 || o.before.Notes&zone.Unquoted == 0 || o.after.Type != zone.TypeTXT {
		return
	}
	end := lineEnd(src, e.comment)
	words := squeeze(string(src[e.comment+1 : end]))
	if words == "" || strings.Contains(squeeze(o.before.Text()), words) || !strings.HasSuffix(squeeze(o.after.Text()), words) {
		return
	}
	last := int(e.toks[len(e.toks)-1].end)
	if bytes.IndexByte(src[last:e.comment], ')') >= 0 {
		return
	}
	if classes[src[max(last, 0)]] == cBlank || last == e.comment {
		w.edit(last, end, "")
	}
}

// squeeze takes blanks, quotes and backslashes out of a text, to compare words;
// what is not ASCII goes too, for typographic quotes and blanks do not become
// data.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || strings.ContainsRune(" \t\"\\", r) {
			return -1
		}
		return r
	}, s)
}

// insert writes a new record behind the entry with index i, or at the end of
// the first file if i is -1, in the manner of the lines around it.
func (ed *editor) insert(i int, r zone.Record) {
	f := ed.source.files[0]
	origin, at := ed.source.origin, len(f.src)
	if i >= 0 {
		origin, at = ed.entries[i].origin, int(ed.entries[i].end)
	}
	inherited, known := ed.now.ttls.inherited()
	needTTL := !known || inherited != r.TTL
	l := newLine(f, ed.model(i))
	line, explicit := l.render(r, origin, ed.now.hasOwner && ed.now.owner == r.Name, needTTL)
	eol := f.eol()
	if at == len(f.src) && at > 0 && f.src[at-1] != '\n' {
		line = eol + line
	} else {
		line += eol
	}
	ed.edit(0, at, at, line)
	ed.now.owner, ed.now.hasOwner = r.Name, true
	ed.now.ttls = ed.now.ttls.take(explicit, r.TTL)
}

// model returns the record entry whose manner a new line behind entry i takes:
// the nearest one before it that stands on a single line, else the nearest
// behind it; nil if there is none.
func (ed *editor) model(i int) *placed {
	if i < 0 {
		i = len(ed.entries) - 1
	}
	good := func(pl *placed) bool {
		if pl.file != 0 || pl.kind != placedRecord || pl.typ == zone.TypeSOA {
			return false
		}
		src := ed.source.files[0].src[pl.start:pl.end]
		return bytes.IndexByte(bytes.TrimRight(src, "\r\n"), '\n') < 0
	}
	const far = 2000
	for j := i; j >= max(0, i-far); j-- {
		if good(&ed.entries[j]) {
			return &ed.entries[j]
		}
	}
	for j := i + 1; j < min(len(ed.entries), i+far); j++ {
		if good(&ed.entries[j]) {
			return &ed.entries[j]
		}
	}
	return nil
}

// eol returns the line end of a file.
func (f *file) eol() string {
	i := lineEnd(f.src, 0)
	if i >= len(f.src) {
		return "\n"
	}
	return string(f.src[i:afterNewline(f.src, i)])
}

// line is the manner in which a record is written: its parts and the blanks
// behind them.
type line struct {
	owned bool
	parts []linePart // owner, then TTL, class and type in their order
	typ   zone.Type
	gaps  []string // between the RDATA fields
}

type linePart struct {
	what  byte // 'o' owner, 't' TTL, 'c' class, 'y' type
	text  string
	blank string // behind it
}

// newLine takes the manner of an entry, or a usual one if pl is nil.
func newLine(f *file, pl *placed) line {
	usual := line{owned: true, parts: []linePart{{'o', "", "\t"}, {'c', "IN", "\t"}, {'y', "", "\t"}}}
	if pl == nil {
		return usual
	}
	e, h, ok := f.read(pl.start)
	if !ok || len(e.toks) <= h.rdata || e.open >= 0 && e.open < int(e.toks[h.rdata].start) {
		return usual
	}
	l := line{owned: pl.owned, typ: pl.typ}
	if !pl.owned {
		l.parts = append(l.parts, linePart{'o', "", blankFrom(f.src, e.start)})
	}
	for i := range h.rdata {
		t := e.toks[i]
		p := linePart{text: string(t.text(f.src)), blank: blankFrom(f.src, int(t.end))}
		switch i {
		case h.owner:
			p.what = 'o'
		case h.ttl:
			p.what = 't'
		case h.class:
			p.what = 'c'
		case h.typ:
			p.what = 'y'
		}
		l.parts = append(l.parts, p)
	}
	for i := h.rdata + 1; i < len(e.toks); i++ {
		l.gaps = append(l.gaps, blankFrom(f.src, int(e.toks[i-1].end)))
	}
	return l
}

// render writes a record in the manner of l. It reports whether the TTL is
// written.
func (l line) render(r zone.Record, origin zone.Name, inherits, needTTL bool) (text string, explicit bool) {
	parts := slices.Clone(l.parts)
	hasTTL := slices.ContainsFunc(parts, func(p linePart) bool { return p.what == 't' })
	if needTTL && !hasTTL {
		sep := " "
		if strings.Contains(parts[len(parts)-1].blank, "\t") {
			sep = "\t"
		}
		parts = slices.Insert(parts, 1, linePart{'t', "", sep})
	}
	var b strings.Builder
	oldEnd, newEnd := 0, 0 // columns
	for _, p := range parts {
		var now string
		switch p.what {
		case 'o':
			switch {
			case !l.owned && inherits:
			case l.owned && strings.HasSuffix(p.text, ".") && len(p.text) > 1:
				now = r.Name.String()
			default:
				now = r.Name.Relative(origin)
			}
		case 't':
			if ttl := strconv.FormatUint(uint64(r.TTL), 10); needTTL || p.text == ttl {
				now = ttl
			}
		case 'c':
			now = p.text
		case 'y':
			now = r.Type.String()
		}
		explicit = explicit || p.what == 't' && now != ""
		oldEnd, newEnd = width(p.text, oldEnd), width(now, newEnd)
		blank := fit(p.blank, oldEnd, newEnd)
		if now == "" && p.what == 't' && len(p.blank) == 1 {
			blank = "" // a TTL that is left out leaves no double blank
		}
		b.WriteString(now)
		b.WriteString(blank)
		oldEnd, newEnd = width(p.blank, oldEnd), width(blank, newEnd)
	}
	for i, field := range r.Fields() {
		if i > 0 {
			gap := " "
			if r.Type == l.typ && i-1 < len(l.gaps) && l.gaps[i-1] != "" {
				gap = l.gaps[i-1]
			}
			b.WriteString(gap)
		}
		b.WriteString(field)
	}
	return b.String(), explicit
}

// blankFrom returns the run of spaces and tabs at i.
func blankFrom(src []byte, i int) string {
	j := i
	for j < len(src) && classes[src[j]] == cBlank {
		j++
	}
	return string(src[i:j])
}

const tabStop = 8

// width returns the column behind text that begins at a column.
func width(text string, column int) int {
	for _, c := range text {
		if c == '\t' {
			column += tabStop - column%tabStop
		} else {
			column++
		}
	}
	return column
}

// fit returns a blank like the given one that leads from newEnd to the column
// to which the given one led from oldEnd, or one as short as can be.
func fit(blank string, oldEnd, newEnd int) string {
	if blank == "" || blank == " " {
		return " "
	}
	target := width(blank, oldEnd)
	if !strings.Contains(blank, "\t") {
		return strings.Repeat(" ", max(target-newEnd, 1))
	}
	var b strings.Builder
	for at := newEnd; at < target; {
		next := at + tabStop - at%tabStop
		if next > target {
			b.WriteString(strings.Repeat(" ", target-at))
			break
		}
		b.WriteByte('\t')
		at = next
	}
	if b.Len() == 0 {
		return "\t"
	}
	return b.String()
}

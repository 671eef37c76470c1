package octodns

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/zone"
)

// ownerPlace is where the records of an owner are written.
type ownerPlace struct {
	file       int
	pair       int // index of the key among the kids of the root
	key, value *node
	why        string // nothing can be added to them; "" if it can
}

// owner returns where the records of an owner are written.
func (s *source) owner(name zone.Name) (*ownerPlace, bool) {
	s.ownersOnce.Do(func() {
		s.owners = map[zone.Name]*ownerPlace{}
		for i, f := range s.files[:s.named] {
			root := f.mapping()
			if root == nil {
				continue
			}
			for k := 0; k+1 < len(root.kids); k += 2 {
				n, ok := s.nameOf(root.kids[k])
				if !ok {
					continue
				}
				o := &ownerPlace{file: i, pair: k, key: root.kids[k], value: root.kids[k+1]}
				switch v := o.value; {
				case f.shared:
					o.why = "their file is part of other zones too (shared_filename)"
				case v.kind == alias, v.tag == includeTag, v.shared:
					o.why = "they are written in an anchor or an included file that may stand for other records too"
				case v.kind != mapping && v.kind != sequence, v.kind == mapping && v.merges:
					o.why = "they are not written as a record or a list of records"
				}
				if first, ok := s.owners[n]; ok && first.file != i {
					continue // octoDNS takes both, and the first will do
				}
				s.owners[n] = o
			}
		}
	})
	o, ok := s.owners[name]
	return o, ok
}

// mapping returns the owners of a file; nil if it has none of its own.
func (f *file) mapping() *node {
	if f.root == nil || f.root.kind != mapping || f.root.tag == includeTag {
		return nil
	}
	return f.root
}

// nameOf returns the name that a key stands for, without a word about mistakes.
func (s *source) nameOf(key *node) (zone.Name, bool) {
	if key.kind != scalar || key.resolve() == mergeKey {
		return "", false
	}
	text := key.str()
	if text == "" || text == "@" {
		return s.origin, true
	}
	a, err := toASCII(text)
	if err != nil {
		return "", false
	}
	n, err := zone.ParseName(a, s.origin)
	return n, err == nil
}

// home returns the file that new owners go to: the one for what has no file of
// its own ($example.com.yaml) where the zone is split, else the first that is
// for this zone alone.
func (s *source) home() (int, bool) {
	found, ok := 0, false
	for i, f := range s.files[:s.named] {
		if f.shared || f.root != nil && f.mapping() == nil {
			continue
		}
		base := f.name[strings.LastIndexAny(f.name, `/\`)+1:]
		if strings.HasPrefix(base, "$") {
			return i, true
		}
		if !ok {
			found, ok = i, true
		}
	}
	return found, ok
}

func (n *node) isFlow() bool { return n.style&yaml.FlowStyle != 0 }

// column returns how far from the start of its line a place is, in octets.
func (f *file) column(at int) int { return at - f.lineBegin(at) }

// nextLine returns the start of the line behind the one that holds an offset;
// ok is false if that line has no end.
func (f *file) nextLine(at int) (next int, ok bool) {
	end := f.lineEnd(at)
	switch {
	case end == len(f.src):
		return end, false
	case f.src[end] == '\r':
		return end + 2, true
	}
	return end + 1, true
}

// startsLine reports whether only blanks stand before a place on its line.
func (f *file) startsLine(at int) bool {
	return strings.Trim(view(f.src[f.lineBegin(at):at]), " ") == ""
}

// dash returns where the item of a block list begins; ok is false if its dash
// does not begin a line.
func (f *file) dash(item *node) (at int, ok bool) {
	at = int(item.start) - 1
	for at >= 0 && (f.src[at] == ' ' || f.src[at] == '\t') {
		at--
	}
	if at < 0 || f.src[at] != '-' || !f.startsLine(at) {
		return 0, false
	}
	return at, true
}

// layoutStyle finds out how a file is laid out, by the first thing of each
// kind.
func (f *file) layoutStyle() layoutStyle {
	l := layoutStyle{eol: "\n", step: -1, records: -1, values: -1}
	if i := strings.IndexByte(view(f.src), '\n'); i > 0 && f.src[i-1] == '\r' {
		l.eol = "\r\n"
	}
	root := f.mapping()
	if root != nil && !root.isFlow() {
		for i := 0; i+1 < len(root.kids); i += 2 {
			f.lookAt(&l, root.kids[i], root.kids[i+1])
		}
		if len(root.kids) > 2 {
			if next, ok := f.nextLine(f.end(root.kids[1])); ok {
				l.blanks = strings.TrimSpace(view(f.src[next:f.lineEnd(next)])) == ""
			}
		}
	}
	pick := func(v *int, others ...int) {
		for _, o := range others {
			if *v < 0 {
				*v = o
			}
		}
	}
	pick(&l.step, 2)
	pick(&l.records, l.values, 2)
	pick(&l.values, l.records)
	return l
}

// lookAt learns how an owner is laid out.
func (f *file) lookAt(l *layoutStyle, key, value *node) {
	base := f.column(int(key.start))
	if value.isFlow() || value.file != key.file {
		return
	}
	switch value.kind {
	case mapping:
		if l.step < 0 {
			l.step = max(f.column(f.content(value))-base, 1)
		}
		f.lookAtValues(l, value)
	case sequence:
		if len(value.kids) == 0 {
			return
		}
		if at, ok := f.dash(value.kids[0]); ok && l.records < 0 {
			l.records = max(f.column(at)-base, 0)
		}
		for _, k := range value.kids {
			f.lookAtValues(l, k)
		}
	}
}

func (f *file) lookAtValues(l *layoutStyle, rec *node) {
	if rec.kind != mapping || rec.isFlow() || l.values >= 0 {
		return
	}
	for i := 0; i+1 < len(rec.kids); i += 2 {
		v := rec.kids[i+1]
		if v.kind != sequence || v.isFlow() || len(v.kids) == 0 {
			continue
		}
		if at, ok := f.dash(v.kids[0]); ok {
			l.values = max(f.column(at)-f.column(int(rec.kids[i].start)), 0)
		}
	}
}

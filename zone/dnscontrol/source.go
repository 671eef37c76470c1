package dnscontrol

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// source is the places of one zone's records, in the JSON and in dnsconfig.js.
type source struct {
	*jsontree.Source
	script *script
	calls  []call            // by Loc.Offset
	marked map[uint32]string // comments by Loc.Offset
}

// call is where dnsconfig.js makes a record.
type call struct {
	line, column int    // from 1; 0 if it is not known
	name         string // the record's name as the JSON has it
	value        string // the text or the target, as the JSON has it
	under        string // the end of a target that a relative one goes without
	field        int    // index of the RDATA field that is the target
}

func newSource(s *jsontree.Source, sc *script) *source { return &source{Source: s, script: sc} }

// filepos is "[line:5:5]", or has the file in place of "line".
var filepos = regexp.MustCompile(`^\[([^\]]*):([0-9]{1,9}):([0-9]{1,9})\]$`)

// add takes the places of a record.
func (s *source) add(p jsontree.Place, pos string, c call) zone.Loc {
	loc := s.Source.Add(p)
	loc.Source = s
	if s.script == nil {
		return loc
	}
	if m := filepos.FindStringSubmatch(pos); m != nil && s.script.means(m[1]) {
		c.line, _ = strconv.Atoi(m[2])
		c.column, _ = strconv.Atoi(m[3])
		if s.script.has(c) {
			s.script.users[[2]int{c.line, c.column}]++
		} else {
			c.line = 0
		}
	}
	s.calls = append(s.calls, c)
	return loc
}

// means reports whether a file that a position names is the script.
func (s *script) means(file string) bool {
	base := path.Base(strings.ReplaceAll(s.name, `\`, "/"))
	file = path.Base(strings.ReplaceAll(file, `\`, "/"))
	return file == "line" || file == "config" || file == base || file+path.Ext(base) == base
}

// proxyMark is what Cloudflare's own exports say of a record behind the proxy.
const proxyMark = "cf_tags=cf-proxied:true"

func (s *source) mark(loc zone.Loc) {
	if s.marked == nil {
		s.marked = map[uint32]string{}
	}
	s.marked[loc.Offset] = proxyMark
}

// Span implements zone.Source.
func (s *source) Span(loc zone.Loc, part zone.Part) zone.Span {
	if s.script != nil {
		if c := s.calls[loc.Offset]; c.line > 0 {
			return s.script.span(c, part)
		}
	}
	return s.Source.Span(loc, part)
}

// Comment implements zone.Source.
func (s *source) Comment(loc zone.Loc) string { return s.marked[loc.Offset] }

// Comments implements zone.Source.
func (s *source) Comments(containing string) []zone.Comment {
	var out []zone.Comment
	for i := range uint32(s.Len()) {
		if text, ok := s.marked[i]; ok && strings.Contains(text, containing) {
			span := s.Span(zone.Loc{Source: s, Offset: i}, zone.Part{})
			out = append(out, zone.Comment{Span: span, Text: text, First: span.Start.Line, Last: span.End.Line})
		}
	}
	if s.script != nil {
		out = append(out, s.spoken(containing)...)
	}
	return out
}

// Text implements zone.Source.
func (s *source) Text(file string) []byte {
	if s.script != nil && file == s.script.name {
		return s.script.src
	}
	return s.Source.Text(file)
}

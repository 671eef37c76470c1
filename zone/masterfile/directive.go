package masterfile

import (
	"errors"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// directive obeys a line that begins with a dollar sign.
func (p *parser) directive(e *entry) *fault {
	src := p.scan.src
	w := e.toks[0].text(src)
	args := e.toks[1:]
	if end := len(src) - 1; p.scan.pos > end && src[end] != '\n' && src[end] != '\r' && !strings.EqualFold(view(w), "$INCLUDE") {
		p.fault(zone.ProblemDialect, &fault{e.start, int(e.toks[len(e.toks)-1].end), "This directive is the last line of the file and has no line end; BIND refuses the zone for that (\"extra input text\"). End the line."})
	}
	switch {
	case strings.EqualFold(view(w), "$ORIGIN"):
		return p.setOrigin(src, e)
	case strings.EqualFold(view(w), "$TTL"):
		if f := directiveArgs(src, e, 1, 1, "one TTL"); f != nil {
			return f
		}
		ttl, ok := parseTTL(args[0].text(src))
		if !ok {
			return faultAt(args[0], "%s is no TTL: that is a number of seconds, or like 1h30m.", quote(args[0].text(src)))
		}
		p.ttls.defaultTTL, p.ttls.hasDefault = p.capTTL(args[0], ttl), true
		return nil
	case strings.EqualFold(view(w), "$INCLUDE"):
		if f := directiveArgs(src, e, 1, 2, "a file name and perhaps an origin"); f != nil {
			return f
		}
		return p.include(e)
	case strings.EqualFold(view(w), "$GENERATE"):
		return p.generate(e)
	}
	return faultAt(e.toks[0], "%s is no directive that name servers know: those are $ORIGIN, $TTL, $INCLUDE and $GENERATE.", quote(w))
}

func directiveArgs(src []byte, e *entry, least, most int, what string) *fault {
	n := len(e.toks) - 1
	switch {
	case n < least:
		return faultAt(e.toks[0], "%s is followed by %s; that is missing.", e.toks[0].text(src), what)
	case n > most:
		t := e.toks[most+1]
		return faultAt(t, "%s is too much: %s is followed by %s.", quote(t.text(src)), e.toks[0].text(src), what)
	}
	return nil
}

func (p *parser) setOrigin(src []byte, e *entry) *fault {
	f := directiveArgs(src, e, 1, 1, "one domain name")
	if len(e.toks) < 2 {
		p.loseOrigin()
		return f
	}
	t := e.toks[1]
	w, from := t.bare(src), p.origin
	if p.originLost {
		from = ""
	}
	buf, err := zone.AppendName(p.nameBuf[:0], w, from)
	p.nameBuf = buf
	switch {
	case p.originLost && errors.Is(err, zone.ErrRelative):
		return f
	case err != nil:
		p.loseOrigin()
		return nameFault(t, w, err)
	}
	p.origin, p.originLost = zone.Name(buf), false
	if f == nil {
		f = unquotedName(src, t)
	}
	return f
}

// unquotedName finds fault with a domain name in quotes, which can still be
// understood.
func unquotedName(src []byte, t token) *fault {
	if !t.quoted(src) {
		return nil
	}
	return faultAt(t, "%s stands in quotes, but a domain name is written without them.", quote(t.text(src)))
}

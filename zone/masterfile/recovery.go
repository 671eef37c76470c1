package masterfile

import (
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// begun takes from an entry that has no end, or ends too early, what those
// behind it depend on: its owner or its origin.
func (p *parser) begun(e *entry) {
	src := p.scan.src
	switch {
	case e.directive(src):
		if strings.EqualFold(view(e.toks[0].text(src)), "$ORIGIN") {
			p.loseOrigin()
		}
	case e.owned && !e.blank:
		_ = p.setOwner(src, e.toks[0]) // one mistake an entry is enough
	}
}

// loseOrigin notes that the origin is not known from here on. Records below an
// origin that was meant to be another one would be wrong everywhere, so they
// are left out until the origin is known again.
func (p *parser) loseOrigin() {
	p.originLost, p.hasOwner, p.ownerLost, p.complete = true, false, true, false
}

// unread tells a problem what is lost by an entry that could not be read.
func (p *parser) unread(e *entry, pr *zone.Problem) {
	src := p.scan.src
	switch {
	case e.blank:
	case e.directive(src):
		switch word := view(e.toks[0].text(src)); {
		case strings.EqualFold(word, "$GENERATE"):
			pr.Lost = true
		case strings.EqualFold(word, "$INCLUDE"):
			p.complete = false
		}
	default:
		pr.Lost = true
		if p.hasOwner {
			pr.Name = p.builder.NodeName(p.owner)
		}
		if h, f := e.head(src); f == nil {
			pr.Type = h.typeValue
		}
	}
}

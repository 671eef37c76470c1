package dnscontrol

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
	"github.com/zonelint/zonelint/zone/internal/rdata"
)

// Options say how a configuration is read.
type Options struct {
	// Main is dnsconfig.js, if it is at hand.
	Main File
	// Records is how many records are read before a file is refused; 0 is a
	// million.
	Records int
}

// File is a file by the name that findings show.
type File struct {
	Name string
	Text []byte
}

const maxRecords = 1_000_000

// What Parse reports beside a text that is no JSON; test with errors.Is.
var (
	ErrNotIR    = errors.New("not what \"dnscontrol print-ir\" writes: there is no list \"domains\"")
	ErrTooLarge = errors.New("too large")
)

// head is how much of a file Is looks at.
const head = 64 << 10

var firstName = regexp.MustCompile(`^\x{feff}?\s*\{\s*"(registrars|dns_providers|domains)"\s*:`)

// Is reports whether a text, of which src is at least the beginning, is what
// print-ir writes.
func Is(src []byte) bool {
	src = src[:min(len(src), head)]
	if !firstName.Match(src) {
		return false
	}
	text := string(src)
	return strings.Contains(text, `"dns_providers"`) || strings.Contains(text, `"dnsProviders"`)
}

// Parse reads all zones of a configuration. Domains with tags (split horizon)
// are zones of their own, which have the same apex. What cannot be read stands
// in the Problems of its zone.
func Parse(name string, src []byte, o Options) ([]*zone.Zone, error) {
	doc, err := jsontree.Parse(name, src)
	if err != nil {
		return nil, err
	}
	domains := doc.Root().At("domains")
	if domains.Kind() != jsontree.Array {
		return nil, ErrNotIR
	}
	p := parser{doc: doc, left: o.Records}
	if p.left <= 0 {
		p.left = maxRecords
	}
	if o.Main.Name != "" {
		p.script = newScript(o.Main)
	}
	var zones []*zone.Zone
	i := 0
	for d := range domains.Elements() {
		z, err := p.domain(d, fmt.Sprintf("domains[%d]", i))
		if err != nil {
			return nil, err
		}
		zones = append(zones, z)
		i++
	}
	return zones, nil
}

type parser struct {
	doc    *jsontree.Doc
	script *script // nil without dnsconfig.js
	left   int     // records that may still come
}

// errorAt is an error with the position of a value.
func (p *parser) errorAt(v jsontree.Value, format string, args ...any) error {
	at := p.doc.Span(v.Range()).Start
	return fmt.Errorf("line %d, column %d: %w", at.Line, at.Column, fmt.Errorf(format, args...))
}

// domain reads one zone.
func (p *parser) domain(v jsontree.Value, address string) (*zone.Zone, error) {
	m := v.Get("name", "meta", "records", "rawrecords", "keepunknown", "unmanaged", "ignore_external_dns", "dnsProviders")
	name, meta, records, raw := m[0], m[1], m[2], m[3]
	if name.Kind() != jsontree.String {
		return nil, p.errorAt(v, "this domain has no name")
	}
	text, _, _ := strings.Cut(name.Str(), "!") // a tag
	apex, err := rdata.Name(text, zone.Root)
	if err != nil {
		return nil, p.errorAt(name, "the domain name %q: %w", clip(text), err)
	}
	d := &domain{
		parser: p, apex: apex, source: newSource(jsontree.NewSource(p.doc), p.script), builder: zone.NewBuilder(0),
		proxied: meta.At("cloudflare_proxy_default").Str() == "on",
	}
	i := 0
	for r := range records.Elements() {
		if p.left--; p.left < 0 {
			return nil, p.errorAt(r, "%w: more records than are read (--max-records)", ErrTooLarge)
		}
		d.record(r, fmt.Sprintf("%s.records[%d]", address, i))
		i++
	}
	i = 0
	for r := range raw.Elements() {
		if p.left--; p.left < 0 {
			return nil, p.errorAt(r, "%w: more records than are read (--max-records)", ErrTooLarge)
		}
		d.raw(r, fmt.Sprintf("%s.rawrecords[%d]", address, i))
		i++
	}
	z := d.builder.Zone(apex)
	z.Source, z.Problems = d.source, d.problems
	z.Start = p.doc.Span(name.Range())
	z.Start.Address = address
	if p.script != nil {
		if at, ok := p.script.domain(name.Str()); ok {
			z.Start = at
		}
	}
	// Of a zone that DNSControl shares with others, or does not serve at all, it
	// knows a part.
	shared := m[4].True() || m[6].True()
	for range m[5].Elements() {
		shared = true
	}
	served := false
	for range m[7].Members() {
		served = true
	}
	z.Complete = !shared && served
	for _, t := range [...]zone.Type{zone.TypeSOA, zone.TypeNS} {
		if len(z.RRset(apex, t)) == 0 {
			z.Problems = append(z.Problems, zone.Problem{
				Kind: zone.ProblemComputed, Name: apex, Type: t, Lost: true,
				Message: fmt.Sprintf("the provider makes the %s records of the zone itself", t),
			})
		}
	}
	return z, nil
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}

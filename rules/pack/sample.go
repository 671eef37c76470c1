package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// sampleKey is a DKIM key of 2048 bits, for texts whose key is a variable.
const sampleKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtZbDe5urqCG2LGvbOPjaxAA2m8XzHOS+X+NNJF7zcVhMjpxhe7Xwei18" +
	"sSIoi1JU9YBCDiz+N1NN56B3h3VFI5o73ee+ALEDb4HMHJDegIcZXLVc9mnsDuAIE/Umfq/Zrtu/lU3MEzs4Vz76KCIwbSyfeGHE" +
	"+CxLpXjOHOB/PMJoQU7qOOp8Orx84laFaXXNmvvsLT0YtxXNzLrIpfvwqaxGYaSbzT+04/zsZKQSeQdkViIA+fYAhM9VPetMfH0S" +
	"faUv9swXWAtmS8JsXLhCGxScVcATdT3sBmsXARf38eJsMSWziBEdcPZ9U43uq3p1UoxnIAc3ui8R5rWECYtXgwIDAQAB"

// sampleEd25519 is the key of RFC 8463, appendix A.2.
const sampleEd25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

// sampleApex is the domain of a sample.
const sampleApex = zone.Name("\x07example\x03com\x00")

// sample is a zone of example.com that has what a pack asks for, and little
// else.
type sample struct {
	strings.Builder
	pack   *Pack
	values scope
	// made are the parts of the pack that lines were made of, by their numbers
	// from 1; nil for the others.
	made []any
}

// newSample makes the zone of a pack, with the examples of its variables.
func newSample(p *Pack) *sample {
	s := &sample{pack: p, values: p.scopeOf(sampleApex, p.samples())}
	s.WriteString(rules.ExampleHeader)
	s.made = make([]any, 1+strings.Count(rules.ExampleHeader, "\n"))
	s.line(nil, "@ IN A 192.0.2.1")
	s.line(nil, "www IN A 192.0.2.1")
	s.mail()
	for i := range p.Records {
		if r := &p.Records[i]; r.Level != Obsolete && r.Level != Forbidden {
			s.record(r)
		}
	}
	return s
}

// samples returns values for the variables of a pack that have no default.
func (p *Pack) samples() Bindings {
	b := Bindings{}
	for _, v := range p.Variables {
		switch {
		case v.Example != "":
			b[v.Name] = v.Example
		case v.Default == "":
			b[v.Name] = "example"
		}
	}
	for i := range p.Records {
		if t := p.Records[i].Text; t != nil && kindOf(t.Text) == dkimText {
			if _, name, ok := strings.Cut(t.Text, "p={"); ok {
				name, _, _ = strings.Cut(name, "}")
				b[name] = sampleKey
				if strings.Contains(t.Text, "k=ed25519") {
					b[name] = sampleEd25519
				}
			}
		}
	}
	return b
}

// line writes a record that was made of a part of the pack.
func (s *sample) line(of any, format string, args ...any) {
	fmt.Fprintf(s, format+"\n", args...)
	s.made = append(s.made, of)
}

func (s *sample) value(v Value) string {
	text, _ := s.values.render(v)
	return text
}

// target returns a domain name with its final dot.
func (s *sample) target(v Value) string { return strings.TrimSuffix(s.value(v), ".") + "." }

// mail writes the MX, SPF and DMARC records, those of some other host where the
// pack has none.
func (s *sample) mail() {
	p := s.pack
	if p.MX == nil {
		s.line(nil, "@ IN MX 10 mx.example.net.")
	} else {
		for i := range p.MX.Records {
			x := &p.MX.Records[i]
			s.line(&x.Exchange, "@ IN MX %d %s", x.Preference, s.target(x.Exchange))
			s.address(s.target(x.Exchange))
		}
	}
	switch {
	case p.SPF == nil:
		s.line(nil, `@ IN TXT "v=spf1 ip4:192.0.2.25 -all"`)
	case p.SPF.Create != "":
		s.line(&p.SPF.Create, "@ IN TXT %s", textData(p.SPF.Create))
	default:
		text := "v=spf1"
		for _, v := range p.SPF.Terms {
			text += " " + s.value(v)
		}
		s.line(p.SPF, "@ IN TXT %s", textData(strings.TrimSpace(text+" "+p.SPF.All)))
	}
	switch m := p.DMARC; {
	case m != nil && m.CNAME != nil:
		s.line(m.CNAME, "_dmarc IN CNAME %s", s.target(*m.CNAME))
	case m != nil:
		s.line(&m.Create, "_dmarc IN TXT %s", textData(m.Create))
	case p.Kind != NoMail:
		s.line(nil, `_dmarc IN TXT "v=DMARC1; p=none"`)
	}
}

// textData returns a text as strings of a TXT record in a master file.
func textData(text string) string { return zone.NewTXT(sampleApex, 0, text).RData() }

// address gives an MX host in the zone an address, if the pack does not.
func (s *sample) address(host string) {
	name, own := strings.CutSuffix(host, ".example.com.")
	if own && !slices.ContainsFunc(s.pack.Records, func(r Record) bool { return s.value(r.Name) == name }) {
		s.line(nil, "%s IN A 192.0.2.2", name)
	}
}

func (s *sample) record(r *Record) {
	head := fmt.Sprintf("%s IN %s", s.value(r.Name), r.Type)
	switch {
	case r.Type == zone.TypeMX:
		s.line(r, "%s %d %s", head, r.Preference, s.target(*r.Target))
	case r.Type == zone.TypeSRV:
		s.line(r, "%s %d %d %d %s", head, r.Preference, r.Weight, r.Port, s.target(*r.Target))
	case r.Target != nil:
		s.line(r, "%s %s", head, s.target(*r.Target))
	case r.Text != nil:
		s.line(r, "%s %s", head, textData(s.value(*r.Text)))
	case len(r.Addresses) > 0:
		s.line(r, "%s %s", head, r.Addresses[0].Addr())
	default:
		s.line(r, "%s %s", head, s.value(*r.Data))
	}
}

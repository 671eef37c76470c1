package caa

import "strings"

// crowd is the number of records of a name beyond which no fix is offered that
// depends on the others.
const crowd = 32

// clashes reports whether a property, once it says what it seems to mean, would
// contradict another one of its name or say the same: then someone must decide
// which of them is to stay.
func (p *property) clashes() bool {
	if p.set == nil || len(p.set.properties) == 1 {
		return false
	}
	if len(p.set.properties) > crowd {
		return true
	}
	mine := p.intents()
	for i := range p.set.properties {
		other := &p.set.properties[i]
		if other.Loc == p.Loc && other.Data == p.Data {
			continue
		}
		for _, b := range other.intents() {
			for _, a := range mine {
				if a.contradicts(b) {
					return true
				}
			}
		}
	}
	return false
}

// intents are the properties that one is meant to be, without its mistakes:
// none if it is not of those that name an issuer.
func (p *property) intents() []*property {
	tag := p.tag
	if !p.known {
		tag = meant(tag)
	}
	values := []string{p.value}
	if len(ParseIssue(p.value).Faults) > 0 {
		if changes, _ := p.mend(); changes != nil {
			values = values[:0]
			for _, c := range changes {
				for _, r := range c.After {
					_, _, value, _ := r.CAA()
					values = append(values, value)
				}
			}
		}
	}
	var out []*property
	for _, value := range values {
		q := &property{tag: tag, value: value, issue: ParseIssue(value)}
		if !q.restricts() {
			return nil
		}
		if near := nearIssuer(q.issuer()); near != "" {
			q.value = q.replaced(q.issue.Issuer, near)
			q.issue = ParseIssue(q.value)
		}
		out = append(out, q)
	}
	return out
}

// contradicts reports whether two properties are not to stand side by side: one
// forbids and the other allows, or both allow the same CA on the same terms or
// one of them without any.
func (p *property) contradicts(o *property) bool {
	switch {
	case p.tag != o.tag:
		return false
	case p.issue.Issuer.Empty() || o.issue.Issuer.Empty():
		return true
	case !strings.EqualFold(p.issuer(), o.issuer()):
		return false
	}
	return len(p.issue.Parameters) == 0 || len(o.issue.Parameters) == 0 || p.meaning() == o.meaning()
}

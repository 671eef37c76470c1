package pack

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Pattern is a set of domain names: a name with all below it, or, where labels
// have "*" in them, the names with as many labels that match them from the left:
// mx*.ovh.net has mx1.ovh.net, and not a.mx1.ovh.net or vps1.ovh.net.
type Pattern struct {
	Text   string
	suffix zone.Name // without the labels of globs
	globs  []string  // the labels up to the last with "*", lower case
}

// UnmarshalText reads a Pattern.
func (p *Pattern) UnmarshalText(text []byte) error {
	s := strings.ToLower(strings.TrimSuffix(string(text), "."))
	p.Text = s
	if i := strings.IndexFunc(s, func(r rune) bool { return !hostRune(r) && r != '*' }); i >= 0 {
		return fmt.Errorf("no domain name: %q cannot stand in one", []rune(s[i:])[0])
	}
	labels := strings.Split(s, ".")
	last := -1
	for i, l := range labels {
		if strings.Contains(l, "*") {
			last = i
		}
	}
	if len(labels)-last-1 < 1 || last < 0 && len(labels) < 2 {
		return errors.New("too wide: at least two labels belong here, and the last without *")
	}
	p.globs = labels[:last+1]
	suffix, err := zone.ParseName(strings.Join(labels[last+1:], "."), zone.Root)
	if err != nil {
		return fmt.Errorf("no domain name: %w", err)
	}
	p.suffix = suffix
	return nil
}

// String returns the pattern as written, with a final dot.
func (p Pattern) String() string { return p.Text + "." }

// Matches reports whether a name is in the set.
func (p Pattern) Matches(name zone.Name) bool {
	if !name.Within(p.suffix) {
		return false
	}
	if len(p.globs) == 0 {
		return true
	}
	labels := name.Labels()
	labels = labels[:len(labels)-p.suffix.NumLabels()]
	if len(labels) != len(p.globs) {
		return false
	}
	for i, g := range p.globs {
		if !globMatches(g, labels[i]) {
			return false
		}
	}
	return true
}

// globMatches reports whether a label matches a glob, in which "*" is any
// number of octets.
func globMatches(glob, label string) bool {
	first, rest, star := strings.Cut(glob, "*")
	if !star {
		return glob == label
	}
	if !strings.HasPrefix(label, first) {
		return false
	}
	label = label[len(first):]
	for {
		middle, next, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(label, rest)
		}
		i := strings.Index(label, middle)
		if i < 0 {
			return false
		}
		label, rest = label[i+len(middle):], next
	}
}

func anyMatches(ps []Pattern, name zone.Name) bool {
	for i := range ps {
		if ps[i].Matches(name) {
			return true
		}
	}
	return false
}

// Network is a range of addresses, or a single one.
type Network struct{ netip.Prefix }

// UnmarshalText reads an address or a prefix.
func (n *Network) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		n.Prefix = netip.PrefixFrom(a, a.BitLen())
		return nil
	}
	p, err := netip.ParsePrefix(string(text))
	if err != nil || p.Masked() != p {
		return errors.New("no address and no network such as 192.0.2.0/24")
	}
	n.Prefix = p
	return nil
}

// String returns a single address without its length.
func (n Network) String() string {
	if n.IsSingleIP() {
		return n.Addr().String()
	}
	return n.Prefix.String()
}

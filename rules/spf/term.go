package spf

import (
	"net/netip"
	"strconv"
	"strings"
)

// Kind is the mechanism or modifier that a term is.
type Kind uint8

// The mechanisms (RFC 7208, section 5) and modifiers (section 6; RFC 6652,
// section 3).
const (
	Unknown Kind = iota // no mechanism and no modifier
	All
	Include
	A
	MX
	PTR
	IP4
	IP6
	Exists
	Redirect
	Exp
	ReportAddress    // ra=
	ReportPercentage // rp=
	RequestedReports // rr=
	OtherModifier    // any other name; receivers ignore it
)

// Mechanism reports whether the kind is a mechanism.
func (k Kind) Mechanism() bool { return All <= k && k <= Exists }

// Modifier reports whether the kind is a modifier.
func (k Kind) Modifier() bool { return k >= Redirect }

var kindNames = [...]string{"", "all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists", "redirect", "exp", "ra", "rp", "rr", ""}

// String returns the name in lower case, "" for Unknown and OtherModifier.
func (k Kind) String() string { return kindNames[k] }

// Qualifier is the result that a directive gives when it matches.
type Qualifier byte

// The qualifiers of RFC 7208, section 4.6.2. Modifiers have none.
const (
	Pass     Qualifier = '+'
	Fail     Qualifier = '-'
	SoftFail Qualifier = '~'
	Neutral  Qualifier = '?'
)

// Term is a directive or a modifier.
type Term struct {
	// From and To bound the term in Record.Text, without the blanks around it.
	From, To int
	Kind     Kind
	// Qualifier is that of a directive, Pass where none is written; 0 for
	// modifiers and for what is no term.
	Qualifier Qualifier
	// Faulty says that a fault of the record lies in this term; what else is
	// said here is then what was understood.
	Faulty bool
	// Name is the name of the mechanism or modifier as written.
	Name string
	// Domain is the domain-spec as written, the value of a modifier; "" where
	// none is given.
	Domain string
	// Addr is the address of ip4 and ip6.
	Addr netip.Addr
	// Bits4 and Bits6 are the prefix lengths, -1 where none is given. The one
	// of ip4 is Bits4, that of ip6 Bits6.
	Bits4, Bits6 int16
}

// String returns the term as it was understood, without the qualifier "+".
func (t Term) String() string {
	var b strings.Builder
	if t.Qualifier != 0 && t.Qualifier != Pass {
		b.WriteByte(byte(t.Qualifier))
	}
	b.WriteString(t.Name)
	switch {
	case t.Kind.Modifier():
		b.WriteString("=" + t.Domain)
	case t.Addr.IsValid():
		b.WriteString(":" + t.Addr.String())
	case t.Domain != "":
		b.WriteString(":" + t.Domain)
	}
	if t.Bits4 >= 0 {
		b.WriteString("/" + strconv.Itoa(int(t.Bits4)))
	}
	if t.Bits6 >= 0 {
		if t.Kind != IP6 {
			b.WriteByte('/')
		}
		b.WriteString("/" + strconv.Itoa(int(t.Bits6)))
	}
	return b.String()
}

// looksUp reports whether evaluating the term queries the DNS (RFC 7208,
// section 4.6.4).
func (t *Term) looksUp() bool {
	switch t.Kind {
	case Include, A, MX, PTR, Exists, Redirect:
		return true
	}
	return false
}

// key is equal for two directives or modifiers that match the same hosts or
// say the same: names of mechanisms and domains are compared without regard to
// case, but not what a macro expands, where upper case asks for URL escaping
// (RFC 7208, section 7.3).
func (t Term) key() string {
	t.Qualifier = 0
	t.Name = strings.ToLower(t.Name)
	if t.Kind != OtherModifier && !strings.Contains(t.Domain, "%") {
		t.Domain = strings.ToLower(strings.TrimSuffix(t.Domain, "."))
	}
	if t.Kind == IP4 && t.Bits4 == 32 {
		t.Bits4 = -1
	}
	if t.Kind == IP6 && t.Bits6 == 128 {
		t.Bits6 = -1
	}
	return t.String()
}

// mechanismKind returns the mechanism of a name, Unknown if there is none.
func mechanismKind(name string) Kind {
	k := Unknown
	switch len(name) {
	case 1:
		k = A
	case 2:
		k = MX
	case 3:
		switch {
		case name[2] == '4':
			k = IP4
		case name[2] == '6':
			k = IP6
		case name[0]|0x20 == 'a':
			k = All
		default:
			k = PTR
		}
	case 6:
		k = Exists
	case 7:
		k = Include
	}
	if k == Unknown || name != kindNames[k] && !strings.EqualFold(name, kindNames[k]) {
		return Unknown
	}
	return k
}

// modifierKind returns the modifier of a name.
func modifierKind(name string) Kind {
	for k := Redirect; k < OtherModifier; k++ {
		if len(name) == len(kindNames[k]) && strings.EqualFold(name, kindNames[k]) {
			return k
		}
	}
	return OtherModifier
}

package zone

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Name is an absolute domain name in wire format (RFC 1035, section 3.1): each
// label with its length octet before it, ended by the empty label, ASCII
// letters in lower case. The zero value "" is no name at all; the root is Root.
// Two names are the same owner exactly if they are ==.
type Name string

// Root is the name of the root zone.
const Root Name = "\x00"

// Limits of RFC 1035, section 2.3.4, in octets.
const (
	MaxLabel = 63
	MaxName  = 255
)

// What ParseName and AppendName report; test with errors.Is.
var (
	ErrNameEmpty  = errors.New("empty name")
	ErrLabelEmpty = errors.New("empty label: two dots in a row")
	ErrDotFirst   = errors.New("empty label: a dot at the start")
	ErrLabelLong  = errors.New("label of more than 63 octets")
	ErrNameLong   = errors.New("name of more than 255 octets")
	ErrEscape     = errors.New(`bad escape: a backslash takes three digits up to 255 or one other character`)
	ErrRelative   = errors.New("relative name without an origin")
)

// ParseName reads a name in presentation format (RFC 1035, section 5.1), with
// \X and \DDD escapes. "@" is origin; a name without a final dot is completed
// with origin, which may be "" where only absolute names are allowed.
func ParseName(s string, origin Name) (Name, error) {
	buf, err := AppendName(make([]byte, 0, len(s)+len(origin)+2), s, origin)
	if err != nil {
		return "", err
	}
	return Name(buf), nil
}

// MustName is ParseName for absolute names known to be good, with or without
// the final dot. It panics on a bad one.
func MustName(s string) Name {
	n, err := ParseName(s, Root)
	if err != nil {
		panic(fmt.Sprintf("zone: %q: %v", s, err))
	}
	return n
}

// AppendName appends the wire form of the name s, relative to origin, to buf:
// ParseName without an allocation, for readers of many records. On an error
// buf is returned as it was.
func AppendName[T string | []byte](buf []byte, s T, origin Name) ([]byte, error) {
	start := len(buf)
	if len(s) == 0 {
		return buf, ErrNameEmpty
	}
	if len(s) == 1 {
		switch s[0] {
		case '@':
			if origin == "" {
				return buf, ErrRelative
			}
			return append(buf, origin...), nil
		case '.':
			return append(buf, 0), nil
		}
	}
	// Room for all that can be written, so that the loop need not look for it: a
	// length octet for each dot and one more, and the origin.
	buf = slices.Grow(buf, len(s)+1+len(origin))
	w, end := buf[start:cap(buf)], 1
	length := 0 // where the length octet of the label at hand stands
	for i := 0; ; i++ {
		for ; i < len(s) && plain[s[i]] != 0; i++ {
			w[end] = plain[s[i]]
			end++
		}
		if i == len(s) {
			break
		}
		c := s[i]
		switch c {
		case '.':
			n := end - length - 1
			if i == 0 {
				return buf, ErrDotFirst
			}
			if n == 0 {
				return buf, ErrLabelEmpty
			}
			if n > MaxLabel {
				return buf, ErrLabelLong
			}
			w[length] = byte(n)
			length, c = end, 0
		case '\\':
			v, n := unescape(s[i:])
			if n == 0 {
				return buf, ErrEscape
			}
			if c = v; 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			i += n - 1
		}
		w[end] = c
		end++
	}
	if n := end - length - 1; n > 0 { // no final dot: relative
		if n > MaxLabel {
			return buf, ErrLabelLong
		}
		w[length] = byte(n)
		if origin == "" {
			return buf, ErrRelative
		}
		end += copy(w[end:], origin)
	}
	if end > MaxName {
		return buf, ErrNameLong
	}
	return buf[:start+end], nil
}

// plain gives the octets that stand for themselves in a name, with letters in
// lower case, and 0 for the others.
var plain = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	t['.'], t['\\'] = 0, 0
	return t
}()

// unescape reads one escape at the start of s and returns its octet and its
// length in s; a length of 0 says that it is malformed.
func unescape[T string | []byte](s T) (c byte, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	if !digit(s[1]) {
		return s[1], 2
	}
	if len(s) < 4 || !digit(s[2]) || !digit(s[3]) {
		return 0, 0
	}
	v := int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
	if v > 255 {
		return 0, 0
	}
	return byte(v), 4
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// String returns the name in presentation format with its final dot, escaped
// so that ParseName reads the same name from it. No name gives "".
func (n Name) String() string {
	if n == "" {
		return ""
	}
	if n == Root {
		return "."
	}
	var b strings.Builder
	b.Grow(len(n))
	n.write(&b, len(n)-1)
	return b.String()
}

// write puts the labels before the wire offset end into b, each with a dot
// behind it.
func (n Name) write(b *strings.Builder, end int) {
	for i := 0; i < end; {
		l := int(n[i])
		writeLabel(b, string(n[i+1:i+1+l]))
		b.WriteByte('.')
		i += l + 1
	}
}

// writeLabel escapes what has a meaning in a master file and what cannot be
// seen.
func writeLabel(b *strings.Builder, label string) {
	for i := 0; i < len(label); i++ {
		c := label[i]
		switch {
		case strings.IndexByte(`.;()"\@$`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c <= ' ' || c >= 0x7f:
			fmt.Fprintf(b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
}

// Relative returns the shortest presentation form of n under origin: "@" for
// origin itself, "www" below it, and the absolute form elsewhere.
func (n Name) Relative(origin Name) string {
	switch {
	case origin == "" || origin == Root:
		return n.String()
	case n == origin:
		return "@"
	case !n.Below(origin):
		return n.String()
	}
	var b strings.Builder
	n.write(&b, len(n)-len(origin))
	s := b.String()
	return s[:len(s)-1]
}

// Parent returns n without its first label; the parent of the root is "".
func (n Name) Parent() Name {
	if len(n) <= 1 {
		return ""
	}
	return n[int(n[0])+1:]
}

// Label returns the first label, unescaped; the root has none.
func (n Name) Label() string {
	if len(n) <= 1 {
		return ""
	}
	return string(n[1 : 1+int(n[0])])
}

// Labels returns the labels from left to right, unescaped.
func (n Name) Labels() []string {
	var ls []string
	for ; len(n) > 1; n = n.Parent() {
		ls = append(ls, n.Label())
	}
	return ls
}

// NumLabels counts the labels, without the root's empty one.
func (n Name) NumLabels() int {
	c := 0
	for ; len(n) > 1; n = n.Parent() {
		c++
	}
	return c
}

// Within reports whether n is ancestor or lies below it.
func (n Name) Within(ancestor Name) bool {
	if ancestor == "" || len(n) < len(ancestor) || n[len(n)-len(ancestor):] != ancestor {
		return false
	}
	// The tail must begin at a label, not inside one.
	end := len(n) - len(ancestor)
	i := 0
	for i < end {
		i += int(n[i]) + 1
	}
	return i == end
}

// Below reports whether n lies below ancestor and is not ancestor itself.
func (n Name) Below(ancestor Name) bool { return n != ancestor && n.Within(ancestor) }

// IsWildcard reports whether the first label is "*" (RFC 4592, section 2.1.1).
func (n Name) IsWildcard() bool { return strings.HasPrefix(string(n), "\x01*") }

// Child returns the name with the given labels, in presentation format and
// without a final dot ("_dmarc", "s1._domainkey"), put before n.
func (n Name) Child(labels string) (Name, error) {
	if n == Root {
		return ParseName(labels+".", "")
	}
	return ParseName(labels, n)
}

// Without returns n with suffix taken off and base put in its place. Both must
// end at a label; n must lie within suffix.
func (n Name) Without(suffix, base Name) Name {
	return n[:len(n)-len(suffix)] + base
}

package octodns

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// valueKind is what YAML takes a scalar for.
type valueKind uint8

const (
	textValue valueKind = iota
	nullValue
	boolValue
	intValue
	floatValue
	timeValue
	mergeKey
)

// The plain scalars that YAML 1.1 takes for something else than text
// (https://yaml.org/type/), in the form in which PyYAML has them.
var (
	intForm   = regexp.MustCompile(`^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	floatForm = regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	timeForm  = regexp.MustCompile(`^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$`)
)

// resolve returns what PyYAML makes of a scalar.
func (n *node) resolve() valueKind {
	switch n.tag {
	case "", "!!int", "!!float", "!!bool", "!!null", "!!timestamp":
	default:
		return textValue
	}
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if n.kind != scalar || n.tag == "" && n.style&quoted != 0 {
		return textValue
	}
	return resolvePlain(n.value)
}

// resolvePlain is resolve for the text of a plain scalar.
func resolvePlain(s string) valueKind {
	if s == "" {
		return nullValue
	}
	switch c := s[0]; {
	case c == '<' && s == "<<":
		return mergeKey
	case '0' <= c && c <= '9', c == '-', c == '+', c == '.':
		switch {
		case len(s) > 64:
		case intForm.MatchString(s):
			return intValue
		case floatForm.MatchString(s):
			return floatValue
		case timeForm.MatchString(s):
			return timeValue
		}
		return textValue
	}
	switch s {
	case "~", "null", "Null", "NULL":
		return nullValue
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return boolValue
	}
	return textValue
}

// isTrue reports whether Python takes the node for true.
func (n *node) isTrue() bool {
	switch {
	case n == nil:
		return false
	case n.kind != scalar:
		return len(n.kids) > 0
	}
	switch n.resolve() {
	case nullValue:
		return false
	case boolValue:
		return isYes(n.value)
	case intValue:
		i, ok := n.number()
		return !ok || i != 0
	}
	return n.value != ""
}

func isYes(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "true", "on":
		return true
	}
	return false
}

// number returns the integer that int() of Python makes of a scalar; ok is
// false if there is none or if it goes beyond 64 bits.
func (n *node) number() (int64, bool) {
	if n == nil || n.kind != scalar {
		return 0, false
	}
	switch n.resolve() {
	case intValue:
		i, ok := parseInt(n.value)
		return i.Int64(), ok && i.IsInt64()
	case textValue:
		i, err := strconv.ParseInt(strings.TrimSpace(n.value), 10, 64)
		return i, err == nil
	}
	return 0, false
}

// parseInt reads an integer of YAML 1.1.
func parseInt(s string) (*big.Int, bool) {
	s = strings.ReplaceAll(s, "_", "")
	digits := strings.TrimLeft(s, "+-")
	i, ok := new(big.Int), false
	switch {
	case strings.HasPrefix(digits, "0b"):
		i, ok = i.SetString(digits[2:], 2)
	case strings.HasPrefix(digits, "0x"):
		i, ok = i.SetString(digits[2:], 16)
	case len(digits) > 1 && digits[0] == '0':
		i, ok = i.SetString(digits[1:], 8)
	case strings.Contains(digits, ":"): // base 60
		ok = true
		for part := range strings.SplitSeq(digits, ":") {
			d, err := strconv.Atoi(part)
			ok = ok && err == nil
			i.Add(i.Mul(i, big.NewInt(60)), big.NewInt(int64(d)))
		}
	default:
		i, ok = i.SetString(digits, 10)
	}
	if !ok {
		return new(big.Int), false
	}
	if strings.HasPrefix(s, "-") {
		i.Neg(i)
	}
	return i, true
}

// str returns what str() of Python makes of a scalar, which is how octoDNS
// reads an owner.
func (n *node) str() string {
	switch n.resolve() {
	case nullValue:
		return "None"
	case boolValue:
		if isYes(n.value) {
			return "True"
		}
		return "False"
	case intValue:
		if i, ok := parseInt(n.value); ok {
			return i.String()
		}
	case floatValue:
		if f, err := strconv.ParseFloat(strings.ReplaceAll(n.value, "_", ""), 64); err == nil {
			s := strconv.FormatFloat(f, 'f', -1, 64)
			if !strings.Contains(s, ".") {
				s += ".0"
			}
			return s
		}
	}
	return n.value
}

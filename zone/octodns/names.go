package octodns

import (
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/zonelint/zonelint/zone"
)

// labels maps internationalized labels as IDNA 2008 does (RFC 5891, section 5).
// The labels of mail, which have underscores, are in ASCII and pass it by.
var labels = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// toASCII returns a name in the form that stands in the DNS: octoDNS takes names
// in Unicode too.
func toASCII(s string) (string, error) {
	if ascii(s) {
		return s, nil
	}
	parts := strings.Split(s, ".")
	for i, p := range parts {
		if ascii(p) {
			continue
		}
		a, err := labels.ToASCII(p)
		if err != nil {
			return "", err
		}
		parts[i] = a
	}
	return strings.Join(parts, "."), nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// ZoneOfFile returns the zone that the name of a file tells: example.com.yaml,
// $example.com.yaml, or any file in a folder example.com. or
// example.com.<extension>; "" if it tells none.
func ZoneOfFile(name string) zone.Name {
	name = strings.ReplaceAll(name, `\`, "/")
	if z := ZoneOfFolder(path.Dir(name)); z != "" {
		return z
	}
	base, ok := strings.CutSuffix(path.Base(name), "yaml")
	if !ok {
		return ""
	}
	return zoneName(strings.TrimPrefix(base, "$"))
}

// ZoneOfFolder returns the zone that a folder of files is, by its name with a
// final dot (octoDNS's split_extension "."); "" if it is none.
func ZoneOfFolder(name string) zone.Name {
	return zoneName(path.Base(strings.ReplaceAll(name, `\`, "/")))
}

// zoneName reads the name of a zone, which has a dot within and one behind it.
func zoneName(s string) zone.Name {
	a, err := toASCII(s)
	if err != nil || !strings.HasSuffix(a, ".") || strings.Count(a, ".") < 2 || strings.ContainsAny(a, "\\/ ") {
		return ""
	}
	n, err := zone.ParseName(a, "")
	if err != nil {
		return ""
	}
	return n
}

package masterfile

import (
	"errors"
	"path"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// findOrigin returns the origin that a file begins with.
func findOrigin(name string, src []byte, given zone.Name) (zone.Name, error) {
	if given != "" {
		return given, nil
	}
	if o := writtenOrigin(src); o != "" {
		return o, nil
	}
	if o := OriginOfFile(name); o != "" {
		return o, nil
	}
	return "", ErrNoOrigin
}

// writtenOrigin returns the origin that the file itself gives before it needs
// one: an absolute $ORIGIN, or the absolute owner of an SOA record.
func writtenOrigin(src []byte) zone.Name {
	s := scanner{src: src}
	var few [16]token
	e := entry{toks: few[:0]}
	for {
		f, ok := s.scan(&e)
		if !ok || s.unclosed > maxUnclosed {
			return ""
		}
		if f != nil || e.blank {
			continue
		}
		if !e.owned {
			return ""
		}
		w := e.toks[0].text(src)
		switch {
		case w[0] == '$':
			if len(e.toks) > 1 && strings.EqualFold(view(w), "$ORIGIN") {
				o, err := zone.ParseName(string(e.toks[1].bare(src)), "")
				if err != nil {
					return ""
				}
				return o
			}
		default:
			o, err := zone.ParseName(string(w), "")
			if errors.Is(err, zone.ErrRelative) {
				return ""
			}
			if h, f := e.head(src); err == nil && f == nil && h.typeValue == zone.TypeSOA {
				return o
			}
		}
	}
}

// OriginOfFile returns the origin that the name of a file tells, such as
// example.com.zone, db.example.com or example.com; "" if that is not a domain
// name.
func OriginOfFile(name string) zone.Name {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	base = strings.TrimPrefix(base, "db.")
	for cut := true; cut; {
		cut = false
		for _, ext := range []string{".zone", ".db", ".txt", ".hosts", ".dns", ".signed"} {
			if s, ok := strings.CutSuffix(base, ext); ok {
				base, cut = s, true
			}
		}
	}
	base = strings.TrimSuffix(base, ".")
	labels := strings.Split(base, ".")
	if len(labels) < 2 {
		return ""
	}
	switch last := labels[len(labels)-1]; last {
	case "conf", "bak", "old", "orig", "md", "json", "yaml", "yml", "cfg", "log", "inc", "tmp", "new", "patch", "diff":
		return ""
	default:
		if strings.Trim(last, "0123456789") == "" {
			return ""
		}
	}
	for _, l := range labels {
		if l == "" {
			return ""
		}
	}
	for i := range len(base) {
		c := base[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return ""
		}
	}
	o, err := zone.ParseName(base+".", "")
	if err != nil {
		return ""
	}
	return o
}

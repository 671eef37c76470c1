package masterfile

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// maxGenerated bounds the octets that $GENERATE may make of one zone: a hundred
// thousand records can have 65,535 each.
const maxGenerated = 64 << 20

// generate makes the records of a $GENERATE, which BIND has beyond RFC 1035:
//
//	$GENERATE start-stop[/step] lhs [ttl] [class] type rhs
//
// In lhs and rhs a dollar sign stands for the number; ${offset,width,base} is
// it with an offset, padded to a width, in the base d, o, x, X, or as nibbles n
// or N. $$ and \$ are a dollar sign.
func (p *parser) generate(e *entry) *fault {
	src := p.scan.src
	if p.originLost {
		return nil
	}
	if len(e.toks) < 5 {
		return faultAt(e.toks[0], "$GENERATE is followed by a range, an owner, a type and data, as in: $GENERATE 1-9 host-$ A 192.0.2.$")
	}
	start, stop, step, f := generateRange(src, e.toks[1])
	if f != nil {
		return f
	}
	if made := (stop-start)/step + 1; made > uint64(p.opts.Limits.Generate-p.generated) {
		p.complete = false
		p.fault(zone.ProblemLimit, faultAt(e.toks[1], "This $GENERATE makes %d records, and all together may make %d here (--max-generate), so it was left out.", made, p.opts.Limits.Generate))
		return nil
	}
	if stop > math.MaxInt32 {
		return faultAt(e.toks[1], "%s is no range: BIND takes numbers up to 2147483647.", quote(e.toks[1].text(src)))
	}
	// Behind the owner comes what stands behind the owner of any record.
	rest := entry{toks: e.toks[2:], owned: true}
	h, f := rest.head(src)
	if f != nil {
		return f
	}
	switch class := h.classValue; {
	case e.open >= 0:
		return &fault{e.open, e.open + 1, "$GENERATE stands on one line without parentheses; name servers refuse the zone."}
	case rest.toks[0].quoted(src):
		return unquotedName(src, rest.toks[0])
	case h.typeValue == zone.TypeSOA:
		return faultAt(rest.toks[h.typ], "$GENERATE cannot make SOA records: a zone has one.")
	case h.class >= 0 && p.class != 0 && class != p.class:
		return p.wrongClass(rest.toks[h.class], class)
	case h.class >= 0:
		p.class = class
	}
	rhs := rest.toks[h.rdata:]
	if len(rhs) == 0 {
		return faultAt(rest.toks[h.typ], "$GENERATE ends with the data of the records; they are missing.")
	}
	p.class = max(p.class, zone.ClassIN)
	ttl, known := p.ttl(&rest, &h)
	notes := zone.Generated
	if !known {
		notes |= zone.NoTTL
	}
	var line []byte
	var made entry
	for i := start; ; i += step {
		p.generated++
		line = append(line[:0], "- "...) // an owner that is not looked at
		var bad token
		ok := true
		name := []byte(nil)
		if name, ok = substitute(nil, rest.toks[0].bare(src), i); !ok {
			bad = rest.toks[0]
		}
		for _, t := range rhs {
			if !ok {
				break
			}
			// BIND takes one word or quoted string as the whole data, which are
			// then read like any others. With several words each stays what it
			// is, as PowerDNS has it.
			w := t.text(src)
			if len(rhs) == 1 && t.quoted(src) {
				w = bytes.ReplaceAll(t.bare(src), []byte(`\"`), []byte{'"'})
			}
			if line, ok = substitute(line, w, i); !ok {
				bad = t
			}
			line = append(line, ' ')
		}
		if !ok {
			return faultAt(bad, "%s has a malformed ${...}: that is ${offset,width,base} with a base of d, o, x, X, n or N.", quote(bad.text(src)))
		}
		s := scanner{src: line}
		if f, _ := s.scan(&made); f != nil || len(made.toks) < 2 {
			return faultAt(rhs[0], "With the number %d these are no record data.", i)
		}
		data, n, f := p.rdata.read(line, made.toks[1:], h.typeValue, p.origin, made.toks[0])
		if f != nil {
			return &fault{int(rhs[0].start), int(rhs[len(rhs)-1].end), fmt.Sprintf("With the number %d: %s", i, f.message)}
		}
		buf, err := zone.AppendName(p.nameBuf[:0], name, p.origin)
		p.nameBuf = buf
		if err != nil {
			return nameFault(rest.toks[0], name, err)
		}
		if n&zone.LongString != 0 && notes&zone.LongString == 0 {
			notes |= zone.LongString
			p.fault(zone.ProblemLongString, &fault{int(rhs[0].start), int(rhs[len(rhs)-1].end), "This makes a string of more than 255 octets, which is the most that a character-string holds: name servers refuse the zone or cut the text."})
		}
		if p.generatedOctets += len(buf) + len(data); p.generatedOctets > maxGenerated {
			p.complete = false
			p.fault(zone.ProblemLimit, faultAt(e.toks[0], "All $GENERATE together make more than %d octets of data; the rest was left out.", maxGenerated))
			return nil
		}
		p.add(zone.Raw{
			Node: p.builder.Node(buf), Type: h.typeValue, Class: p.class, TTL: ttl, Data: data,
			Notes: notes | n&^zone.Unquoted, File: uint16(p.index), Offset: uint32(e.start),
		})
		if p.stopped || stop-i < step {
			if len(rhs) > 1 {
				p.fault(zone.ProblemDialect, &fault{int(rhs[0].start), int(rhs[len(rhs)-1].end), "The data of this $GENERATE are several words, as PowerDNS takes them; BIND takes one and refuses the zone. Put them in quotes."})
			}
			return nil
		}
	}
}

func generateRange(src []byte, t token) (start, stop, step uint64, f *fault) {
	w := string(t.text(src))
	bad := faultAt(t, "%s is no range: that is start-stop or start-stop/step, with start not above stop and a step from 1.", quote([]byte(w)))
	span, by, stepped := strings.Cut(w, "/")
	a, b, ok := strings.Cut(span, "-")
	start, ok1 := parseUint([]byte(a), math.MaxUint32)
	stop, ok2 := parseUint([]byte(b), math.MaxUint32)
	step = 1
	ok3 := true
	if stepped {
		step, ok3 = parseUint([]byte(by), math.MaxUint32)
	}
	if !ok || !ok1 || !ok2 || !ok3 || step == 0 || start > stop {
		return 0, 0, 0, bad
	}
	return start, stop, step, nil
}

// substitute appends w with the number put in place of each dollar sign.
func substitute(out, w []byte, n uint64) ([]byte, bool) {
	for i := 0; i < len(w); i++ {
		switch {
		case w[i] == '\\' && i+1 < len(w) && w[i+1] == '$':
			i++
			out = append(out, '$')
		case w[i] == '\\' && i+1 < len(w):
			out = append(out, w[i], w[i+1])
			i++
		case w[i] != '$':
			out = append(out, w[i])
		case i+1 < len(w) && w[i+1] == '$':
			i++
			out = append(out, '$')
		case i+1 < len(w) && w[i+1] == '{':
			end := strings.IndexByte(string(w[i:]), '}')
			if end < 0 {
				return out, false
			}
			s, ok := modified(string(w[i+2:i+end]), n)
			if !ok {
				return out, false
			}
			out = append(out, s...)
			i += end
		default:
			out = strconv.AppendUint(out, n, 10)
		}
	}
	return out, true
}

// modified renders a number as ${offset,width,base} says.
func modified(spec string, n uint64) (string, bool) {
	parts := strings.Split(spec, ",")
	if len(parts) > 3 {
		return "", false
	}
	offset, err := strconv.ParseInt(strings.TrimLeft(parts[0], " "), 10, 32)
	if err != nil {
		return "", false
	}
	width := uint64(0)
	if len(parts) > 1 {
		const most = 127 // as in BIND
		var ok bool
		if width, ok = parseUint([]byte(strings.TrimLeft(parts[1], " ")), most); !ok {
			return "", false
		}
	}
	base := "d"
	if len(parts) > 2 {
		base = parts[2]
	}
	v := int64(n) + offset
	if v > math.MaxInt32 {
		return "", false
	}
	u := uint32(v) // a negative number is written as its 32 bits
	switch base {
	case "d":
		return fmt.Sprintf("%0*d", int(width), v), true
	case "o":
		return fmt.Sprintf("%0*o", int(width), u), true
	case "x":
		return fmt.Sprintf("%0*x", int(width), u), true
	case "X":
		return fmt.Sprintf("%0*X", int(width), u), true
	case "n", "N":
		return nibbles(u, int(width), base == "N"), true
	}
	return "", false
}

// nibbles writes a number in hexadecimal digits from the lowest, a dot between
// them; the width counts the dots too, as in BIND.
func nibbles(v uint32, width int, upper bool) string {
	digits := "0123456789abcdef"
	if upper {
		digits = "0123456789ABCDEF"
	}
	var b strings.Builder
	for {
		b.WriteByte(digits[v&15])
		v >>= 4
		width--
		if width <= 0 && v == 0 {
			return b.String()
		}
		b.WriteByte('.')
		width--
		if width <= 0 && v == 0 {
			return b.String()
		}
	}
}

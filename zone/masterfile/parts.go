package masterfile

import (
	"bytes"
	"runtime"
	"strings"
	"sync"

	"github.com/zonelint/zonelint/zone"
)

// partSize is the least octets of a file that are worth a goroutine.
const partSize = 2 << 20

// part is a stretch of a file that begins at an entry of its own owner, with
// the state in which it was taken to begin.
type part struct {
	start, end int
	origin     zone.Name
	ttl        uint32
}

// readParts reads a large file on several processors: it cuts the file at
// lines that look like the start of a record, guesses the $ORIGIN and $TTL in
// force there, and reads the parts side by side. When all are done, each guess
// is compared with the state that the part before it really ended in. If one
// was wrong, nothing is kept and false is returned, so that the result never
// depends on a guess.
func (p *parser) readParts() bool {
	src := p.source.files[0].src
	n := min(runtime.GOMAXPROCS(0), len(src)/partSize)
	if n < 2 || mentions(src, "$INCLUDE", "$GENERATE") {
		return false
	}
	parts := split(src, n, p.first)
	if len(parts) < 2 {
		return false
	}
	estimates := make([]int, len(parts))
	for i, pt := range parts {
		estimates[i] = estimate(src[pt.start:pt.end])
	}
	builders := zone.Split(estimates)
	parsers := make([]*parser, len(parts))
	var wg sync.WaitGroup
	for i, pt := range parts {
		q := *p
		q.builder = builders.Builders[i]
		if i > 0 {
			q.rdata, q.nameBuf, q.spare = rdataReader{}, nil, nil
			q.ttls.defaultTTL, q.ttls.hasDefault = pt.ttl, true
		}
		parsers[i] = &q
		wg.Go(func() {
			q.origin = pt.origin
			q.scan = scanner{src: src[:pt.end], pos: pt.start}
			q.entries()
		})
	}
	wg.Wait()
	if !p.guessed(parts, parsers) {
		return false
	}
	p.builder = builders.Join()
	p.builder.SetSource(p.source)
	for _, q := range parsers {
		p.problems = append(p.problems, q.problems...)
		p.complete = p.complete && q.complete
		if p.apex == "" {
			p.apex = q.apex
		}
	}
	p.class = parsers[0].class
	return true
}

// guessed reports whether every part was read as it would have been behind the
// one before it.
func (p *parser) guessed(parts []part, parsers []*parser) bool {
	records := 0
	for i, q := range parsers {
		records += q.builder.Len()
		if q.scan.unclosed > 0 || q.stopped || q.class != 0 && q.class != parsers[0].class {
			return false
		}
		if i+1 == len(parsers) {
			break
		}
		if next := parts[i+1]; q.origin != next.origin || q.originLost || !q.ttls.hasDefault || q.ttls.defaultTTL != next.ttl {
			return false
		}
	}
	return records <= p.opts.Limits.Records
}

// split cuts a file into about n parts of like size.
func split(src []byte, n int, origin zone.Name) []part {
	parts := []part{{start: 0, origin: origin}}
	for i := 1; i < n; i++ {
		at := recordStart(src, len(src)/n*i)
		if at < 0 {
			continue
		}
		o, ok := originBefore(src, at, origin, 8)
		ttl, known := ttlBefore(src, at)
		if !ok || !known {
			continue
		}
		parts = append(parts, part{start: at, origin: o, ttl: ttl})
	}
	for i := range parts {
		parts[i].end = len(src)
		if i+1 < len(parts) {
			parts[i].end = parts[i+1].start
		}
	}
	return parts
}

// recordStart returns the next line at or behind i that looks like the start
// of a record with an owner; -1 if there is none near.
func recordStart(src []byte, i int) int {
	const near = 1 << 16
	for limit := min(i+near, len(src)); i < limit; {
		nl := bytes.IndexByte(src[i:limit], '\n')
		if nl < 0 {
			return -1
		}
		i += nl + 1
		// A backslash before the line end could be part of a quoted string.
		before := bytes.TrimSuffix(src[:i-1], []byte{'\r'})
		if i < len(src) && classes[src[i]] == cWord && src[i] != '$' && !bytes.HasSuffix(before, []byte{'\\'}) {
			return i
		}
	}
	return -1
}

// lastDirective returns the first argument of the last line before an offset
// that begins with the directive, and where that line starts.
func lastDirective(src []byte, before int, directive string) (arg []byte, at int) {
	at = bytes.LastIndex(src[:before], []byte("\n"+directive))
	switch {
	case at >= 0:
		at++
	case bytes.HasPrefix(src, []byte(directive)):
		at = 0
	default:
		return nil, -1
	}
	rest := src[at+len(directive) : lineEnd(src, at)]
	if len(rest) == 0 || classes[rest[0]] != cBlank {
		return nil, -1
	}
	rest = bytes.TrimLeft(rest, " \t")
	return rest[:wordEnd(rest, 0)], at
}

// originBefore guesses the origin in force at an offset; a relative $ORIGIN
// leads to the one before it, at most depth times.
func originBefore(src []byte, before int, first zone.Name, depth int) (zone.Name, bool) {
	arg, at := lastDirective(src, before, "$ORIGIN")
	if at < 0 {
		return first, true
	}
	outer := zone.Name("")
	if !bytes.HasSuffix(arg, []byte{'.'}) {
		var ok bool
		if depth == 0 {
			return "", false
		}
		if outer, ok = originBefore(src, at, first, depth-1); !ok {
			return "", false
		}
	}
	n, err := zone.ParseName(string(arg), outer)
	return n, err == nil
}

func ttlBefore(src []byte, before int) (uint32, bool) {
	arg, at := lastDirective(src, before, "$TTL")
	if at < 0 {
		return 0, false
	}
	return parseTTL(arg)
}

// mentions reports whether one of the directives may stand in a file.
func mentions(src []byte, directives ...string) bool {
	for {
		i := bytes.IndexByte(src, '$')
		if i < 0 {
			return false
		}
		src = src[i:]
		for _, d := range directives {
			if len(src) >= len(d) && strings.EqualFold(view(src[:len(d)]), d) {
				return true
			}
		}
		src = src[1:]
	}
}

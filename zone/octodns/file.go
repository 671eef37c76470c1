package octodns

import (
	"bytes"
	"slices"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/zonelint/zonelint/zone"
)

// file is one YAML file.
type file struct {
	name     string // as shown
	path     string // within Options.Root; "" if it is not known there
	src      []byte
	provider Provider
	include  bool       // read by !include rather than for itself
	shared   bool       // part of other zones too (shared_filename)
	from     int        // index of the file that includes it, -1 if none does
	way      Semicolons // that its texts show, where the provider does not say it

	parsed bool  // of an included file: root is there
	root   *node // nil if it holds nothing

	once   sync.Once
	breaks []uint32 // offsets of the line starts as YAML counts lines
	lines  []uint32 // offsets of the line starts as editors do

	commentsOnce sync.Once
	remarks      []remark
}

func (f *file) index() {
	f.once.Do(func() {
		first := uint32(0)
		if bytes.HasPrefix(f.src, bom) {
			first = uint32(len(bom))
		}
		n := bytes.Count(f.src, []byte{'\n'}) + 1
		f.breaks = append(make([]uint32, 0, n), first)
		same := true
		for i := int(first); i < len(f.src); i++ {
			switch c := f.src[i]; {
			case c == '\n', c == '\r' && (i+1 == len(f.src) || f.src[i+1] != '\n'):
				f.breaks = append(f.breaks, uint32(i+1))
			case c == 0xc2 && bytes.HasPrefix(f.src[i:], []byte("\u0085")):
				f.breaks, same = append(f.breaks, uint32(i+2)), false
			case c == 0xe2 && (bytes.HasPrefix(f.src[i:], []byte("\u2028")) || bytes.HasPrefix(f.src[i:], []byte("\u2029"))):
				f.breaks, same = append(f.breaks, uint32(i+3)), false
			case c == '\r':
			}
			if f.src[i] == '\r' && i+1 < len(f.src) && f.src[i+1] != '\n' {
				same = false
			}
		}
		f.lines = f.breaks
		if !same {
			f.lines = []uint32{first}
			for i := int(first); i < len(f.src); i++ {
				if f.src[i] == '\n' {
					f.lines = append(f.lines, uint32(i+1))
				}
			}
		}
	})
}

// lineStart returns the offset of a line as YAML counts them, from 1.
func (f *file) lineStart(line int) int {
	f.index()
	if line < 1 {
		line = 1
	}
	if line > len(f.breaks) {
		return len(f.src)
	}
	return int(f.breaks[line-1])
}

// at returns the offset of a line and column as YAML counts them.
func (f *file) at(line, column int) int {
	at := f.lineStart(line)
	for ; column > 1 && at < len(f.src); column-- {
		_, size := utf8.DecodeRune(f.src[at:])
		at += size
	}
	return at
}

// position returns the line and column of an offset.
func (f *file) position(offset int) zone.Position {
	f.index()
	offset = min(max(offset, int(f.lines[0])), len(f.src))
	i, exact := slices.BinarySearch(f.lines, uint32(offset))
	if !exact {
		i--
	}
	i = max(i, 0)
	return zone.Position{Offset: offset, Line: i + 1, Column: offset - int(f.lines[i]) + 1}
}

func (f *file) span(start, end int) zone.Span {
	return zone.Span{File: f.name, Start: f.position(start), End: f.position(max(start, end))}
}

// point is the span of the line from an offset on.
func (f *file) point(at int) zone.Span {
	at = min(at, len(f.src))
	end := len(f.src)
	if n := bytes.IndexAny(f.src[at:], "\r\n"); n >= 0 {
		end = at + n
	}
	return f.span(at, end)
}

// view returns b as a string without a copy; the source does not change while
// it is read.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

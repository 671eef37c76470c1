package jsontree

import (
	"bytes"

	"github.com/zonelint/zonelint/zone"
)

// blockSize is how many octets lie between two places whose line is remembered:
// a table of all lines could be larger than the text.
const blockSize = 16 << 10

// block is what is known of the place where a block of the text begins.
type block struct {
	line  uint32 // from 0
	start uint32 // of that line
}

// position returns the line and column of an offset. A byte order mark counts
// for no column.
func (d *Doc) position(offset uint32) zone.Position {
	d.once.Do(func() {
		var b block
		if bytes.HasPrefix(d.src, []byte(bom)) {
			b.start = uint32(len(bom))
		}
		for at := 0; at <= len(d.src); at += blockSize {
			d.blocks = append(d.blocks, b)
			b = d.lines(b, uint32(at), uint32(min(at+blockSize, len(d.src))))
		}
	})
	at := offset / blockSize
	b := d.lines(d.blocks[at], at*blockSize, offset)
	column := 1
	if offset > b.start {
		column += int(offset - b.start)
	}
	return zone.Position{Offset: int(offset), Line: int(b.line) + 1, Column: column}
}

// lines goes on from b over the octets from from to to.
func (d *Doc) lines(b block, from, to uint32) block {
	part := d.src[from:to]
	if n := bytes.Count(part, []byte{'\n'}); n > 0 {
		b.line += uint32(n)
		b.start = from + uint32(bytes.LastIndexByte(part, '\n')) + 1
	}
	return b
}

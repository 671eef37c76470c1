package report

import (
	"strings"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// maxColumn is how far into a line its characters are counted; a line may be a
// gigabyte long.
const maxColumn = 64 << 10

// utf16Column returns the column of a position in UTF-16 code units, from 1.
// Where the line is not at hand or too long, it is that in octets.
func utf16Column(src zone.Source, file string, at zone.Position) int {
	if src == nil || at.Column <= 1 || at.Column > maxColumn {
		return at.Column
	}
	text := src.Text(file)
	begin := at.Offset - (at.Column - 1)
	if begin < 0 || at.Offset > len(text) {
		return at.Column
	}
	column := 1
	for line := text[begin:at.Offset]; len(line) > 0; {
		r, n := utf8.DecodeRune(line)
		if column++; r > 0xffff {
			column++ // a surrogate pair
		}
		line = line[n:]
	}
	return column
}

// inWords says where a finding is that is in no file.
func inWords(f rules.Finding) string {
	where := zoneName(f.Name)
	if f.Type != 0 {
		where += " " + f.Type.String()
	}
	return where
}

// zoneName is a name as people write it where nothing else can be meant,
// without its final dot.
func zoneName(n zone.Name) string {
	if n == zone.Root {
		return "."
	}
	return strings.TrimSuffix(n.String(), ".")
}

// addressed is the message of a finding, with what its source calls the place
// before it.
func addressed(f rules.Finding) string {
	if f.Span.Address != "" {
		return f.Span.Address + ": " + f.Message
	}
	return f.Message
}

// titled is the message of a finding; where a line of a file does not tell what
// it is about, with that before it.
func titled(f rules.Finding) string {
	switch {
	case f.Span.Address != "":
		return addressed(f)
	case f.Span.File != "" || f.Name == "":
		return f.Message
	}
	return inWords(f) + ": " + f.Message
}

// referenceURL returns the address of what a rule rests on: "RFC 7208, section
// 4.5", a draft, a page, or something that comes with zonelint.
func referenceURL(ref string) string {
	doc, section, _ := strings.Cut(ref, ", section ")
	switch {
	case strings.HasPrefix(ref, "https://"):
		return ref
	case strings.HasPrefix(doc, "RFC "):
		doc = "rfc" + strings.TrimPrefix(doc, "RFC ")
	case !strings.HasPrefix(doc, "draft-"):
		return homepage + "#readme"
	}
	url := "https://datatracker.ietf.org/doc/html/" + doc
	if section != "" {
		url += "#section-" + section
	}
	return url
}

// homepage is where zonelint is at home.
const homepage = "https://github.com/zonelint/zonelint"

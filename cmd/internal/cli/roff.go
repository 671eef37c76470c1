package cli

import (
	"fmt"
	"regexp"
	"strings"
)

// roff makes a manual page in the man(7) macros, which every man program reads.
type roff struct{ b strings.Builder }

// macro writes a request with arguments of plain text.
func (r *roff) macro(name string, args ...string) {
	r.b.WriteString("." + name)
	for _, arg := range args {
		r.b.WriteString(` "` + roffEscape(arg) + `"`)
	}
	r.b.WriteByte('\n')
}

// section begins a section and subsection a part of one.
func (r *roff) section(title string)    { r.macro("SH", strings.ToUpper(title)) }
func (r *roff) subsection(title string) { r.macro("SS", title) }

// text writes a text with blank lines between its paragraphs; one whose lines
// begin with blanks keeps its lines, as in fill.
func (r *roff) text(s string) {
	for i, para := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if strings.HasPrefix(para, " ") {
			r.example(para)
			continue
		}
		if i > 0 {
			r.macro("PP")
		}
		r.paragraph(para)
	}
}

// sentenceEnd is where a sentence ends: roff wants the next on a line of its
// own, to set the blank between them.
var sentenceEnd = regexp.MustCompile(`([.?!])\s+([A-Z"])`)

// paragraph writes a text in lines of a length that can be read in the source.
func (r *roff) paragraph(s string) {
	const most = 78
	s = sentenceEnd.ReplaceAllString(strings.Join(strings.Fields(s), " "), "$1\n$2")
	for sentence := range strings.SplitSeq(s, "\n") {
		line := ""
		for word := range strings.FieldsSeq(sentence) {
			word = roffEscape(word)
			if strings.Contains(word, "://") { // may be broken behind a slash
				word = strings.ReplaceAll(word, "/", `/\:`)
			}
			if line != "" && len(line)+1+len(word) > most {
				r.line(line)
				line = ""
			}
			line = strings.TrimLeft(line+" "+word, " ")
		}
		r.line(line)
	}
}

// line writes a line of roff, and keeps one that begins with a dot from being
// taken for a request. None begins with "'", the other character that makes one:
// roffEscape has another way to write it.
func (r *roff) line(s string) {
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	r.b.WriteString(s + "\n")
}

// example writes lines as they are, indented.
func (r *roff) example(s string) {
	r.macro("PP")
	r.macro("RS", "4")
	r.macro("nf")
	for line := range strings.SplitSeq(s, "\n") {
		r.line(roffEscape(strings.TrimPrefix(line, "  ")))
	}
	r.macro("fi")
	r.macro("RE")
}

// item writes a term, which is roff already, and what is said of it.
func (r *roff) item(term, text string) {
	r.macro("TP")
	r.line(term)
	r.paragraph(text)
}

// bold and italic set a word of plain text.
func bold(s string) string   { return `\fB` + roffEscape(s) + `\fR` }
func italic(s string) string { return `\fI` + roffEscape(s) + `\fR` }

// placeholder is a word that stands for a value, as in [FILE|DIR]...
var placeholder = regexp.MustCompile(`[A-Z][A-Z0-9_-]+|[^A-Z]+|[A-Z]`)

// placeholders sets what stands for a value in italics and the rest as it is.
func placeholders(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(part string) string {
		if part[0] >= 'A' && part[0] <= 'Z' {
			return italic(part)
		}
		return roffEscape(part)
	})
}

// roffSpecial are the characters that roff would take for its own, or print as
// another one that cannot be copied into a shell.
var roffSpecial = strings.NewReplacer(
	`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, `"`, `\(dq`, "^", `\(ha`, "~", `\(ti`,
)

// roffEscape makes plain text of a line, in ASCII.
func roffEscape(s string) string {
	var b strings.Builder
	for _, c := range roffSpecial.Replace(s) {
		switch {
		case c == '\t':
			b.WriteByte(' ')
		case c < ' ' || c == 0x7f:
		case c > '~':
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

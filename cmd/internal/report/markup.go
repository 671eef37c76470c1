package report

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// markup writes elements of XML whose texts may be of unknown origin: what
// cannot be seen is escaped as on a terminal, so that only characters are left
// that XML 1.0 allows.
type markup struct{ buf []byte }

// open begins an element; its attributes are names and values by turns.
func (m *markup) open(indent, name string, attributes ...string) {
	m.start(indent, name, attributes)
	m.buf = append(m.buf, ">\n"...)
}

// empty is an element without content.
func (m *markup) empty(indent, name string, attributes ...string) {
	m.start(indent, name, attributes)
	m.buf = append(m.buf, "/>\n"...)
}

// text is an element that holds a text of lines.
func (m *markup) text(indent, name string, lines []string, attributes ...string) {
	m.start(indent, name, attributes)
	m.buf = append(m.buf, '>')
	for i, line := range lines {
		if i > 0 {
			m.buf = append(m.buf, '\n')
		}
		m.foreign(line)
	}
	m.buf = append(m.buf, "</"+name+">\n"...)
}

func (m *markup) close(indent, name string) {
	m.buf = append(m.buf, indent+"</"+name+">\n"...)
}

func (m *markup) start(indent, name string, attributes []string) {
	m.buf = append(m.buf, indent+"<"+name...)
	for i := 0; i+1 < len(attributes); i += 2 {
		m.buf = append(m.buf, " "+attributes[i]+`="`...)
		m.foreign(attributes[i+1])
		m.buf = append(m.buf, '"')
	}
}

// foreign appends a text in which nothing is markup.
func (m *markup) foreign(s string) {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(Escape(s))) // a Buffer takes everything
	m.buf = append(m.buf, b.Bytes()...)
}

func number(n int) string { return strconv.Itoa(n) }

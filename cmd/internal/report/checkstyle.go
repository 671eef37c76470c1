package report

import "github.com/zonelint/zonelint/rules"

// checkstyle is the XML of Checkstyle, which many tools read. A file is there
// as often as zones have findings in it.
type checkstyle struct{ style Style }

func (checkstyle) Open() string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<checkstyle version="4.3">` + "\n"
}
func (checkstyle) Between() string      { return "" }
func (checkstyle) Close(Summary) []byte { return []byte("</checkstyle>\n") }

func (c checkstyle) Append(buf []byte, r *Result) []byte {
	m := markup{buf}
	eachFile(r, func(file string, fs []int) {
		name := file
		if name == "" {
			name = zoneName(r.Zone.Apex)
		}
		m.open("  ", "file", "name", name)
		for _, i := range fs {
			f := r.Findings[i]
			var place []string
			if f.Span.File != "" {
				place = []string{"line", number(f.Span.Start.Line), "column", number(f.Span.Start.Column)}
			}
			m.empty("    ", "error", append(place, "severity", f.Severity.String(), "message", titled(f), "source", "zonelint."+f.Rule.ID)...)
		}
		m.close("  ", "file")
	})
	return m.buf
}

// eachFile calls visit with the findings of each file, by their indexes, in
// their order; those in no file are of the file "".
func eachFile(r *Result, visit func(file string, fs []int)) {
	from := 0
	for i := range r.Findings {
		if i+1 < len(r.Findings) && sameFile(r.Findings[i], r.Findings[i+1]) {
			continue
		}
		var list []int
		for j := from; j <= i; j++ {
			list = append(list, j)
		}
		visit(r.Findings[i].Span.File, list)
		from = i + 1
	}
}

func sameFile(a, b rules.Finding) bool { return a.Span.File == b.Span.File }

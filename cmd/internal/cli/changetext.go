package cli

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/zone"
)

// changeText tells the changes of a zone whose source cannot be edited: each
// RRset that changes whole, with the reasons above it and, for what is there
// now, its place; and how the source would say it, if it can.
func changeText(z *zone.Zone, cs zone.ChangeSet, reasons map[zone.Key][]string, p report.Painter) []byte {
	var b bytes.Buffer
	for _, c := range cs {
		fmt.Fprintf(&b, "%s\n", p.Bold(report.EscapeLine(c.Name.String())+" "+c.Type.String()))
		for _, r := range reasons[zone.Key{Name: c.Name, Type: c.Type}] {
			fmt.Fprintf(&b, "  # %s\n", report.Escape(r))
		}
		for _, r := range c.Before {
			word, paint := "  ", func(s string) string { return s }
			if !holds(c.After, r) {
				word, paint = "- ", p.Removed
			}
			fmt.Fprintf(&b, "  %s%s\n", paint(word+recordText(r)), placeText(r.Span(zone.Part{})))
		}
		for _, r := range c.After {
			if !holds(c.Before, r) {
				fmt.Fprintf(&b, "  %s\n", p.Added("+ "+recordText(r)))
			}
		}
		if ph, ok := z.Source.(zone.Phraser); ok {
			for _, line := range ph.Phrase(z, c) {
				fmt.Fprintf(&b, "  %s\n", p.Bold("> "+report.Escape(line)))
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// holds reports whether a record is among others, with its TTL.
func holds(rs []zone.Record, r zone.Record) bool {
	return slices.ContainsFunc(rs, r.Same)
}

// recordText is a record without its owner and type, which stand above it.
func recordText(r zone.Record) string {
	return fmt.Sprintf("%5d  %s", r.TTL, report.Escape(r.RData()))
}

// placeText says where a record stands.
func placeText(s zone.Span) string {
	switch {
	case s.Address != "":
		return "  ; " + report.Escape(s.Address)
	case s.IsZero():
		return ""
	}
	return "  ; " + report.Escape(s.String())
}

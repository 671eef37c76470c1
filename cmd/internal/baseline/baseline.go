// Package baseline knows findings again that a project has accepted for now, so
// that only new ones stop a change.
package baseline

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
)

// Version is that of the format of the file.
const Version = 1

// Entry is a finding that is known. What tells it apart is File and Fingerprint;
// the rest is for people who read a change of the file.
type Entry struct {
	// File is the path of the zone's file from the folder of the baseline, with
	// slashes; "" for a zone at a provider.
	File     string `json:"file,omitempty"`
	Zone     string `json:"zone"`
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	// Fingerprint is one of rules.Fingerprints.
	Fingerprint rules.Fingerprint `json:"fingerprint"`
	// Count is how many findings of the file have the fingerprint: more than one
	// only where a file has several zones of one name.
	Count int `json:"count"`
}

// EntryOf returns the entry of a finding.
func EntryOf(file string, f rules.Finding, p rules.Fingerprint) Entry {
	e := Entry{
		File: file, Zone: f.Zone.String(), Name: f.Name.String(), Rule: f.Rule.ID,
		Severity: f.Severity.String(), Fingerprint: p, Count: 1,
	}
	if f.Type != 0 {
		e.Type = f.Type.String()
	}
	return e
}

// key is what tells entries apart.
type key struct {
	file  string
	print rules.Fingerprint
}

func (e Entry) key() key { return key{e.File, e.Fingerprint} }

// Merge puts entries in the order of the file, each once.
func Merge(entries []Entry) []Entry {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Severity, b.Severity),
		)
	})
	var out []Entry
	for _, e := range entries {
		if last := len(out) - 1; last >= 0 && out[last].key() == e.key() {
			out[last].Count += e.Count
			out[last].Severity = worse(out[last].Severity, e.Severity)
			continue
		}
		out = append(out, e)
	}
	return out
}

func worse(a, b string) string {
	x, _ := rules.ParseSeverity(a)
	y, _ := rules.ParseSeverity(b)
	return max(x, y).String()
}

// Write writes a baseline, one entry a line. The same entries give the same
// bytes.
func Write(w io.Writer, entries []Entry) error {
	b := bufio.NewWriter(w)
	b.WriteString("{\"version\":1,\"findings\":[")
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(encode(e))
	}
	if len(entries) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString("]}\n")
	return b.Flush()
}

// encode writes an entry as JSON in which nothing is hidden. A file whose name
// is no UTF-8 is known by what JSON makes of it.
func encode(e Entry) []byte { return report.JSON(e) }

// FileName returns the name of a file as an entry that was read has it.
func FileName(name string) string {
	b, err := json.Marshal(name)
	if err == nil {
		err = json.Unmarshal(b, &name)
	}
	if err != nil {
		return ""
	}
	return name
}

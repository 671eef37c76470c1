package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Result is what the check of one zone gave. One goroutine works with it at a
// time.
type Result struct {
	Zone     *zone.Zone
	Findings []rules.Finding // in the order of rules.Compare

	prints []rules.Fingerprint // of Findings, once they were asked for
	edits  []*textEdit         // that mend Findings, once they were asked for
}

// Fingerprints returns the fingerprints of the findings, in their order.
func (r *Result) Fingerprints() []rules.Fingerprint {
	if r.prints == nil {
		r.prints = rules.Fingerprints(r.Zone, r.Findings)
	}
	return r.prints
}

// Drop takes away the findings for which known is true and returns how many
// those were. The others keep their fingerprints.
func (r *Result) Drop(known func(rules.Finding, rules.Fingerprint) bool) int {
	prints := r.Fingerprints()
	var fs []rules.Finding
	var left []rules.Fingerprint
	for i, f := range r.Findings {
		if !known(f, prints[i]) {
			fs, left = append(fs, f), append(left, prints[i])
		}
	}
	dropped := len(r.Findings) - len(fs)
	r.Findings, r.prints, r.edits = fs, left, nil
	return dropped
}

// source returns what a finding points into.
func (r *Result) source(f rules.Finding) zone.Source {
	if f.Loc.Source != nil {
		return f.Loc.Source // of a file beside the zone
	}
	return r.Zone.Source
}

// Format renders results. Its methods may be called by several goroutines at
// once.
type Format interface {
	// Open is what stands before everything, Between what stands between the
	// findings of two zones that have some.
	Open() string
	Between() string
	// Append appends the findings of a zone to buf; nothing if there are none.
	Append(buf []byte, r *Result) []byte
	// Close is what stands behind everything.
	Close(s Summary) []byte
}

// Bounded is a Format for a place that takes only so much. Its findings are
// kept until all are known: Head stands before them, and findings that do not
// fit are left out.
type Bounded interface {
	Format
	// Limit is how many octets of findings fit. Cut returns the beginning of what
	// Append appended that has at most so many octets, and the number of findings
	// in it.
	Limit() int
	Cut(chunk []byte, room int) (kept []byte, findings int)
	// Head is what stands before the findings.
	Head(s Summary) []byte
	// Rest stands behind findings of which so many were left out.
	Rest(left int) []byte
}

// Summary counts what a run saw.
type Summary struct {
	Zones, Records          int
	Errors, Warnings, Infos int
	// Safe and Unsafe are how many findings have a fix of that class.
	Safe, Unsafe int
	// Unread counts the files and folders that could not be read.
	Unread int
	// Known counts the findings that were there before and are not shown, and
	// are in none of the counts above. Compared says that such were looked for.
	Known    int
	Compared bool
	// Ignored counts the findings that the configuration hides; they are in none
	// of the counts above.
	Ignored int
}

// Add counts a result.
func (s *Summary) Add(r *Result) {
	s.Zones++
	s.Records += r.Zone.Len()
	for _, f := range r.Findings {
		switch f.Severity {
		case rules.Error:
			s.Errors++
		case rules.Warning:
			s.Warnings++
		case rules.Info:
			s.Infos++
		}
		if f.Fix == nil {
			continue
		}
		switch f.Fix.Safety {
		case rules.Safe:
			s.Safe++
		case rules.Unsafe:
			s.Unsafe++
		}
	}
}

// Merge adds the counts of another summary.
func (s *Summary) Merge(o Summary) {
	s.Zones += o.Zones
	s.Records += o.Records
	s.Errors += o.Errors
	s.Warnings += o.Warnings
	s.Infos += o.Infos
	s.Safe += o.Safe
	s.Unsafe += o.Unsafe
	s.Unread += o.Unread
	s.Known += o.Known
	s.Compared = s.Compared || o.Compared
	s.Ignored += o.Ignored
}

// hidden says what is not shown, behind a blank; "" if there is nothing.
func (s Summary) hidden() string {
	var b strings.Builder
	if s.Known > 0 {
		fmt.Fprintf(&b, " %s not shown.", Count(s.Known, "known finding"))
	}
	if s.Ignored > 0 {
		fmt.Fprintf(&b, " %s ignored by the configuration.", Count(s.Ignored, "finding"))
	}
	return b.String()
}

// Findings counts the findings.
func (s Summary) Findings() int { return s.Errors + s.Warnings + s.Infos }

// Never is worse than every severity that a finding has.
const Never = rules.Error + 1

// AtLeast counts the findings of a severity and of worse ones.
func (s Summary) AtLeast(level rules.Severity) int {
	switch level {
	case Never:
		return 0
	case rules.Error:
		return s.Errors
	case rules.Warning:
		return s.Errors + s.Warnings
	}
	return s.Findings()
}

// Style is how a format looks where it is written to, and what it tells beside
// the findings.
type Style struct {
	// Color is for formats for people.
	Color bool
	// Width is the width of the terminal in columns; 0 if it is none. Messages
	// are wrapped to it.
	Width int
	// Fix is the command that mends the zones; "" is "zonelint fix".
	Fix string
	// FailOn is the mildest severity that fails the run; 0 is Error.
	FailOn rules.Severity
	// Rules are those of the run, and Version is that of zonelint.
	Rules   []*rules.Rule
	Version string
	// Path returns the path of a file, which is named as in spans, from the root
	// of the project that a format is made for; nil leaves it as it is.
	Path func(string) string
}

// path returns the path of a file for a format that is read together with the
// project, with slashes.
func (s Style) path(file string) string {
	if s.Path != nil {
		file = s.Path(file)
	}
	return filepath.ToSlash(file)
}

func (s Style) fails(level rules.Severity) bool {
	return level >= cmp.Or(s.FailOn, rules.Error)
}

// makers are the formats by their names.
var makers = []struct {
	name string
	make func(Style) Format
}{
	{"text", func(s Style) Format { return text{s} }},
	{"concise", func(Style) Format { return concise{} }},
	{"json", func(Style) Format { return jsonFormat{} }},
	{"jsonl", func(Style) Format { return jsonLines{} }},
	{"sarif", func(s Style) Format { return newSARIF(s) }},
	{"github", func(s Style) Format { return github{s} }},
	{"gitlab", func(s Style) Format { return gitlab{s} }},
	{"junit", func(s Style) Format { return junit{s} }},
	{"checkstyle", func(s Style) Format { return checkstyle{s} }},
	{"rdjson", func(s Style) Format { return rdjson{s} }},
	{"markdown", func(s Style) Format { return markdown{s} }},
}

// Names returns the names of the formats that New knows.
func Names() []string {
	names := make([]string, len(makers))
	for i, m := range makers {
		names[i] = m.name
	}
	return names
}

// New returns the format of a name; ok is false if there is none.
func New(name string, style Style) (f Format, ok bool) {
	for _, m := range makers {
		if m.name == name {
			return m.make(style), true
		}
	}
	return nil, false
}

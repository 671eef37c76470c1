package report

import (
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Result is what the check of one zone gave.
type Result struct {
	Zone     *zone.Zone
	Findings []rules.Finding // in the order of rules.Compare
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

// Summary counts what a run saw.
type Summary struct {
	Zones, Records          int
	Errors, Warnings, Infos int
	// Safe and Unsafe are how many findings have a fix of that class.
	Safe, Unsafe int
	// Unread counts the files and folders that could not be read.
	Unread int
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
}

// Findings counts the findings.
func (s Summary) Findings() int { return s.Errors + s.Warnings + s.Infos }

// AtLeast counts the findings of a severity and of worse ones.
func (s Summary) AtLeast(level rules.Severity) int {
	switch level {
	case rules.Error:
		return s.Errors
	case rules.Warning:
		return s.Errors + s.Warnings
	}
	return s.Findings()
}

// Style is how a format for people looks on the stream that it is written to.
type Style struct {
	Color bool
	// Width is the width of the terminal in columns; 0 if it is none. Messages
	// are wrapped to it.
	Width int
	// Fix is the command that mends the zones; "" is "zonelint fix".
	Fix string
}

// Names are the formats that New knows.
var Names = []string{"text", "concise", "json"}

// New returns the format of a name; ok is false if there is none.
func New(name string, style Style) (f Format, ok bool) {
	switch name {
	case "text":
		return text{style}, true
	case "concise":
		return concise{}, true
	case "json":
		return jsonFormat{}, true
	}
	return nil, false
}

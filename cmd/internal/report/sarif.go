package report

import (
	"net/url"
	"path"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// sarif is SARIF 2.1.0 (OASIS): one run, with one result a line. Section
// numbers are those of the standard.
type sarif struct {
	style Style
	index map[string]int // of rules, by their ids
}

func newSARIF(s Style) sarif {
	f := sarif{s, make(map[string]int, len(s.Rules))}
	for i, r := range s.Rules {
		f.index[r.ID] = i
	}
	return f
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    *int              `json:"ruleIndex,omitempty"`
	Level        string            `json:"level"`
	Message      sarifMessage      `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Related      []sarifLocation   `json:"relatedLocations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Fixes        []sarifFix        `json:"fixes,omitempty"`
}

type sarifMessage struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	Message  *sarifMessage  `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifLogical struct {
	Name     string `json:"name"`
	FullName string `json:"fullyQualifiedName"`
	Kind     string `json:"kind"`
}

type sarifFix struct {
	Description sarifMessage  `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion   `json:"deletedRegion"`
	Inserted *sarifMessage `json:"insertedContent,omitempty"`
}

func (f sarif) Open() string {
	return `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":` +
		string(JSON(f.driver())) + `},"columnKind":"utf16CodeUnits","results":[`
}

func (sarif) Between() string { return "," }

func (f sarif) Append(buf []byte, r *Result) []byte {
	prints, edits := r.Fingerprints(), r.textEdits()
	for i, found := range r.Findings {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(append(buf, '\n'), JSON(f.result(r, found, prints[i], edits[i]))...)
	}
	return buf
}

// Close says whether all was looked at (section 3.20).
func (f sarif) Close(s Summary) []byte {
	type invocation struct {
		Successful bool `json:"executionSuccessful"`
	}
	b := append([]byte("\n],\"invocations\":["), JSON(invocation{s.Unread == 0})...)
	return append(b, "]}]}\n"...)
}

func (f sarif) result(r *Result, found rules.Finding, print rules.Fingerprint, edit *textEdit) sarifResult {
	src := r.source(found)
	out := sarifResult{
		RuleID: found.Rule.ID, Level: sarifLevel(found.Severity), Message: sarifText(titled(found)),
		Fingerprints: map[string]string{"zonelint/v1": string(print)},
	}
	if i, ok := f.index[found.Rule.ID]; ok {
		out.RuleIndex = &i
	}
	here := sarifLocation{Physical: f.physical(src, found.Span), Logical: logical(found)}
	out.Locations = []sarifLocation{here}
	for i, rel := range found.Related {
		if p := f.physical(src, rel.Span); p != nil {
			message := sarifText(rel.Message)
			out.Related = append(out.Related, sarifLocation{ID: i + 1, Physical: p, Message: &message})
		}
	}
	if edit != nil {
		replacement := sarifReplacement{Deleted: f.region(r.Zone.Source, edit.file, edit.start, edit.end)}
		if edit.new != "" {
			replacement.Inserted = &sarifMessage{Text: edit.new}
		}
		out.Fixes = []sarifFix{{
			Description: sarifText(found.Fix.Description + " (" + f.style.how(found.Fix.Safety) + ")"),
			Changes:     []sarifChange{{f.artifact(edit.file), []sarifReplacement{replacement}}},
		}}
	}
	return out
}

// physical returns a place in a file (section 3.29); nil if it is in none.
func (f sarif) physical(src zone.Source, s zone.Span) *sarifPhysical {
	if s.File == "" {
		return nil
	}
	return &sarifPhysical{f.artifact(s.File), f.region(src, s.File, s.Start, s.End)}
}

// region returns a stretch of a file (section 3.30), its columns in UTF-16 code
// units. In a line that is too long to count them it is whole lines.
func (f sarif) region(src zone.Source, file string, start, end zone.Position) sarifRegion {
	r := sarifRegion{StartLine: start.Line, EndLine: end.Line}
	if start.Column <= maxColumn && end.Column <= maxColumn {
		r.StartColumn, r.EndColumn = utf16Column(src, file, start), utf16Column(src, file, end)
	}
	return r
}

// artifact returns a file (section 3.4): relative to the root of the sources,
// which the reader knows, or absolute if it lies elsewhere.
func (f sarif) artifact(file string) sarifArtifact {
	p := f.style.path(file)
	if path.IsAbs(p) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: p}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: p}).String(), BaseID: "%SRCROOT%"}
}

// logical returns what a finding is about in the terms of its source (section
// 3.33): a resource, or the owner in its zone.
func logical(f rules.Finding) []sarifLogical {
	if f.Span.Address != "" {
		return []sarifLogical{{Escape(f.Span.Address), Escape(f.Span.Address), "resource"}}
	}
	if f.Name == "" {
		return nil
	}
	name := inWords(f)
	return []sarifLogical{{Escape(name), Escape(zoneName(f.Zone) + "/" + name), "record"}}
}

func sarifLevel(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "error"
	case rules.Warning:
		return "warning"
	}
	return "note"
}

// sarifText is a text in which nothing is a link (section 3.11.6) or a
// placeholder (section 3.11.5).
func sarifText(s string) sarifMessage {
	plain := Escape(s)
	if strings.Contains(plain, "](") {
		plain = strings.NewReplacer("[", `\[`, "]", `\]`).Replace(plain)
	}
	return sarifMessage{Text: plain, Markdown: prose(s)}
}

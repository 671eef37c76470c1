package report

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/zonelint/zonelint/rules"
)

// gitlab is a Code Quality report: one array with one finding a line.
type gitlab struct{ style Style }

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end,omitempty"`
}

func (gitlab) Open() string         { return "[" }
func (gitlab) Between() string      { return "," }
func (gitlab) Close(Summary) []byte { return []byte("\n]\n") }

func (g gitlab) Append(buf []byte, r *Result) []byte {
	prints := r.Fingerprints()
	for i, f := range r.Findings {
		issue := gitlabIssue{Description: Escape(titled(f)), CheckName: f.Rule.ID, Severity: gitlabSeverity(f.Severity)}
		if f.Span.File != "" {
			issue.Location = gitlabLocation{Escape(g.style.path(f.Span.File)), gitlabLines{f.Span.Start.Line, f.Span.End.Line}}
		} else { // a path and a line are required
			issue.Location = gitlabLocation{Escape(zoneName(f.Zone)), gitlabLines{Begin: 1}}
		}
		// GitLab shows one finding of a fingerprint in a whole report, and two
		// files may hold the same zone, as the views of a name server.
		sum := sha256.Sum256([]byte(string(prints[i]) + issue.Location.Path))
		issue.Fingerprint = hex.EncodeToString(sum[:16])
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(append(buf, '\n'), JSON(issue)...)
	}
	return buf
}

// gitlabSeverity is one of info, minor, major, critical and blocker.
func gitlabSeverity(s rules.Severity) string {
	switch s {
	case rules.Error:
		return "critical"
	case rules.Warning:
		return "minor"
	}
	return "info"
}

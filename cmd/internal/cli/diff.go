package cli

import (
	"bytes"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	udiff "github.com/aymanbagabas/go-udiff"
	anchored "github.com/rogpeppe/go-internal/diff"

	"github.com/zonelint/zonelint/cmd/internal/report"
)

// unified returns the unified diff that "patch -p1" and "git apply" take to
// make new of old; "" if they are equal. name is the file's path.
func unified(cwd workdir, name string, old, new []byte) string {
	if bytes.Equal(old, new) {
		return ""
	}
	// The one finds the fewest lines but gives up on many changes, the other
	// copes with any number but may take lines that occur more than once for
	// changed.
	hunks := hunksOf(udiff.Unified("a", "b", string(old), string(new)))
	if other := hunksOf(string(anchored.Diff("a", old, "b", new))); len(other) < len(hunks) {
		hunks = other
	}
	hunks = disarmed(hunks)
	path := diffPath(cwd, name)
	return "--- " + headerName("a/"+path) + "\n+++ " + headerName("b/"+path) + "\n" + hunks
}

// hunksOf takes the header off a diff.
func hunksOf(diff string) string {
	if i := strings.Index(diff, "\n@@ "); i >= 0 {
		return diff[i+1:]
	}
	return diff
}

// disarmed writes lines that stay but begin with "::", which GitHub takes for a
// command in a log, as taken away and added again: blanks before it would not
// help. To patch and git it is the same.
func disarmed(hunks string) string {
	if !strings.Contains(hunks, "::") {
		return hunks
	}
	var b strings.Builder
	lines := slices.Collect(strings.Lines(hunks))
	for i, line := range lines {
		if line[0] != ' ' || !strings.HasPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::") {
			b.WriteString(line)
			continue
		}
		b.WriteString("-" + line[1:])
		if i+1 < len(lines) && lines[i+1][0] == '\\' { // of no newline at the end, which is said of both
			b.WriteString(lines[i+1])
		}
		b.WriteString("+" + line[1:])
	}
	return b.String()
}

// diffPath returns the path of a file as it stands in a diff: relative to the
// current folder if it is below that, else from the root of the file system,
// since neither patch nor git go upwards.
func diffPath(cwd workdir, name string) string {
	path := name
	if !filepath.IsLocal(name) {
		path = cwd.abs(name)
		if rel, err := filepath.Rel(string(cwd), path); err == nil && filepath.IsLocal(rel) {
			path = rel
		}
	}
	path = filepath.ToSlash(filepath.Clean(path))
	return strings.TrimLeft(strings.TrimPrefix(path, filepath.VolumeName(path)), "/")
}

// headerName writes a file name as git does in a diff: in C quotes if it has
// characters that need it, and followed by a tab if it has a blank, so that
// patch finds its end.
func headerName(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }) {
		return cQuote(name)
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

func cQuote(s string) string {
	const octal = "01234567"
	b := []byte{'"'}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c >= 0x7f:
			b = append(b, '\\', octal[c>>6], octal[c>>3&7], octal[c&7])
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// obeyed is what CI systems obey in a diff that disarmed leaves: behind a
// carriage return, where a line begins for them, and in the middle of a line.
// The decoration of comments, as in "###[ mail ]###", is none of that.
var obeyed = regexp.MustCompile(`\r[ \t]*::|##(?:vso|teamcity|\[(?:set-env|set-output|save-state|add-path|add-mask|add-matcher|remove-matcher|stop-commands|group|endgroup|debug|warning|error)[ \]])`)

// errObeyed is for a diff that must not get into a log as it is.
var errObeyed = errors.New("no diff is printed, since the lines hold what CI systems take from a log as their commands; take that out of the file, or change it with --write")

// screenDiff makes what a terminal could obey visible in a diff, and a tab
// blanks.
func screenDiff(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		b.WriteString(report.Escape(strings.ReplaceAll(line, "\t", "        ")) + "\n")
	}
	return b.String()
}

// colorDiff colours a diff.
func colorDiff(diff string, p report.Painter) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			line = p.Bold(line)
		case strings.HasPrefix(line, "@@"):
			line = p.Place(line)
		case strings.HasPrefix(line, "-"):
			line = p.Removed(line)
		case strings.HasPrefix(line, "+"):
			line = p.Added(line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

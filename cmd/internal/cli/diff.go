package cli

import (
	"bytes"
	"path/filepath"
	"strings"

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

package masterfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// folder writes files into a new folder and returns it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// loadIn loads a file of a folder; the problems have the file's name within the
// folder before them.
func loadIn(t *testing.T, dir, name string, opts masterfile.Options) (z *zone.Zone, problems []string) {
	t.Helper()
	z, err := masterfile.Load(filepath.Join(dir, name), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range z.Problems {
		rel, err := filepath.Rel(dir, p.Span.File)
		if err != nil {
			t.Fatal(err)
		}
		problems = append(problems, fmt.Sprintf("%s:%s", rel, problem(p)))
	}
	return z, problems
}

func TestInclude(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			"in place of the line",
			map[string]string{"z": head + "a A 192.0.2.1\n$INCLUDE f\nc A 192.0.2.3\n", "f": "b A 192.0.2.2\n"},
			[]string{"a 3600 A 192.0.2.1", "b 3600 A 192.0.2.2", "c 3600 A 192.0.2.3"},
		},
		{
			"in quotes, in any case, with a comment",
			map[string]string{"z": head + "$include \"f 1\" ; x\n", "f 1": "b A 192.0.2.2"},
			[]string{"b 3600 A 192.0.2.2"},
		},
		{
			"the owner is that of before, behind it",
			map[string]string{"z": head + "a A 192.0.2.1\n$INCLUDE f\n A 192.0.2.3\n", "f": "b A 192.0.2.2\n"},
			[]string{"a 3600 A 192.0.2.1", "b 3600 A 192.0.2.2", "a 3600 A 192.0.2.3"},
		},
		{
			"the origin too",
			map[string]string{"z": head + "$ORIGIN x\n$INCLUDE f\na A 192.0.2.1\n", "f": "b A 192.0.2.2\n$ORIGIN y\nb A 192.0.2.2\n"},
			[]string{"b.x 3600 A 192.0.2.2", "b.y.x 3600 A 192.0.2.2", "a.x 3600 A 192.0.2.1"},
		},
		{
			"an origin for the file",
			map[string]string{"z": head + "$INCLUDE f sub\n$INCLUDE f example.net.\n$INCLUDE f @\na A 192.0.2.1\n", "f": "b A 192.0.2.2\n@ A 192.0.2.3\n"},
			[]string{"b.sub 3600 A 192.0.2.2", "sub 3600 A 192.0.2.3", "b.example.net. 3600 A 192.0.2.2", "example.net. 3600 A 192.0.2.3", "b 3600 A 192.0.2.2", "@ 3600 A 192.0.2.3", "a 3600 A 192.0.2.1"},
		},
		{
			"a $TTL holds on, and so does the last TTL",
			map[string]string{"z": "$ORIGIN example.com.\n@ 5 SOA a b 1 2 3 4 5\n$INCLUDE f\na A 192.0.2.1\n$INCLUDE g\nd A 192.0.2.1\n", "f": "b A 192.0.2.2\nc 6 A 192.0.2.2\n", "g": "$TTL 7\n"},
			[]string{"b 5 A 192.0.2.2", "c 6 A 192.0.2.2", "a 6 A 192.0.2.1", "d 7 A 192.0.2.1"},
		},
		{
			"relative to the file that includes",
			map[string]string{"z": head + "$INCLUDE sub/f\n", "sub/f": "$INCLUDE g\n$INCLUDE deep/h\n", "sub/g": "b A 192.0.2.2\n", "sub/deep/h": "c A 192.0.2.3\n$INCLUDE ../../i\n", "i": "d A 192.0.2.4\n"},
			[]string{"b 3600 A 192.0.2.2", "c 3600 A 192.0.2.3", "d 3600 A 192.0.2.4"},
		},
		{
			"the SOA record and the origin may stand in it",
			map[string]string{"example.com.zone": "$TTL 60\n$INCLUDE f\na A 192.0.2.1\n", "f": "@ SOA a b 1 2 3 4 5\n@ NS ns\n"},
			[]string{"@ 60 NS ns.example.com.", "a 60 A 192.0.2.1"},
		},
		{
			"a byte order mark and CR LF in it",
			map[string]string{"z": head + "$INCLUDE f\n", "f": "\ufeffb A 192.0.2.2\r\n A 192.0.2.3"},
			[]string{"b 3600 A 192.0.2.2", "b 3600 A 192.0.2.3"},
		},
		{"an empty file", map[string]string{"z": head + "$INCLUDE f\na A 192.0.2.1\n", "f": ""}, []string{"a 3600 A 192.0.2.1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files)
			name := "z"
			if _, ok := tt.files[name]; !ok {
				name = "example.com.zone"
			}
			z, problems := loadIn(t, dir, name, masterfile.Options{})
			if problems != nil || !z.Complete {
				t.Errorf("complete %v, problems %q", z.Complete, problems)
			}
			if got := lines(z); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// An $INCLUDE that is not followed is told of, the zone is not complete, and
// reading goes on.
func TestIncludeProblems(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret A 192.0.2.66\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const notAllowed = " lies outside of the folder that zones may include from, so it was not read. If it is meant, name that folder with --include-root."
	tests := []struct {
		name  string
		files map[string]string
		set   func(dir string) error // what files cannot say
		opts  masterfile.Limits
		want  []string
	}{
		{name: "missing", files: map[string]string{"z": "$INCLUDE  f ; x\n"}, want: []string{
			`z:4:11+1 $INCLUDE "f": there is no such file; the name is taken relative to the file that includes it. Name servers refuse the zone without it.`,
		}},
		{name: "missing, in another folder", files: map[string]string{"z": "$INCLUDE sub/f\n", "sub/f": "\n\t\n$INCLUDE \"g\"\n"}, want: []string{
			`sub/f:3:10+3 $INCLUDE "g": there is no such file; the name is taken relative to the file that includes it. Name servers refuse the zone without it.`,
		}},
		{name: "an absolute path", files: map[string]string{"z": "$INCLUDE /etc/passwd\n"}, want: []string{`z:4:10+11 $INCLUDE "/etc/passwd"` + notAllowed}},
		{name: "the folder above", files: map[string]string{"z": "$INCLUDE ../secret\n"}, want: []string{`z:4:10+9 $INCLUDE "../secret"` + notAllowed}},
		{name: "the folder above, by a detour", files: map[string]string{"z": "$INCLUDE a/../../secret\n"}, want: []string{`z:4:10+14 $INCLUDE "a/../../secret"` + notAllowed}},
		{name: "a link that leads out", files: map[string]string{"z": "$INCLUDE link\n"}, set: func(dir string) error {
			return os.Symlink(secret, filepath.Join(dir, "link"))
		}, want: []string{`z:4:10+4 $INCLUDE "link"` + notAllowed}},
		{name: "a folder link that leads out", files: map[string]string{"z": "$INCLUDE link/secret\n"}, set: func(dir string) error {
			return os.Symlink(outside, filepath.Join(dir, "link"))
		}, want: []string{`z:4:10+11 $INCLUDE "link/secret"` + notAllowed}},
		{name: "itself", files: map[string]string{"z": "$INCLUDE z\n"}, want: []string{
			`z:4:10+1 $INCLUDE "z" comes round to a file that is being read already. Remove one of the two.`,
		}},
		{name: "itself, by another", files: map[string]string{"z": "$INCLUDE sub/f\n", "sub/f": "$INCLUDE ../z\n"}, want: []string{
			`sub/f:1:10+4 $INCLUDE "../z" comes round to a file that is being read already. Remove one of the two.`,
		}},
		{name: "itself, by links", files: map[string]string{"z": "$INCLUDE f0\n", "f0": "$INCLUDE l/f0\n"}, set: func(dir string) error {
			return os.Symlink(".", filepath.Join(dir, "l"))
		}, opts: masterfile.Limits{IncludeDepth: 3}, want: []string{
			`l/f0:1:10+4 $INCLUDE "l/f0" was not followed: files include each other more than 3 deep (--max-include-depth).`,
		}},
		{name: "too deep", files: map[string]string{"z": "$INCLUDE f\n", "f": "$INCLUDE g\n", "g": "b A 192.0.2.1\n"}, opts: masterfile.Limits{IncludeDepth: 2}, want: []string{
			`f:1:10+1 $INCLUDE "g" was not followed: files include each other more than 2 deep (--max-include-depth).`,
		}},
		{name: "too many", files: map[string]string{"z": "$INCLUDE f\n$INCLUDE f\n$INCLUDE f\n", "f": ""}, opts: masterfile.Limits{IncludeFiles: 3}, want: []string{
			`z:6:10+1 $INCLUDE "f" was not followed: this zone has more than 3 files (--max-include-files).`,
		}},
		{name: "too large", files: map[string]string{"z": "$INCLUDE f\n", "f": strings.Repeat(";", 201)}, opts: masterfile.Limits{FileSize: 200}, want: []string{
			`z:4:10+1 $INCLUDE "f" was not read: too large: 201 octets, and the limit is 200 (--max-file-size).`,
		}},
		{name: "a folder", files: map[string]string{"z": "$INCLUDE sub\n", "sub/f": ""}, want: []string{`z:4:10+3 $INCLUDE "sub" was not read: not a regular file.`}},
		{name: "binary data", files: map[string]string{"z": "$INCLUDE f\n", "f": "\x7fELF\x00"}, want: []string{`z:4:10+1 $INCLUDE "f" was not read: not a zone file: it holds binary data.`}},
		{name: "a FIFO", files: map[string]string{"z": "$INCLUDE f\n"}, set: func(dir string) error { return fifo(filepath.Join(dir, "f")) }, want: []string{`z:4:10+1 $INCLUDE "f" was not read: not a regular file.`}},
		{name: "an origin that is no name", files: map[string]string{"z": "$INCLUDE f a..b\n", "f": ""}, want: []string{`z:4:12+4 "a..b" is no domain name: empty label: two dots in a row.`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.files["z"] = head + tt.files["z"] + "last A 192.0.2.9\n"
			dir := folder(t, tt.files)
			if tt.set != nil {
				if err := tt.set(dir); err != nil {
					t.Skip(err)
				}
			}
			z, problems := loadIn(t, dir, "z", masterfile.Options{Limits: tt.opts})
			if !slices.Equal(problems, tt.want) {
				t.Errorf("got  %q\nwant %q", problems, tt.want)
			}
			if got := lines(z); z.Complete || got[len(got)-1] != "last 3600 A 192.0.2.9" || strings.Contains(strings.Join(got, "\n"), "secret") {
				t.Errorf("complete %v, records %q", z.Complete, got)
			}
		})
	}
}

func TestIncludeNotReadable(t *testing.T) {
	dir := folder(t, map[string]string{"z": head + "$INCLUDE f\n", "f": "a A 192.0.2.1\n"})
	if err := os.Chmod(filepath.Join(dir, "f"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(filepath.Join(dir, "f")); err == nil {
		t.Skip("this user may read any file")
	}
	_, problems := loadIn(t, dir, "z", masterfile.Options{})
	if want := []string{`z:4:10+1 $INCLUDE "f" may not be read (permission denied).`}; !slices.Equal(problems, want) {
		t.Errorf("got %q", problems)
	}
}

// A wider root allows what lies within it, also by an absolute path.
func TestIncludeRoot(t *testing.T) {
	dir := folder(t, map[string]string{"zones/z": head + "$INCLUDE ../inc/f\n", "inc/f": "a A 192.0.2.1\n"})
	abs := filepath.Join(dir, "inc/f")
	if err := os.WriteFile(filepath.Join(dir, "zones/abs"), []byte(head+"$INCLUDE "+abs+"\n$INCLUDE /etc/passwd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	opts := masterfile.Options{Root: root, Dir: "zones"}
	z, problems := loadIn(t, dir, "zones/z", opts)
	if got := lines(z); problems != nil || !slices.Equal(got, []string{"a 3600 A 192.0.2.1"}) {
		t.Errorf("records %q, problems %q", got, problems)
	}
	if got, want := z.Source.(zone.Editor).Files(), []string{filepath.Join(dir, "zones/z"), filepath.Join(dir, "inc/f")}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	z, problems = loadIn(t, dir, "zones/abs", opts)
	if got := lines(z); len(problems) != 1 || !strings.Contains(problems[0], "/etc/passwd") || !slices.Equal(got, []string{"a 3600 A 192.0.2.1"}) {
		t.Errorf("records %q, problems %q", got, problems)
	}
}

// Without a root nothing is included: the text is not from a file.
func TestIncludeFromNoFile(t *testing.T) {
	z := mustParse(t, head+"$INCLUDE f\na A 192.0.2.1\n")
	if len(z.Problems) != 1 || z.Problems[0].Kind != zone.ProblemInclude || z.Complete || z.Len() != 2 {
		t.Errorf("complete %v, problems %v", z.Complete, z.Problems)
	}
}

// An owner that could not be read is not known behind an $INCLUDE either.
func TestIncludeBehindBadOwner(t *testing.T) {
	dir := folder(t, map[string]string{"z": head + "a..b A 192.0.2.1\n$INCLUDE f\n A 192.0.2.2\nc A 192.0.2.3\n", "f": "b A 192.0.2.4\n"})
	z, problems := loadIn(t, dir, "z", masterfile.Options{})
	if want := []string{"b 3600 A 192.0.2.4", "c 3600 A 192.0.2.3"}; !slices.Equal(lines(z), want) || len(problems) != 1 {
		t.Errorf("records %q, problems %q", lines(z), problems)
	}
}

// A record's place names the file that it stands in.
func TestSpanInInclude(t *testing.T) {
	dir := folder(t, map[string]string{"z": head + "$INCLUDE sub/f\na A 192.0.2.2\n", "sub/f": "\nb TXT \"x\" ; note\n"})
	z, _ := loadIn(t, dir, "z", masterfile.Options{})
	r := z.RRset(name("b"), zone.TypeTXT)[0]
	s := r.Span(zone.TextPart(0, 1))
	if s.File != filepath.Join(dir, "sub/f") || s.Start.Line != 2 || s.Start.Column != 8 || r.Comment() != " note" {
		t.Errorf("got %+v, comment %q", s, r.Comment())
	}
	if got := string(z.Source.Text(s.File)); got != "\nb TXT \"x\" ; note\n" {
		t.Errorf("text %q", got)
	}
	if z.Source.Text("nowhere") != nil {
		t.Error("a text of no file")
	}
	if s := z.RRset(name("a"), zone.TypeA)[0].Span(zone.Part{}); s.File != filepath.Join(dir, "z") || s.Start.Line != 5 {
		t.Errorf("got %+v", s)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := folder(t, map[string]string{"sub/f": "", "utf16": "\xff\xfea\x00", "norigin": "@ 60 SOA a b 1 2 3 4 5\n"})
	sparse := filepath.Join(dir, "sparse")
	if err := os.WriteFile(sparse, []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(sparse, 5<<30); err != nil {
		t.Skip(err)
	}
	if err := fifo(filepath.Join(dir, "fifo")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("utf16", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for name, want := range map[string]error{
		"missing": fs.ErrNotExist, "sub": masterfile.ErrNotFile, "fifo": masterfile.ErrNotFile, "sparse": masterfile.ErrTooLarge,
		"utf16": masterfile.ErrBinary, "link": masterfile.ErrBinary, "norigin": masterfile.ErrNoOrigin, "sub/f": masterfile.ErrNoOrigin,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		z, err := masterfile.Load(filepath.Join(dir, name), masterfile.Options{})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, %v, want %v", name, z, err, want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 10<<20 {
			t.Errorf("%s: %d octets allocated", name, n)
		}
	}
	if _, err := masterfile.Load(sparse, masterfile.Options{}); err == nil || !strings.Contains(err.Error(), "too large: 5368709120 octets, and the limit is 1073741824 (--max-file-size)") {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(filepath.Join(dir, "utf16"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := masterfile.Load(filepath.Join(dir, "utf16"), masterfile.Options{}); !errors.Is(err, fs.ErrPermission) && os.Getuid() > 0 {
		t.Errorf("not readable: got %v", err)
	}
}

// ReadFile checks what Parse would refuse.
func TestReadFile(t *testing.T) {
	dir := folder(t, map[string]string{"z": head, "bin": "\x00"})
	src, err := masterfile.ReadFile(filepath.Join(dir, "z"), masterfile.Limits{})
	if err != nil || string(src) != head {
		t.Errorf("got %q, %v", src, err)
	}
	if _, err := masterfile.ReadFile(filepath.Join(dir, "z"), masterfile.Limits{FileSize: 10}); !errors.Is(err, masterfile.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	if _, err := masterfile.ReadFile(filepath.Join(dir, "bin"), masterfile.Limits{}); !errors.Is(err, masterfile.ErrBinary) {
		t.Errorf("got %v", err)
	}
}

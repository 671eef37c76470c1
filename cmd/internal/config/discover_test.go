package config

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// tree makes files: "path" is a folder, "path=text" a file, "path->to" a
// symbolic link.
func tree(t *testing.T, entries ...string) string {
	t.Helper()
	base := t.TempDir()
	for _, e := range entries {
		name, to, link := strings.Cut(e, "->")
		name, text, file := strings.Cut(name, "=")
		path := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case link:
			err = os.Symlink(to, path)
		case file:
			err = os.WriteFile(path, []byte(text), 0o644)
		default:
			err = os.MkdirAll(path, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return base
}

const valid = "fail-on: info\n"

func TestFinder(t *testing.T) {
	base := tree(t,
		Name+"="+valid, // above all repositories
		"repo/.git", "repo/"+Name+"="+valid, "repo/a/b", "repo/a/c/"+Name+"="+valid, "repo/a/c/d",
		"repo/sub/.git=gitdir: x", "repo/sub/e",
		"bare/.git", "bare/a",
		"plain/"+Name+"="+valid, "plain/a/"+Name+"="+valid, "plain/a/b", "plain/c",
		"home/"+Name+"="+valid, "home/zones",
		"link->home",
		"homerepo/.git", "homerepo/"+Name+"="+valid, "homerepo/zones",
	)
	for _, tt := range []struct{ cwd, home, dir, want string }{
		{"elsewhere", "", "repo", "repo"},
		{"elsewhere", "", "repo/a/b", "repo"},
		{"elsewhere", "", "repo/a/c/d", "repo/a/c"},
		{"elsewhere", "", "repo/gone/x", "repo"},
		{"elsewhere", "", "repo/sub/e", ""}, // a repository of its own
		{"elsewhere", "", "bare/a", ""},
		{"repo/a", "", "repo/a/b", "repo"},
		// Outside of repositories.
		{"elsewhere", "", "plain/a", ""},
		{"plain", "", "plain/a/b", "plain/a"},
		{"plain", "", "plain/c", "plain"},
		{"plain/a", "", "plain/a/b", "plain/a"},
		{"plain/a/b", "", "plain/a/b", ""},
		{"plain/c", "", "plain/a", ""},
		{"plain/c", "", "plain/c", ""},
		// The home folder.
		{"home", "home", "home/zones", ""},
		{"home", "home", "home", ""},
		{"home", "", "home/zones", "home"},
		{"link", "home", "link", ""},
		{"home", "link/.", "home", ""},
		{"homerepo", "homerepo", "homerepo/zones", ""},
		{"", "", "repo/a/b", "repo"},
		{"", "", "plain/c", "plain"},
		{"", "", "elsewhere", "."},
	} {
		f := NewFinder(filepath.Join(base, tt.cwd), filepath.Join(base, tt.home, map[bool]string{true: "none"}[tt.home == ""]), func(p string) string { return p })
		c, err := f.For(filepath.Join(base, tt.dir))
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		got := ""
		if c != nil {
			got, _ = filepath.Rel(base, c.Dir())
		}
		if got != tt.want {
			t.Errorf("%+v: found in %q", tt, got)
		}
		if again, _ := f.For(filepath.Join(base, tt.dir)); again != c {
			t.Errorf("%+v: it is read anew", tt)
		}
	}
}

// What is wrong with a configuration is told for every folder that has it.
func TestFinderErrors(t *testing.T) {
	base := tree(t, "repo/.git", "repo/"+Name+"=failon: x\n", "repo/a", "repo/b/"+Name, "repo/c/"+Name+"->/etc/passwd", "repo/d/"+Name+"->../../secret", "secret="+valid, "repo/e/"+Name+"->../f", "repo/f="+valid, "repo/g/"+Name+"->nowhere")
	f := NewFinder(base, "", filepath.Base)
	for range 2 {
		var e *Error
		if _, err := f.For(filepath.Join(base, "repo/a")); !errors.As(err, &e) || !strings.HasPrefix(err.Error(), Name+":1:1: ") {
			t.Errorf("a mistake: %v", err)
		}
	}
	for dir, want := range map[string]error{"b": ErrNotFile, "c": ErrOutside, "d": ErrOutside, "g": os.ErrNotExist} {
		if _, err := f.For(filepath.Join(base, "repo", dir)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", dir, err, want)
		}
	}
	if c, err := f.For(filepath.Join(base, "repo/e")); err != nil || c.FailOn == 0 {
		t.Errorf("a link within the repository: %v", err)
	}
}

// A tree of configurations does not fill the memory.
func TestFinderTooMany(t *testing.T) {
	base := tree(t, ".git")
	comment := strings.Repeat("#\n", MaxFile/2)
	f := NewFinder(base, "", filepath.Base)
	var err error
	read := 0
	for err == nil && read < 1000 {
		dir := filepath.Join(base, strconv.Itoa(read))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, Name), []byte(comment), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = f.For(dir)
		read++
	}
	if !errors.Is(err, ErrTooMany) || read != maxAll/MaxFile+1 {
		t.Errorf("%d were read: %v", read, err)
	}
}

func TestReadWithin(t *testing.T) {
	base := tree(t, "root/a=123", "root/b->../x", "x=secret", "root/c->a", "root/d->../root/a", "root/e->/etc", "root/f->../gone")
	root := filepath.Join(base, "root")
	for path, want := range map[string]string{"root/a": "123", "root/c": "123"} {
		if got, err := ReadWithin(root, filepath.Join(base, path), 3); string(got) != want || err != nil {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	for path, want := range map[string]error{"x": ErrOutside, "root/b": ErrOutside, "root/e/hostname": ErrOutside, "root/f": ErrOutside, "root/../x": ErrOutside, "root": ErrNotFile, "root/none": os.ErrNotExist} {
		if got, err := ReadWithin(root, filepath.Join(base, path), 3); !errors.Is(err, want) {
			t.Errorf("%s: %q, %v, want %v", path, got, err, want)
		}
	}
	if _, err := ReadWithin(root, filepath.Join(root, "a"), 2); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

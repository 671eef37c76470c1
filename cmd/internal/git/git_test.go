package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// repository makes a repository of files, commits them as "first", and returns
// what runs git in it.
func repository(t *testing.T, files map[string]string) (dir string, run func(args ...string) string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir = t.TempDir()
	t.Setenv("HOME", t.TempDir())
	run = func(args ...string) string {
		t.Helper()
		c := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@a.example"}, args...)...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q", "-b", "main")
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	run("add", ".")
	run("commit", "-q", "-m", "first")
	run("tag", "first")
	return dir, run
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestChangesAndTree(t *testing.T) {
	ctx := context.Background()
	odd := "an odd \"näme\"\t\x01.zone"
	dir, run := repository(t, map[string]string{
		"same.zone": "same", "staged.zone": "staged", "edited.zone": "edited", "gone.zone": "gone", "removed.zone": "removed",
		"dir/a.zone": "a", "dir/sub/b.zone": "b", "both.zone": "both", odd: "odd", "new\nline.zone": "line", "large.zone": strings.Repeat("x", 1000),
	})
	for link, to := range map[string]string{"link.zone": "dir/../same.zone", "abs.zone": "/etc/passwd", "out.zone": "../x", "loop.zone": "loop.zone", "dir/up.zone": "../link.zone"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	run("add", ".")
	run("commit", "-q", "-m", "links")
	base := run("rev-parse", "HEAD")

	write(t, filepath.Join(dir, "staged.zone"), "staged anew")
	write(t, filepath.Join(dir, "both.zone"), "one")
	write(t, filepath.Join(dir, "added.zone"), "added")
	run("add", ".")
	run("rm", "-q", "removed.zone")
	write(t, filepath.Join(dir, "edited.zone"), "edited anew")
	write(t, filepath.Join(dir, "both.zone"), "two")
	write(t, filepath.Join(dir, odd), "odd anew")
	write(t, filepath.Join(dir, "unknown.zone"), "unknown")
	if err := os.Remove(filepath.Join(dir, "gone.zone")); err != nil {
		t.Fatal(err)
	}

	r, err := Open(ctx, filepath.Join(dir, "dir"))
	if err != nil {
		t.Fatal(err)
	}
	if real, _ := filepath.EvalSymlinks(dir); r.Top != real || r.Shallow {
		t.Errorf("the repository is %+v, want %s", r, real)
	}
	c, err := r.Changes(ctx, base)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"same.zone": false, "dir/a.zone": false, "link.zone": false, "new\nline.zone": false,
		"staged.zone": true, "edited.zone": true, "both.zone": true, "added.zone": true, "unknown.zone": true, "gone.zone": true, "removed.zone": true, odd: true,
	} {
		if c.Changed(path) != want {
			t.Errorf("%q: changed is %v", path, !want)
		}
	}
	if got := c.Files("dir"); !slices.Equal(got, []string{"dir/a.zone", "dir/sub/b.zone", "dir/up.zone"}) {
		t.Errorf("the files of a folder are %q", got)
	}
	if !c.Link("link.zone") || c.Link("same.zone") {
		t.Error("the links are wrong")
	}

	tree, err := r.Tree(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	want := map[string]string{
		"same.zone": "same", "staged.zone": "staged", "edited.zone": "edited", "gone.zone": "gone", "removed.zone": "removed", "both.zone": "both",
		odd: "odd", "new\nline.zone": "line", "link.zone": "same", "dir/up.zone": "same",
		"added.zone": "", "unknown.zone": "", "abs.zone": "", "out.zone": "", "loop.zone": "", "dir": "", "": "", "large.zone": "",
	}
	var paths []string
	for path := range want {
		paths = append(paths, path)
	}
	for range 2 { // the second time it is still in step
		seen := 0
		err = tree.Each(paths, 999, func(path string, text []byte, err error) error {
			seen++
			switch {
			case path == "large.zone" && !errors.Is(err, ErrTooLarge), path != "large.zone" && want[path] == "" && !errors.Is(err, ErrNotThere):
				t.Errorf("%q: %v", path, err)
			case want[path] != "" && (err != nil || string(text) != want[path]):
				t.Errorf("%q is %q, %v; want %q", path, text, err, want[path])
			}
			return nil
		})
		if err != nil || seen != len(paths) {
			t.Errorf("%d of %d files: %v", seen, len(paths), err)
		}
	}
	stop := errors.New("stop")
	if err := tree.Each(paths, 999, func(string, []byte, error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	tree.Each([]string{"same.zone"}, 999, func(_ string, text []byte, err error) error {
		if string(text) != "same" {
			t.Errorf("after a stop: %q, %v", text, err)
		}
		return nil
	})
}

// A clone may lack objects; that is said, and they are not fetched.
func TestTreeWithoutObjects(t *testing.T) {
	ctx := context.Background()
	dir, run := repository(t, map[string]string{"a.zone": "a", "b.zone": "b"})
	id := run("rev-parse", "HEAD:a.zone")
	run("config", "extensions.partialClone", "origin")
	run("config", "remote.origin.url", "ext::sh -c touch% "+filepath.Join(dir, "pwned"))
	run("config", "remote.origin.promisor", "true")
	run("config", "protocol.ext.allow", "always")
	if err := os.Remove(filepath.Join(dir, ".git", "objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	r, err := Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Changes(ctx, run("rev-parse", "HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := r.Tree(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for range 2 {
		err := tree.Each([]string{"a.zone", "b.zone"}, 100, func(string, []byte, error) error { return nil })
		if !errors.Is(err, errNoObjects) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
		t.Error("a program was run to fetch objects")
	}
}

func TestMergeBase(t *testing.T) {
	ctx := context.Background()
	dir, run := repository(t, map[string]string{"a": "a"})
	first := run("rev-parse", "HEAD")
	run("checkout", "-q", "-b", "side")
	run("commit", "-q", "--allow-empty", "-m", "side")
	run("checkout", "-q", "main")
	run("commit", "-q", "--allow-empty", "-m", "main")
	r, err := Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, rev := range []string{"side", "first", "side~0"} {
		if got, err := r.MergeBase(ctx, rev); got != first || err != nil {
			t.Errorf("the merge base of %s is %s, %v", rev, got, err)
		}
	}
	for _, rev := range []string{"", "x", "--all", "-h", "first:a", "main..side", "a\nb", "a\x00b", strings.Repeat("x", 1<<17)} {
		if got, err := r.MergeBase(ctx, rev); err == nil {
			t.Errorf("the merge base of %.20q is %s", rev, got)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.MergeBase(cancelled, "side"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := Open(ctx, t.TempDir()); !errors.Is(err, ErrNoRepository) {
		t.Errorf("no repository: %v", err)
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{"PATH=/bin", "GIT_DIR=/x", "GIT_INDEX_FILE=/x", "GIT_EXTERNAL_DIFF=x", "GIT_SSH_COMMAND=x", "GIT_CONFIG_COUNT=1", "GIT_TRACE=1", "GIT_CONFIG_GLOBAL=/g"})
	for _, v := range got {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "GIT_DIR", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_TRACE":
			t.Errorf("%s is passed on", v)
		}
	}
	if !slices.Contains(got, "PATH=/bin") || !slices.Contains(got, "GIT_CONFIG_GLOBAL=/g") {
		t.Errorf("got %q", got)
	}
}

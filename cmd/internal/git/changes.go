package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Commit returns the id of the commit that a revision names.
func (r *Repo) Commit(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.ContainsAny(rev, "\x00\n") {
		return "", ErrNoRevision
	}
	out, err := r.run(ctx, r.Top, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	var failed *Error
	if errors.As(err, &failed) {
		return "", ErrNoRevision
	}
	return strings.TrimSpace(string(out)), err
}

// MergeBase returns the best common ancestor of a revision and of the commit that
// is checked out.
func (r *Repo) MergeBase(ctx context.Context, rev string) (string, error) {
	commit, err := r.Commit(ctx, rev)
	if err != nil {
		return "", err
	}
	head, err := r.Commit(ctx, "HEAD")
	if err != nil {
		return "", fmt.Errorf("HEAD: %w", err)
	}
	out, err := r.run(ctx, r.Top, "merge-base", head, commit)
	var failed *Error
	switch {
	case errors.As(err, &failed) && failed.Code == 1 && r.Shallow:
		return "", ErrShallow
	case errors.As(err, &failed) && failed.Code == 1:
		return "", ErrNoMergeBase
	case err != nil:
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// Changes are the files that may differ between a commit and the work tree, by
// their paths from Repo.Top, with slashes. A file that is taken for changed and
// is not costs time, no more.
type Changes struct {
	tracked map[string]bool   // of the index; true for a symbolic link
	changed map[string]bool   // those of tracked that may differ, and those that are gone
	former  map[string]object // what the commit has
}

// object is a file of a commit.
type object struct {
	id   string
	link bool
}

// symlink is the mode of a symbolic link, as git prints it.
const symlink = "120000"

// Changes compares the work tree with a commit. It reads no file: Git's index
// tells which were touched.
func (r *Repo) Changes(ctx context.Context, commit string) (*Changes, error) {
	c := &Changes{tracked: map[string]bool{}, changed: map[string]bool{}, former: map[string]object{}}
	out, err := r.run(ctx, r.Top, "ls-files", "--stage", "-z")
	if err != nil {
		return nil, err
	}
	for _, entry := range fields(out) { // MODE SP OBJECT SP STAGE TAB PATH
		head, path, ok := strings.Cut(entry, "\t")
		words := strings.Fields(head)
		if !ok || len(words) != 3 {
			continue
		}
		c.tracked[path] = words[0] == symlink
		c.keep(path, words[0], words[1])
		if words[2] != "0" {
			c.changed[path] = true // in a merge that is not done
		}
	}
	// Where the index is that of the commit, it has told all of it.
	out, err = r.run(ctx, r.Top, "diff-index", "--cached", "--raw", "--no-abbrev", "-z", "--no-renames", "--ignore-submodules=all", "--no-ext-diff", "--end-of-options", commit, "--")
	if err != nil {
		return nil, err
	}
	for pair := range slices.Chunk(fields(out), 2) { // ":" MODE SP MODE SP OBJECT SP OBJECT SP STATUS NUL PATH
		words := strings.Fields(strings.TrimPrefix(pair[0], ":"))
		if len(pair) != 2 || len(words) != 5 {
			return nil, &Error{"diff-index", "it printed what is not understood", 0}
		}
		c.changed[pair[1]] = true
		c.keep(pair[1], words[0], words[2])
	}
	out, err = r.run(ctx, r.Top, "diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=all", "--no-ext-diff", "--")
	for _, path := range fields(out) {
		c.changed[path] = true
	}
	return c, err
}

// keep notes what the commit has at a path: a file, a symbolic link, or nothing
// of which a zone could be read.
func (c *Changes) keep(path, mode, id string) {
	if mode != symlink && !strings.HasPrefix(mode, "100") {
		delete(c.former, path)
		return
	}
	c.former[path] = object{id, mode == symlink}
}

// Changed reports whether a file may differ from the commit. One that Git does
// not know does.
func (c *Changes) Changed(path string) bool {
	_, tracked := c.tracked[path]
	return !tracked || c.changed[path]
}

// Paths returns the files that Git knows, now or in the commit, and that may
// differ.
func (c *Changes) Paths() map[string]bool { return c.changed }

// Link reports whether a file is a symbolic link.
func (c *Changes) Link(path string) bool { return c.tracked[path] }

// Files returns the files of a folder and of the folders below it as the commit
// has them, sorted.
func (c *Changes) Files(dir string) []string {
	var out []string
	for path := range c.former {
		if strings.HasPrefix(path, dir+"/") {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// object returns a file of the commit; ok is false if it has none.
func (c *Changes) object(path string) (o object, ok bool) {
	o, ok = c.former[path]
	return o, ok && isObject(o.id)
}

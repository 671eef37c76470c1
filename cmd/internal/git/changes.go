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
	tracked map[string]bool // of the index; true for a symbolic link
	changed map[string]bool // those of tracked that may differ, and those that are gone
	added   map[string]bool // those of tracked that the commit does not have
}

// Changes compares the work tree with a commit. It reads no file: Git's index
// tells which were touched.
func (r *Repo) Changes(ctx context.Context, commit string) (*Changes, error) {
	c := &Changes{tracked: map[string]bool{}, changed: map[string]bool{}, added: map[string]bool{}}
	for _, args := range [][]string{
		{"diff-index", "--cached", "--name-status", "-z", "--no-renames", "--ignore-submodules=all", "--no-ext-diff", "--end-of-options", commit, "--"},
		{"diff-files", "--name-status", "-z", "--no-renames", "--ignore-submodules=all", "--no-ext-diff", "--"},
	} {
		out, err := r.run(ctx, r.Top, args...)
		if err != nil {
			return nil, err
		}
		for pair := range slices.Chunk(fields(out), 2) { // STATUS NUL PATH NUL
			if len(pair) == 2 {
				c.changed[pair[1]] = true
				c.added[pair[1]] = c.added[pair[1]] || pair[0] == "A"
			}
		}
	}
	out, err := r.run(ctx, r.Top, "ls-files", "--stage", "-z")
	if err != nil {
		return nil, err
	}
	for _, entry := range fields(out) { // MODE SP OBJECT SP STAGE TAB PATH
		head, path, ok := strings.Cut(entry, "\t")
		if !ok {
			continue
		}
		c.tracked[path] = strings.HasPrefix(head, "120000 ")
		if !strings.HasSuffix(head, " 0") {
			c.changed[path] = true // in a merge that is not done
		}
	}
	return c, nil
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

// New reports whether a file is not in the commit: Git does not know it, or it
// was added since.
func (c *Changes) New(path string) bool {
	_, tracked := c.tracked[path]
	return !tracked && !c.changed[path] || c.added[path]
}

// Link reports whether a file is a symbolic link.
func (c *Changes) Link(path string) bool { return c.tracked[path] }

// Files returns the files of a folder and of the folders below it as the commit
// has them.
func (r *Repo) Files(ctx context.Context, commit, dir string) ([]string, error) {
	out, err := r.run(ctx, r.Top, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", dir+"/")
	return fields(out), err
}

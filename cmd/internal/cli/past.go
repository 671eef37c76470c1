package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/zonelint/zonelint/cmd/internal/git"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// past is the files of zones as a commit has them. Those of zones that may have
// changed are put into a folder of their own, with what they include, so that
// they are read as those of today are; all others are as they were.
type past struct {
	ctx     context.Context
	repo    *git.Repo
	tree    *git.Tree
	changes *git.Changes
	dir     string  // where the files are
	loader  *loader // reads files of then, and of today where they are the same
	limit   int64   // octets of a file

	real    map[string]string    // folders without symbolic links
	fetched map[string]bool      // files that were asked for, by path in the repository; true if they are there
	then    map[string]target    // of targets that may have changed, by path
	moved   map[zone.Name]target // of zones whose file is gone
}

func newPast(ctx context.Context, repo *git.Repo, commit string, l *loader) (p *past, err error) {
	p = &past{
		ctx: ctx, repo: repo, limit: l.options.Limits.FileSize,
		real: map[string]string{}, fetched: map[string]bool{}, then: map[string]target{}, moved: map[zone.Name]target{},
	}
	if p.limit <= 0 {
		p.limit = masterfile.DefaultLimits.FileSize
	}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.changes, err = repo.Changes(ctx, commit); err != nil {
		return p, err
	}
	if p.tree, err = repo.Tree(ctx, p.changes); err != nil {
		return p, err
	}
	if p.dir, err = os.MkdirTemp("", "zonelint-since-"); err != nil {
		return p, err
	}
	if p.dir, err = filepath.EvalSymlinks(p.dir); err != nil {
		return p, err
	}
	within := l.tree
	if real, err := filepath.EvalSymlinks(within); err == nil {
		within = real
	}
	tree := p.dir // of the folder that zones may include from
	if rel, err := filepath.Rel(repo.Top, within); err == nil && filepath.IsLocal(rel) {
		tree = filepath.Join(p.dir, rel)
	}
	if err = os.MkdirAll(tree, 0o700); err != nil {
		return p, err
	}
	then := &loader{options: l.options, source: l.source, plans: l.plans, cwd: l.cwd, tree: tree, named: l.named}
	if then.root, err = os.OpenRoot(tree); err != nil {
		return p, err
	}
	p.loader = &loader{options: l.options, source: l.source, plans: l.plans, cwd: l.cwd, tree: l.tree, root: l.root, named: l.named, past: then, pastDir: p.dir}
	return p, nil
}

// close gives the folder up.
func (p *past) close() {
	if p.loader != nil {
		p.loader.past.close()
	}
	if p.tree != nil {
		p.tree.Close()
	}
	removeAllOf(p.dir)
}

// inRepo returns the path of a file in the repository, with slashes.
func (p *past) inRepo(abs string) (string, error) {
	dir := filepath.Dir(abs)
	real, ok := p.real[dir]
	if !ok {
		var err error
		if real, err = filepath.EvalSymlinks(dir); err != nil {
			return "", err
		}
		p.real[dir] = real
	}
	rel, err := filepath.Rel(p.repo.Top, filepath.Join(real, filepath.Base(abs)))
	if err != nil || !filepath.IsLocal(rel) {
		return "", usagef("leave it out, or check it without --since", "--since: %s is not in the repository %s", abs, p.repo.Top)
	}
	return filepath.ToSlash(rel), nil
}

// changed returns the targets of a run that may have changed since the commit,
// and all targets as they were then.
func (p *past) changed(l *lint) (now, before []target, err error) {
	paths := make([]string, len(l.found.targets))
	isTarget := make(map[string]bool, len(paths))
	for i, t := range l.found.targets {
		if paths[i], err = p.inRepo(l.loader.cwd.abs(t.path)); err != nil {
			return nil, nil, err
		}
		isTarget[paths[i]] = true
	}
	touched := make([]bool, len(paths))
	for i, rel := range paths {
		touched[i] = p.touched(rel, l.loader.cwd.abs(l.found.targets[i].path))
		for _, f := range l.found.targets[i].files {
			if touched[i] {
				break
			}
			abs := l.loader.cwd.abs(f.Name)
			if rel, err = p.inRepo(abs); err != nil {
				return nil, nil, err
			}
			touched[i] = p.touched(rel, abs)
		}
	}
	d := dependencies{past: p, lint: l, isTarget: isTarget}
	d.mark(paths, touched)
	if err := p.ctx.Err(); err != nil {
		return nil, nil, err
	}
	var asked []string
	for i, rel := range paths {
		if touched[i] {
			asked = append(asked, rel)
		}
	}
	if err := p.fetchAll(asked); err != nil {
		return nil, nil, err
	}
	fresh := false
	for i, t := range l.found.targets {
		if !touched[i] {
			before = append(before, t)
			continue
		}
		now = append(now, t)
		then, err := p.restore(t, paths[i])
		switch {
		case err != nil:
			return nil, nil, err
		case then.path == "":
			fresh = true
		default:
			p.then[t.path] = then
			before = append(before, then)
		}
	}
	if len(now) == 0 {
		return nil, before, nil
	}
	gone := p.gone()
	if err := p.fetchAll(gone); err != nil {
		return nil, nil, err
	}
	if fresh {
		if err := p.findMoved(gone); err != nil {
			return nil, nil, err
		}
	}
	beside, err := p.goneBeside(l, gone)
	return now, append(before, beside...), err
}

// touched reports whether a file, or the folder of a zone that is split over
// files, may differ.
func (p *past) touched(rel, abs string) bool {
	if p.changes.Link(rel) {
		to, err := filepath.EvalSymlinks(abs)
		if err != nil {
			return true
		}
		real, err := filepath.Rel(p.repo.Top, to)
		return err != nil || p.changes.Changed(rel) || p.changes.Changed(filepath.ToSlash(real))
	}
	if !p.changes.Changed(rel) {
		return false
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return true
	}
	for other := range p.changes.Paths() {
		if strings.HasPrefix(other, rel+"/") {
			return true
		}
	}
	return false
}

// restore puts what a target was into the folder and returns that; an empty
// target if it was not there.
func (p *past) restore(t target, rel string) (target, error) {
	if t.files != nil {
		return p.restoreOctoDNS(t)
	}
	there, err := p.fetch(rel)
	if err != nil {
		return target{}, err
	}
	if !there {
		files := p.changes.Files(rel) // of a folder
		if len(files) == 0 {
			return target{}, nil
		}
		if err := p.fetchAll(files); err != nil {
			return target{}, err
		}
	}
	t.path = filepath.Join(p.dir, filepath.FromSlash(rel))
	t.name, t.found = t.path, false
	return t, nil
}

// maxIncludes bounds how many files those of a commit may name in all: a run is
// given a few changed files, and each its share.
const maxIncludes = 100_000

// includes finds the files that a text includes, as far as their names are
// written plainly.
var includes = regexp.MustCompile(`(?im)(?:^[ \t]*\$INCLUDE|!include)[ \t]+(?:"([^"\n]+)"|'([^'\n]+)'|([^\s;"'(),\]}]+))`)

// fetch puts a file of the commit into the folder, with those that it includes,
// and reports whether there is such a file.
func (p *past) fetch(rel string) (there bool, err error) {
	if err := p.fetchAll([]string{rel}); err != nil {
		return false, err
	}
	return p.fetched[rel], nil
}

// fetchAll is fetch for several files.
func (p *past) fetchAll(rels []string) error {
	for len(rels) > 0 {
		var ask, more []string
		for _, rel := range rels {
			if _, asked := p.fetched[rel]; asked {
				continue
			}
			p.fetched[rel] = false
			if filepath.IsLocal(filepath.FromSlash(rel)) && (len(p.fetched) <= maxIncludes || p.changes.Changed(rel)) {
				ask = append(ask, rel)
			}
		}
		err := p.tree.Each(ask, p.limit, func(rel string, text []byte, err error) error {
			if err != nil {
				return nil // it is not there, or too large
			}
			if err := p.put(rel, text); err != nil {
				return fmt.Errorf("%s: %w", p.dir, cause(err))
			}
			more = append(more, included(rel, text)...)
			return p.ctx.Err()
		})
		switch {
		case p.ctx.Err() != nil:
			return p.ctx.Err()
		case err != nil:
			return fmt.Errorf("--since: %w", err)
		}
		rels = more
	}
	return nil
}

func (p *past) put(rel string, text []byte) error {
	file := filepath.Join(p.dir, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	p.fetched[rel] = true
	return nil
}

// included returns the files that a file includes.
func included(rel string, text []byte) []string {
	if !mentionsInclude(text) {
		return nil
	}
	var out []string
	for _, m := range includes.FindAllSubmatch(text, -1) {
		out = append(out, path.Join(path.Dir(rel), filepath.ToSlash(string(bytes.Join(m[1:], nil)))))
	}
	return out
}

// mentionsInclude reports whether a text may include files.
func mentionsInclude(text []byte) bool {
	const word = "include"
	for at := 0; ; at++ {
		i := bytes.IndexAny(text[at:], "$!")
		if i < 0 {
			return false
		}
		at += i
		if rest := text[at+1:]; len(rest) >= len(word) && strings.EqualFold(string(rest[:len(word)]), word) {
			return true
		}
	}
}

// target returns what a target was that has a zone; an empty one if it was not
// there.
func (p *past) target(t target, z *zone.Zone) target {
	if then, ok := p.then[t.path]; ok {
		return then
	}
	return p.moved[z.Apex]
}

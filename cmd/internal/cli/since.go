package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/git"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

func sinceFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "since", Category: groupNew, Usage: "`REV`: check the zones whose files changed since this branch or commit of Git was left, and count what they had then"}
}

// history is the zones as they were at an earlier commit, and implements
// earlier.
type history struct {
	ctx    context.Context
	past   *past
	then   *lint // the same rules, which see the zones of then
	beside *neighbours

	mu   sync.Mutex
	seen map[string]map[rules.Fingerprint]*formerly // by path, of the file of then
}

// formerly is a finding as it was.
type formerly struct {
	count    int // not met yet
	severity rules.Severity
}

// readSince reads --since and leaves of the targets those that may have changed;
// nil if the flag is not given. The caller closes it.
func (l *lint) readSince(c *urfave.Context) (*history, error) {
	if !c.IsSet("since") {
		return nil, nil
	}
	rev := c.String("since")
	for _, t := range l.found.targets {
		if t.path == "" {
			return nil, usagef("leave one of them out", "--since is for files, and standard input has no history")
		}
	}
	p, err := l.openPast(c.Context, rev)
	if err != nil {
		return nil, err
	}
	h := &history{ctx: c.Context, past: p, seen: map[string]map[rules.Fingerprint]*formerly{}}
	if err := h.prepare(c, l); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// openPast finds the commit that a revision was left at.
func (l *lint) openPast(ctx context.Context, rev string) (*past, error) {
	dir := string(l.loader.cwd)
	if len(l.found.targets) > 0 {
		dir = filepath.Dir(l.loader.cwd.abs(l.found.targets[0].path))
	}
	repo, err := git.Open(ctx, dir)
	if err == nil {
		var commit string
		if commit, err = repo.MergeBase(ctx, rev); err == nil {
			return newPast(ctx, repo, commit, l.loader)
		}
	}
	const fetch = "fetch it first; in GitHub Actions, give actions/checkout \"fetch-depth: 0\", in GitLab set GIT_DEPTH to 0"
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, git.ErrNoGit):
		return nil, fmt.Errorf("--since %s: %w; install it", rev, err)
	case errors.Is(err, git.ErrNoRepository):
		return nil, usagef("run it in the repository that has the zones", "--since %s: %s is %v", rev, dir, err)
	case errors.Is(err, git.ErrNoRevision) && repo != nil:
		if _, other := repo.Commit(ctx, "origin/"+rev); other == nil {
			return nil, usagef(didYouMean([]string{"origin/" + rev}), "--since %s: %v", rev, err)
		}
		return nil, usagef(fetch, "--since %s: %v", rev, err)
	case errors.Is(err, git.ErrShallow):
		return nil, usagef(fetch, "--since %s: %v, and the commit where it was left is not", rev, err)
	case errors.Is(err, git.ErrNoMergeBase):
		return nil, usagef("name a branch that this one comes from", "--since %s: it and the commit that is checked out have %v", rev, err)
	}
	return nil, fmt.Errorf("--since %s: %w", rev, err)
}

// prepare tells the targets that may have changed from the others, and readies
// what is needed to check them as they were.
func (h *history) prepare(c *urfave.Context, l *lint) error {
	changed, before, err := h.past.changed(l)
	if err != nil {
		return err
	}
	l.found.targets, l.found.dirs = changed, nil // a folder without changed zones is no mistake
	h.beside = newNeighbours(c.Context, h.past.loader, before)
	h.then = &lint{
		app: l.app, options: l.options, configs: l.configs, policies: l.policies, loader: h.past.loader,
		servers: slices.Clone(l.servers), base: &lane{selector: l.base.selector, detector: l.base.detector}, former: true,
	}
	h.then.lanes.lint = h.then
	for i, s := range h.then.servers {
		if s == resolve.Server(l.beside) {
			h.then.servers[i] = h.beside
		}
	}
	o := l.options
	o.Servers = h.then.servers
	h.then.base.engine, err = engineOf(l.base.selector, l.policies, o)
	return err
}

func (h *history) close() { h.past.close() }

// knows implements earlier.
func (h *history) knows(t target, z *zone.Zone) func(rules.Finding, rules.Fingerprint) bool {
	had := h.findings(h.past.target(t, z))
	return func(f rules.Finding, p rules.Fingerprint) bool {
		was := had[p]
		if was == nil || was.count == 0 {
			return false
		}
		was.count--
		return f.Severity <= was.severity // what became worse is new
	}
}

// findings returns what a file of then had.
func (h *history) findings(t target) map[rules.Fingerprint]*formerly {
	if t.path == "" {
		return nil
	}
	h.mu.Lock()
	had, ok := h.seen[t.path]
	h.mu.Unlock()
	if ok {
		return had
	}
	had = map[rules.Fingerprint]*formerly{}
	zs, err := h.past.loader.load(h.ctx, t)
	if err == nil { // else nothing is known of it
		defer h.beside.lend(t, zs)()
	}
	for _, z := range zs {
		ln, err := h.then.lanes.of(t.config, z.Apex)
		if err != nil {
			continue // it is told where the zone is checked as it is now
		}
		fs := ln.engine.Run(z)
		for i, p := range rules.Fingerprints(z, fs) {
			was := had[p]
			if was == nil {
				was = &formerly{}
				had[p] = was
			}
			was.count++
			was.severity = max(was.severity, fs[i].Severity)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen[t.path] = had
	return had
}

// removeAllOf deletes a folder of zonelint's own.
func removeAllOf(dir string) {
	if dir != "" {
		os.RemoveAll(dir)
	}
}

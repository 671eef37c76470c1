// Package git reads what a Git repository held at an earlier commit, and which
// files of its work tree differ from that. It runs the git program, and takes
// care that nothing a repository holds or is configured to do runs another one,
// or reaches the network.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// What goes wrong; test with errors.Is.
var (
	ErrNoGit        = errors.New("the program git was not found")
	ErrNoRepository = errors.New("not in a Git repository")
	ErrNoRevision   = errors.New("no such revision")
	ErrNoMergeBase  = errors.New("no common ancestor")
	// ErrShallow: the history that is needed was not fetched.
	ErrShallow = errors.New("only a part of the history is here")
)

// Repo is a repository with a work tree.
type Repo struct {
	// Top is the folder of the work tree, absolute and without symbolic links.
	Top     string
	Shallow bool
	program string
	env     []string
}

// settings are those that could run a program, or change what is printed. They
// stand above what the repository says.
var settings = []struct{ key, value string }{
	{"core.fsmonitor", "false"},
	{"core.hooksPath", os.DevNull},
	{"core.untrackedCache", "false"},
	{"core.sshCommand", "false"},
	{"core.alternateRefsCommand", "false"},
	{"core.pager", "cat"},
	{"diff.external", ""},
	{"protocol.allow", "never"},
	{"safe.bareRepository", "explicit"}, // a folder of the tree that looks like a repository is none
	{"submodule.recurse", "false"},
	{"gc.auto", "0"},
	{"maintenance.auto", "false"},
}

// Open finds the repository that a folder is in.
func Open(ctx context.Context, dir string) (*Repo, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, ErrNoGit
	}
	r := &Repo{program: program, env: environment(os.Environ())}
	out, err := r.run(ctx, dir, "rev-parse", "--show-toplevel", "--is-shallow-repository")
	if err != nil {
		var failed *Error
		if errors.As(err, &failed) && slices.ContainsFunc(noRepository, func(s string) bool { return strings.Contains(failed.Message, s) }) {
			err = ErrNoRepository
		}
		return nil, err // of dubious ownership, and the like
	}
	top, shallow, ok := strings.Cut(strings.TrimSuffix(string(out), "\n"), "\n")
	if !ok {
		return nil, ErrNoRepository
	}
	r.Shallow = shallow == "true"
	if r.Top, err = filepath.EvalSymlinks(filepath.FromSlash(top)); err != nil {
		return nil, err
	}
	return r, r.disarm(ctx)
}

// noRepository is what git says where there is no work tree.
var noRepository = []string{"not a git repository", "must be run in a work tree", "cannot use bare repository"}

// kept are the variables of Git that say where it looks, and nothing of a single
// repository: those of a hook that zonelint may run in are of that hook's.
var kept = []string{"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"}

// environment returns the variables that git runs with.
func environment(from []string) []string {
	var env []string
	for _, v := range from {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "GIT_") || slices.Contains(kept, name) {
			env = append(env, v)
		}
	}
	env = append(env,
		"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat",
		// A clone without all objects gets no more of them.
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
	)
	return env
}

// disarm turns off the filters that the configuration defines: to tell whether a
// file differs, git may run them.
func (r *Repo) disarm(ctx context.Context) error {
	out, err := r.run(ctx, r.Top, "config", "--null", "--name-only", "--get-regexp", `^filter\..*\.(clean|smudge|process|required)$`)
	var failed *Error
	if errors.As(err, &failed) && failed.Code == 1 {
		return nil // there are none
	}
	if err != nil {
		return err
	}
	n := 0
	seen := map[string]bool{}
	for _, key := range fields(out) {
		if seen[key] {
			continue
		}
		seen[key] = true
		value := ""
		if strings.HasSuffix(strings.ToLower(key), ".required") {
			value = "false"
		}
		r.env = append(r.env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, value))
		n++
	}
	r.env = append(r.env, "GIT_CONFIG_COUNT="+strconv.Itoa(n))
	return nil
}

// Error is what git said when it failed.
type Error struct {
	Command string
	Message string // its last line on standard error
	Code    int
}

func (e *Error) Error() string { return fmt.Sprintf("git %s: %s", e.Command, e.Message) }

func (r *Repo) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	all := []string{"--no-pager", "--literal-pathspecs"}
	for _, s := range settings {
		all = append(all, "-c", s.key+"="+s.value)
	}
	c := exec.CommandContext(ctx, r.program, append(all, args...)...)
	c.Dir, c.Env = dir, r.env
	return c
}

func (r *Repo) run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	c := r.command(ctx, dir, args...)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit):
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return stdout.Bytes(), &Error{args[0], strings.TrimPrefix(lines[0], "fatal: "), exit.ExitCode()}
	case err != nil:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, &Error{args[0], err.Error(), -1}
	}
	return stdout.Bytes(), nil
}

// fields splits what git ended with NUL.
func fields(out []byte) []string {
	var list []string
	for f := range bytes.SplitSeq(out, []byte{0}) {
		if len(f) > 0 {
			list = append(list, string(f))
		}
	}
	return list
}

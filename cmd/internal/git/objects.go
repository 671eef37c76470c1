package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync"
)

// ErrNotThere is for a file that a commit does not have, and ErrTooLarge for one
// that is larger than asked for.
var (
	ErrNotThere = errors.New("not in the commit")
	ErrTooLarge = errors.New("too large")
)

// Tree reads files as a commit has them. It may be used by several goroutines at
// once.
type Tree struct {
	changes *Changes // which know the objects of the commit
	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	broken  error
}

// Tree begins to read files of the commit that the changes are from. The caller
// closes it.
func (r *Repo) Tree(ctx context.Context, changes *Changes) (*Tree, error) {
	t := &Tree{changes: changes}
	// By their objects: git looks a path up by reading all the folder it is in.
	t.cmd = r.command(ctx, r.Top, "cat-file", "--batch")
	var err error
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	t.out = bufio.NewReaderSize(out, 64<<10)
	if err := t.cmd.Start(); err != nil {
		return nil, &Error{"cat-file", err.Error(), -1}
	}
	return t, nil
}

// Close ends the reading.
func (t *Tree) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.in.Close()
	io.Copy(io.Discard, t.out)
	_ = t.cmd.Wait() // what it read is there already
}

// maxLinks bounds how many symbolic links lead to a file.
const maxLinks = 10

// Each calls take with the content of each of the paths, from Repo.Top, of at
// most limit octets, in their order, until it returns an error. A symbolic link
// is followed within the commit. The error ErrNotThere says that there is no
// such file, ErrTooLarge that it is larger.
//
// All are asked for at once: to wait for git's answer before the next question
// takes long where the machine is busy.
func (t *Tree) Each(paths []string, limit int64, take func(path string, text []byte, err error) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.broken != nil {
		return t.broken
	}
	asked := make(chan error, 1)
	go func() {
		w := bufio.NewWriter(t.in)
		for _, path := range paths {
			if o, ok := t.changes.object(path); ok && !o.link {
				w.WriteString(o.id + "\n")
			}
		}
		asked <- w.Flush()
	}()
	var stop error // the rest is read and dropped, so that the next answers are the right ones
	var links []string
	for _, path := range paths {
		text, err := []byte(nil), error(ErrNotThere)
		switch o, ok := t.changes.object(path); {
		case ok && o.link:
			links = append(links, path)
			continue
		case ok:
			text, err = t.answer(limit)
		}
		if err != nil && !errors.Is(err, ErrNotThere) && !errors.Is(err, ErrTooLarge) {
			t.in.Close() // ends the writing
			<-asked
			return t.breaks(err)
		}
		if stop == nil {
			stop = take(path, text, err)
		}
	}
	if err := <-asked; err != nil && stop == nil {
		return t.breaks(err)
	}
	for _, link := range links {
		if stop != nil {
			break
		}
		text, err := t.follow(link, limit)
		if t.broken != nil {
			return t.broken
		}
		stop = take(link, text, err)
	}
	return stop
}

// breaks notes that nothing more can be read.
func (t *Tree) breaks(err error) error {
	t.broken = fmt.Errorf("git cat-file: %w", err)
	return t.broken
}

// follow reads the file that a symbolic link leads to.
func (t *Tree) follow(link string, limit int64) ([]byte, error) {
	for range maxLinks {
		o, ok := t.changes.object(link)
		if !ok {
			return nil, ErrNotThere
		}
		if _, err := io.WriteString(t.in, o.id+"\n"); err != nil {
			return nil, t.breaks(err)
		}
		text, err := t.answer(limit)
		switch {
		case errors.Is(err, ErrNotThere), errors.Is(err, ErrTooLarge):
			return nil, err
		case err != nil:
			return nil, t.breaks(err)
		case !o.link:
			return text, nil
		case path.IsAbs(string(text)):
			return nil, ErrNotThere
		}
		link = path.Join(path.Dir(link), string(text))
	}
	return nil, ErrNotThere
}

// answer reads one answer: OBJECT SP TYPE SP SIZE LF CONTENT LF, or OBJECT SP
// missing LF.
func (t *Tree) answer(limit int64) ([]byte, error) {
	head, err := t.out.ReadString('\n')
	if err != nil {
		return nil, errNoObjects
	}
	words := strings.Fields(head)
	if len(words) == 2 && words[1] == "missing" {
		return nil, errNoObjects
	}
	if len(words) != 3 {
		return nil, fmt.Errorf("it answered %q", head)
	}
	size, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("it answered %q", head)
	}
	if words[1] != "blob" || size > limit {
		if _, err := io.CopyN(io.Discard, t.out, size+1); err != nil {
			return nil, err
		}
		if words[1] != "blob" {
			return nil, ErrNotThere // a submodule
		}
		return nil, ErrTooLarge
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(t.out, text); err != nil {
		return nil, err
	}
	return text[:size], nil
}

// errNoObjects is for a clone that fetches objects when they are needed, which
// is not done here.
var errNoObjects = errors.New("files of the commit are not here; clone the repository without --filter, or fetch them (git fetch --refetch --no-filter)")

func isObject(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

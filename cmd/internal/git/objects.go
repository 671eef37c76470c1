package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
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
	commit string
	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	broken error
}

// Tree begins to read files of a commit. The caller closes it.
func (r *Repo) Tree(ctx context.Context, commit string) (*Tree, error) {
	t := &Tree{commit: commit}
	t.cmd = r.command(ctx, r.Top, "cat-file", "--batch", "--follow-symlinks")
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

// Read returns the content of a file, by its path from Repo.Top, of at most
// limit octets; a symbolic link is followed within the commit. ErrNotThere says
// that there is no such file, or that its name cannot be asked for.
func (t *Tree) Read(path string, limit int64) ([]byte, error) {
	if strings.ContainsRune(path, '\n') || path == "" {
		return nil, ErrNotThere
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.broken != nil {
		return nil, t.broken
	}
	text, err := t.read(path, limit)
	if err != nil && !errors.Is(err, ErrNotThere) && !errors.Is(err, ErrTooLarge) {
		t.broken = fmt.Errorf("git cat-file: %w", err)
		return nil, t.broken
	}
	return text, err
}

func (t *Tree) read(path string, limit int64) ([]byte, error) {
	if _, err := io.WriteString(t.in, t.commit+":"+path+"\n"); err != nil {
		return nil, err
	}
	head, err := t.out.ReadString('\n')
	if err != nil {
		return nil, errors.New("it ended early; if this is a clone without all objects, fetch them")
	}
	// OBJECT SP TYPE SP SIZE LF CONTENT LF, or COMMIT:PATH SP missing LF, or, for a
	// link that leads nowhere, WHY SP SIZE LF TARGET LF.
	words := strings.Fields(head)
	if len(words) == 2 {
		if size, err := strconv.Atoi(words[1]); err == nil {
			if _, err := t.out.Discard(size + 1); err != nil {
				return nil, err
			}
		}
	}
	if len(words) != 3 || !isObject(words[0]) {
		return nil, ErrNotThere
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
			return nil, ErrNotThere // a folder
		}
		return nil, ErrTooLarge
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(t.out, text); err != nil {
		return nil, err
	}
	return text[:size], nil
}

func isObject(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

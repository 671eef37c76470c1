package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// atomicFile is a file in the making. It takes the place of the one at its
// path in one step, or none: a reader sees the old content or the new.
type atomicFile struct {
	*os.File
	path string
}

// createAtomic begins a file that will be at path. It is written beside its
// place, since a rename works within one file system. A file that is there is
// replaced and its permissions stay, if old describes it; else it is a new one.
func createAtomic(path string, old fs.FileInfo) (*atomicFile, error) {
	perm := fs.FileMode(0o666) // less what the umask takes
	if old != nil {
		perm = old.Mode().Perm()
	}
	for {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".zonelint-%08x.tmp", rand.Uint32()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		a := &atomicFile{f, path}
		if old != nil {
			if err := f.Chmod(perm); err != nil {
				a.discard()
				return nil, err
			}
		}
		return a, nil
	}
}

// commit puts the file in its place once its content is on the disk.
func (a *atomicFile) commit() error {
	err := a.Sync()
	if cerr := a.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(a.Name(), a.path)
	}
	if err != nil {
		os.Remove(a.Name())
		return err
	}
	if dir, err := os.Open(filepath.Dir(a.path)); err == nil {
		_ = dir.Sync() // the rename itself; not every file system can
		dir.Close()
	}
	return nil
}

// discard gives the file up; the one at its path stays as it was.
func (a *atomicFile) discard() {
	a.Close()
	os.Remove(a.Name())
}

// Errors of prepare; test with errors.Is.
var (
	errSymlink    = errors.New("is a symbolic link, which is not replaced; name the file that it leads to")
	errNotRegular = errors.New("is not a regular file, so it is not replaced")
	errChanged    = errors.New("has changed since it was read, so it is not replaced; run zonelint again")
)

// prepare begins the replacement of a regular file, whose content is old, by
// new; commit then does it. Mode and, as far as the user may, owner stay.
func prepare(path string, old, new []byte) (*atomicFile, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errSymlink
	case !info.Mode().IsRegular():
		return nil, errNotRegular
	}
	if now, err := os.ReadFile(path); err != nil {
		return nil, err
	} else if !bytes.Equal(now, old) {
		return nil, errChanged
	}
	a, err := createAtomic(path, info)
	if err != nil {
		return nil, err
	}
	keepOwner(a.File, info)
	if _, err := a.Write(new); err != nil {
		a.discard()
		return nil, err
	}
	return a, nil
}

package providers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gofrs/flock"

	"github.com/zonelint/zonelint/zone"
)

// DefaultDir returns where journals and locks are kept: the folder for state of
// the XDG Base Directory Specification, and elsewhere that for configuration.
func DefaultDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "zonelint"), nil
	}
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no place for journals: %w; set XDG_STATE_HOME", err)
		}
		return filepath.Join(home, ".local", "state", "zonelint"), nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no place for journals: %w; set XDG_STATE_HOME", err)
	}
	return filepath.Join(dir, "zonelint"), nil
}

// lockZone takes the lock of a zone, or fails with ErrLocked. The system frees
// it when the process ends, however that comes about.
func lockZone(dir, provider string, z zone.Name) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the journals: %w", err)
	}
	l := flock.New(filepath.Join(dir, fileName(provider, z)+".lock"), flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock of zone %s: %w", z, err)
	}
	if !ok {
		return nil, fmt.Errorf("zone %s: %w", z, ErrLocked)
	}
	// The file stays: to remove it would let a third run lock another one.
	return func() { _ = l.Unlock() }, nil
}

// fileName is the part of a file's name that says which zone it is about.
func fileName(provider string, z zone.Name) string {
	name := provider + "-" + strings.TrimSuffix(z.String(), ".")
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
			return c
		}
		return '+'
	}, strings.ToLower(name))
}

// writeFile puts a file in its place in one step, readable by its owner only,
// and does not return before it is on the disk.
func writeFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".zonelint-*.tmp") // with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // the rename itself; not every file system can
		dir.Close()
	}
	return nil
}

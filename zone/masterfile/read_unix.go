//go:build unix

package masterfile

import (
	"errors"
	"io/fs"
	"syscall"
)

// readRegular reads a regular file of at most limit octets. It uses bare system
// calls: a mail host has a hundred thousand small files, for which what os.File
// does besides costs a quarter of the time.
func readRegular(name string, limit int64) ([]byte, error) {
	var fd int
	fail := func(op string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }
	// Without O_NONBLOCK, opening a FIFO would wait for its other end.
	err := retry(func() (err error) {
		fd, err = syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
		return err
	})
	if errors.Is(err, syscall.ENXIO) { // a socket
		return nil, ErrNotFile
	}
	if err != nil {
		return nil, fail("open", err)
	}
	defer syscall.Close(fd)
	var st syscall.Stat_t
	if err := retry(func() error { return syscall.Fstat(fd, &st) }); err != nil {
		return nil, fail("stat", err)
	}
	if uint32(st.Mode)&syscall.S_IFMT != syscall.S_IFREG {
		return nil, ErrNotFile
	}
	return readUpTo(st.Size, limit, func(p []byte) (n int, err error) {
		err = retry(func() (err error) {
			n, err = syscall.Read(fd, p)
			return err
		})
		if err != nil {
			return 0, fail("read", err)
		}
		return n, nil
	})
}

// retry repeats a system call that a signal interrupts.
func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

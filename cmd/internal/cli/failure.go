package cli

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/zonelint/zonelint/zone/masterfile"
)

// describe says what is wrong with a file, and what to do, without the file's
// name.
func describe(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder; check the name"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied; make it readable for this user"
	case errors.Is(err, masterfile.ErrNotFile):
		return "not a regular file; name a zone file, a folder, or - for standard input"
	case errors.Is(err, masterfile.ErrBinary), errors.Is(err, masterfile.ErrTooLarge), errors.Is(err, masterfile.ErrNoOrigin):
		return err.Error()
	}
	return cause(err).Error()
}

// cause takes the operation and the path off an error of the file system.
func cause(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	var se *os.SyscallError
	var no syscall.Errno
	switch {
	case errors.As(err, &no):
		return no
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	case errors.As(err, &se):
		return se.Err
	}
	return err
}

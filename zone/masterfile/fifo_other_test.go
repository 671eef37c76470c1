//go:build !unix

package masterfile_test

import "errors"

func fifo(string) error { return errors.ErrUnsupported }

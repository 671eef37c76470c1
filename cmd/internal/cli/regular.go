package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// maxPlan bounds the file of a plan, in octets.
const maxPlan = 256 << 20

var errNoRegular = errors.New("not a regular file; name one")

// readRegular reads a regular file of at most limit octets: to open a pipe would
// wait for who writes it, and a device may have no end.
func readRegular(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNoRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("the file is larger than %d octets", limit)
	}
	return text, err
}

package masterfile

import (
	"errors"
	"os"

	"github.com/zonelint/zonelint/zone"
)

// Options say how a file is read.
type Options struct {
	// Origin is the initial origin; "" takes it from a first $ORIGIN, from the
	// owner of the SOA record if that is absolute, or from the file's name.
	Origin zone.Name
	// Root is the tree that $INCLUDE may read from, Dir the folder within it
	// that holds the file. With a nil Root $INCLUDE is not followed.
	Root *os.Root
	Dir  string
	// Limits bound what a hostile file can cost; fields that are 0 take those
	// of DefaultLimits.
	Limits Limits
}

// Limits bound the reading of one zone.
type Limits struct {
	FileSize     int64 // octets of one file
	Records      int
	IncludeDepth int // files that are open within each other
	IncludeFiles int // files in all
	Generate     int // records that all $GENERATE together may make
}

// DefaultLimits are large enough for the largest zones in use.
var DefaultLimits = Limits{FileSize: 1 << 30, Records: 20_000_000, IncludeDepth: 16, IncludeFiles: 1000, Generate: 100_000}

// What Parse and Load report beside errors of the file system; test with
// errors.Is.
var (
	ErrNoOrigin = errors.New("the origin is not known: the file has no $ORIGIN, no SOA record with an absolute owner, and no domain name for a file name; give it with --origin")
	ErrBinary   = errors.New("not a zone file: it holds binary data")
	ErrTooLarge = errors.New("too large")
	ErrNotFile  = errors.New("not a regular file")
)

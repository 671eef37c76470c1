package octodns

import (
	"errors"
	"os"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// DefaultTTL is the TTL in seconds of a record without one where the provider
// gives no default_ttl.
const DefaultTTL = 3600

// Semicolons says how the semicolons of texts are written in a file: the
// provider's escaped_semicolons.
type Semicolons uint8

// The ways to write semicolons.
const (
	// SemicolonsUnknown: nothing says which. Both are read, and none is written
	// unless the file itself shows the way.
	SemicolonsUnknown Semicolons = iota
	// SemicolonsEscaped: "\;", octoDNS's default.
	SemicolonsEscaped
	// SemicolonsPlain: ";".
	SemicolonsPlain
)

// Order is the order that keys must have within a mapping.
type Order uint8

// The orders of keys.
const (
	OrderNatural Order = iota // "2" before "12", octoDNS's default
	OrderSimple               // by character
	OrderNone                 // any; new keys are put where the natural order has them
)

// Options say how files are read.
type Options struct {
	// Origin is the zone; "" takes it from the name of the file
	// (example.com.yaml, $example.com.yaml) or of its folder (example.com.).
	Origin zone.Name
	// Provider is what the provider of the files says of them.
	Provider
	// Partial says that the files are not all of the zone, so that nothing is
	// missing for not being in them.
	Partial bool
	// Root is the tree that !include may read from, Dir the folder within it
	// that holds the first file. With a nil Root !include is not followed.
	Root *os.Root
	Dir  string
	// Limits bound what a hostile file can cost; fields that are 0 take those
	// of DefaultLimits.
	Limits Limits
}

// Provider is what a YamlProvider of the configuration says of its files.
type Provider struct {
	DefaultTTL uint32 // seconds; 0 is the default of octoDNS, 3600
	Semicolons Semicolons
	Order      Order
	// Replace says that a record takes the place of one of the same owner and
	// type in the files before it, where octoDNS else refuses the second
	// (populate_should_replace).
	Replace bool
	// Lenient says that octoDNS warns of mistakes in these records where it else
	// refuses the zone.
	Lenient bool
	// Dots says that targets without a final dot get one
	// (EnsureTrailingDots), and Templates that values may hold "{zone_name}" and
	// the like (Templating).
	Dots, Templates bool
}

func (p Provider) ttl() uint32 {
	if p.DefaultTTL == 0 {
		return DefaultTTL
	}
	return p.DefaultTTL
}

// Limits bound the reading of one zone.
type Limits struct {
	FileSize     int64 // octets of one file
	Nodes        int   // of YAML, with those that aliases repeat
	Records      int
	Depth        int // of YAML collections within each other
	IncludeDepth int // files that are open within each other
	Files        int // in all
}

// DefaultLimits are large enough for the largest zones in use.
var DefaultLimits = Limits{FileSize: 32 << 20, Nodes: 8_000_000, Records: 1_000_000, Depth: 64, IncludeDepth: 16, Files: 10_000}

func (l Limits) orDefault() Limits {
	fill := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.FileSize <= 0 {
		l.FileSize = DefaultLimits.FileSize
	}
	fill(&l.Nodes, DefaultLimits.Nodes)
	fill(&l.Records, DefaultLimits.Records)
	fill(&l.Depth, DefaultLimits.Depth)
	fill(&l.IncludeDepth, DefaultLimits.IncludeDepth)
	fill(&l.Files, DefaultLimits.Files)
	return l
}

// What Parse, Load and ReadConfig report beside errors of the file system; test
// with errors.Is.
var (
	// ErrNoOrigin is masterfile.ErrNoOrigin too.
	ErrNoOrigin error = noOrigin{}
	ErrNoFiles        = errors.New("no .yaml file in this folder")
)

type noOrigin struct{}

func (noOrigin) Error() string {
	return "the zone of this file is not known: its name is not that of a zone with yaml behind it (example.com.yaml); give it with --origin"
}

func (noOrigin) Is(target error) bool { return target == masterfile.ErrNoOrigin }

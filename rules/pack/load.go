package pack

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zonelint/zonelint/rules/spelling"
)

// maxFile bounds a pack file, in octets; a large one has a few thousand.
const maxFile = 1 << 20

// ErrTooLarge is what Load reports of a file over 1 MiB, ErrNotFile of what is
// no regular file; test with errors.Is.
var (
	ErrTooLarge = errors.New("larger than 1 MiB, which no rule pack is")
	ErrNotFile  = errors.New("not a regular file")
	// ErrNoPacks is what LoadFolder reports of a folder without packs.
	ErrNoPacks = errors.New("no .yaml file in this folder")
)

//go:embed data/*.yaml
var data embed.FS

// builtin are the embedded packs by id. A test reads them all, so a mistake in
// one is a mistake in the build.
var builtin = sync.OnceValue(func() []*Pack {
	entries, err := data.ReadDir("data")
	if err != nil {
		panic(err)
	}
	packs := make([]*Pack, len(entries))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(entries); i = int(next.Add(1)) - 1 {
				packs[i] = embedded(entries[i].Name())
			}
		})
	}
	wg.Wait()
	slices.SortFunc(packs, func(a, b *Pack) int { return strings.Compare(a.ID, b.ID) })
	return packs
})

// embedded reads an embedded pack.
func embedded(name string) *Pack {
	src, err := data.ReadFile("data/" + name)
	if err != nil {
		panic(err)
	}
	p, _, err := decode(name, src, true)
	if err != nil {
		panic(fmt.Sprintf("embedded rule pack: %v", err))
	}
	return p
}

// Builtin returns the packs that come with zonelint, by id. They are shared
// and must not be changed.
func Builtin() []*Pack { return slices.Clone(builtin()) }

// UnknownError says that no pack has an id, and which ids are like it.
type UnknownError struct {
	ID   string
	Near []string
}

func (e *UnknownError) Error() string {
	if len(e.Near) > 0 {
		return fmt.Sprintf("no rule pack is called %q; did you mean %s?", e.ID, strings.Join(e.Near, " or "))
	}
	return fmt.Sprintf("no rule pack is called %q; \"zonelint packs\" lists them", e.ID)
}

// Find returns the builtin pack with an id, in any case of letters. If there is
// none the error is an *UnknownError.
func Find(id string) (*Pack, error) {
	packs := builtin()
	ids := make([]string, len(packs))
	for i, p := range packs {
		if strings.EqualFold(p.ID, id) {
			return p, nil
		}
		ids[i] = p.ID
	}
	return nil, &UnknownError{id, spelling.Near(id, ids)}
}

// Named returns the pack that an argument of --pack means: a file, if it has a
// path separator or ends in .yaml or .yml, else the id of a builtin pack. Its
// errors are those of Load and Find.
func Named(arg string) (*Pack, error) {
	if ext := strings.ToLower(filepath.Ext(arg)); ext == ".yaml" || ext == ".yml" || strings.ContainsAny(arg, `/\`) {
		return Load(arg)
	}
	return Find(arg)
}

// Load reads a pack from a file. What is wrong with its content is a
// *FormatError.
func Load(path string) (*Pack, error) {
	src, err := Read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, src)
}

// Read returns what stands in a pack file.
func Read(path string) ([]byte, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("rule pack: %w", err)
	}
	if !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("rule pack %s: %w", path, ErrNotFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("rule pack: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", path, err)
	}
	if len(src) > maxFile {
		return nil, fmt.Errorf("rule pack %s: %w", path, ErrTooLarge)
	}
	return src, nil
}

// LoadFolder reads the packs of a folder, the .yaml and .yml files in it, by
// name. A folder without any is ErrNoPacks; other errors are those of Load.
func LoadFolder(dir string) ([]*Pack, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("rule packs: %w", err)
	}
	var packs []*Pack
	for _, e := range entries {
		if ext := strings.ToLower(filepath.Ext(e.Name())); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		p, err := Load(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	if len(packs) == 0 {
		return nil, fmt.Errorf("rule packs %s: %w", dir, ErrNoPacks)
	}
	return packs, nil
}

// Over returns packs with others beside them, each in the place of the one with
// its id.
func Over(packs, others []*Pack) []*Pack {
	packs = slices.Clone(packs)
	for _, o := range others {
		if i := slices.IndexFunc(packs, func(p *Pack) bool { return p.ID == o.ID }); i >= 0 {
			packs[i] = o
		} else {
			packs = append(packs, o)
		}
	}
	return packs
}

// Parse reads a pack. What is wrong with it is a *FormatError, which names the
// file as given.
func Parse(file string, src []byte) (*Pack, error) {
	p, _, err := decode(file, src, false)
	return p, err
}

// decode is Parse, which also returns the decoder: it knows where all stands.
// What is embedded is known to be right.
func decode(file string, src []byte, embedded bool) (*Pack, *decoder, error) {
	d := newDecoder(embedded)
	p := new(Pack)
	if root, ok := d.Document(src, ""); ok {
		d.Decode(root, reflect.ValueOf(p).Elem(), "the pack")
	}
	if len(d.Problems) == 0 {
		d.validate(p)
	}
	if len(d.Problems) > 0 {
		return nil, nil, &FormatError{File: file, Problems: sortedProblems(d.Problems)}
	}
	return p, d, nil
}

package cli

import (
	"cmp"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/octodns"
)

// octoFormat is the YAML of octoDNS.
var octoFormat = format{source: "octodns", ends: []string{".yaml", ".yml"}, is: octodns.IsZone, parse: (*loader).parseOctoDNS}

// octoNamed reports whether a file is named as a zone of octoDNS is.
func octoNamed(name string) bool {
	return strings.HasSuffix(name, ".yaml") && octodns.ZoneOfFile(name) != ""
}

// parseOctoDNS reads the zone of a target whose first file is given.
func (l *loader) parseOctoDNS(t target, src []byte) ([]*zone.Zone, error) {
	if t.files == nil {
		m := l.optionsFor(cmp.Or(t.path, t.name))
		return single(octodns.Parse(t.name, src, octodns.Options{Origin: l.originOf(t), Root: m.Root, Dir: m.Dir, Limits: l.octoLimits()}))
	}
	t.files = slices.Clone(t.files)
	for i := range t.files {
		if t.files[i].Name == t.path {
			t.files[i].Text = src
		}
	}
	return l.loadOctoDNS(t)
}

// loadOctoDNS reads the zone of a target whose files are known.
func (l *loader) loadOctoDNS(t target) ([]*zone.Zone, error) {
	return single(octodns.LoadFiles(t.files, octodns.Options{
		Origin: cmp.Or(t.origin, l.originOf(t)), Partial: t.part, Root: t.within.root, Limits: l.octoLimits(),
	}))
}

func (l *loader) octoLimits() octodns.Limits {
	m := l.options.Limits
	return octodns.Limits{FileSize: m.FileSize, Records: m.Records, IncludeDepth: m.IncludeDepth, Files: m.IncludeFiles}
}

// tree is a folder that files are read from and that nothing leads out of.
type tree struct {
	root *os.Root
	path string // absolute
}

// trees are the trees of a run; if zones are read from that of the loader, it is
// the first.
type trees struct{ list []*tree }

// treeOf returns the tree that the file of a path is in, and the folder of the
// file within it: that of the run, or the repository of the file.
func (l *loader) treeOf(path string) (*tree, string, error) {
	dir := filepath.Dir(l.cwd.abs(path))
	if rel, err := filepath.Rel(l.tree, dir); err == nil && filepath.IsLocal(rel) {
		if len(l.others.list) == 0 || l.others.list[0].root != l.root {
			l.others.list = slices.Insert(l.others.list, 0, &tree{l.root, l.tree})
		}
		return l.others.list[0], rel, nil
	}
	top := cmp.Or(repositoryOf(dir), dir)
	t, err := l.openTree(top)
	if err != nil {
		return nil, "", err
	}
	rel, err := filepath.Rel(top, dir)
	return t, rel, err
}

// repositoryOf returns the top of the repository that a folder is in, "" if it
// is in none.
func repositoryOf(dir string) string {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// openTree opens a folder as a tree, once.
func (l *loader) openTree(path string) (*tree, error) {
	for _, t := range l.others.list {
		if t.path == path {
			return t, nil
		}
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	t := &tree{root, path}
	l.others.list = append(l.others.list, t)
	return t, nil
}

// octoExpander puts the zones that configurations of octoDNS name in the place
// of the files that they are written in.
type octoExpander struct {
	l       *loader
	found   *found
	byPath  map[string]int  // index of a target by its absolute path
	taken   map[int]bool    // targets that stand in a zone
	zones   []target        // in their place
	have    map[string]bool // zones by the files that they are read from
	finders map[*tree]*octodns.Finder
	aboves  map[[2]string]octoAbove
	indexes map[*octodns.Config]map[string][]octodns.ConfiguredZone // zones by the absolute paths of their files
}

// expandOctoDNS finds the zones of octoDNS among what was found. A
// configuration stands for all zones that it names. A file, or a folder of a
// split zone, stands for its zone, which may be written in others too, as the
// configuration above it says.
func (l *loader) expandOctoDNS(f found) found {
	if l.source != sourceAuto && l.source != octoFormat.source {
		return f
	}
	x := &octoExpander{
		l: l, found: &f, byPath: map[string]int{}, taken: map[int]bool{}, have: map[string]bool{},
		finders: map[*tree]*octodns.Finder{}, indexes: map[*octodns.Config]map[string][]octodns.ConfiguredZone{},
	}
	var yaml []int
	for i, t := range f.targets {
		if t.path != "" && octoFormat.named(t.name) && (t.source == sourceAuto || t.source == octoFormat.source) {
			yaml = append(yaml, i)
			x.byPath[l.cwd.abs(t.path)] = i
		}
	}
	for _, i := range yaml {
		t := f.targets[i]
		if octodns.ZoneOfFile(t.name) != "" {
			continue
		}
		if head, err := headOf(t.path); err == nil && octodns.IsConfig(head) {
			x.taken[i] = true
			x.expandConfig(t)
		}
	}
	for _, i := range yaml {
		if !x.taken[i] {
			x.expandFile(i)
		}
	}
	if len(x.taken) == 0 {
		return f
	}
	var rest []target
	for i, t := range f.targets {
		if !x.taken[i] {
			rest = append(rest, t)
		}
	}
	f.targets = append(rest, x.zones...)
	slices.SortStableFunc(f.targets, func(a, b target) int { return cmp.Compare(a.name, b.name) })
	return f
}

func (x *octoExpander) fail(name string, err error) {
	x.found.errs = append(x.found.errs, &targetError{name, err})
}

// expandConfig takes all zones of a configuration.
func (x *octoExpander) expandConfig(t target) {
	within, dir, err := x.l.treeOf(t.path)
	if err != nil {
		x.fail(t.name, err)
		return
	}
	c, err := octodns.ReadConfig(t.name, octodns.ConfigOptions{Root: within.root, Dir: dir, Limits: x.l.octoLimits()})
	if err != nil {
		x.fail(t.name, err)
		return
	}
	zones := c.Zones()
	for _, p := range c.Problems {
		x.fail(p.Span.String(), usagef("", "%s", p.Message))
	}
	for _, z := range zones {
		if z.Err != nil {
			x.fail(z.Span.String(), z.Err)
			continue
		}
		x.take(z, within, t)
	}
}

// take makes a target of a zone. like is what led to it.
func (x *octoExpander) take(z octodns.ConfiguredZone, within *tree, like target) {
	files := slices.Clone(z.Files)
	key := ""
	first := -1
	for i := range files {
		path := x.l.cwd.abs(files[i].Name)
		key += path + "\x00"
		files[i].Name = x.shown(path)
		if n, ok := x.byPath[path]; ok {
			x.taken[n] = true
			files[i].Name = x.found.targets[n].path
			if !x.found.targets[n].found {
				like.found = false
			}
		}
		if first < 0 && !files[i].Shared {
			first = i
		}
	}
	if x.have[key] {
		return
	}
	x.have[key] = true
	t := like
	t.name, t.path = files[max(first, 0)].Name, files[max(first, 0)].Name
	t.files, t.origin, t.part, t.within = files, z.Name, z.Partial != "", within
	t.format, t.source = &octoFormat, octoFormat.source
	x.zones = append(x.zones, t)
}

// expandFile takes the zone that a file is part of; if it is part of several, all
// of them.
func (x *octoExpander) expandFile(i int) {
	t := x.found.targets[i]
	path := x.l.cwd.abs(t.path)
	name := octodns.ZoneOfFile(path)
	if name == "" && t.found {
		return // with the zones that it is part of
	}
	within, dir, err := x.l.treeOf(path)
	if err != nil {
		return // it is told when the file is read
	}
	split := octodns.ZoneOfFolder(filepath.Base(filepath.Dir(path))) != ""
	base := dir
	if split {
		base = filepath.Dir(dir)
	}
	c := x.finder(within).Find(base)
	if c == nil {
		if above, ca := x.above(within, base); ca != nil {
			within, c = above, ca
			dir, _ = filepath.Rel(within.path, filepath.Dir(path))
			if base = dir; split {
				base = filepath.Dir(dir)
			}
		}
	}
	switch {
	case c == nil && split:
		x.takeSplit(t, name, within, dir)
		return
	case c == nil:
		return
	}
	if zs := x.index(c)[path]; len(zs) > 0 {
		for _, z := range zs {
			x.take(z, within, t)
		}
		return
	}
	// No zone of the configuration, but its provider tells how the file is read.
	if p, ok := c.ProviderOf(base); ok && !t.found && name != "" {
		x.take(octodns.ConfiguredZone{Name: name, Files: []octodns.File{{Name: t.path, Path: filepath.Join(dir, filepath.Base(path)), Provider: p}}}, within, t)
	}
}

// above looks for the configuration above a tree, up to the top of the
// repository. The tree that it returns is no larger than it need be.
func (x *octoExpander) above(t *tree, base string) (*tree, *octodns.Config) {
	if x.l.named {
		return nil, nil
	}
	abs := filepath.Join(t.path, base)
	key := [2]string{t.path, abs}
	if found, ok := x.aboves[key]; ok {
		return found.tree, found.config
	}
	var found octoAbove
	if top := repositoryOf(t.path); top != "" && top != t.path {
		if all, err := x.l.openTree(top); err == nil {
			rel, _ := filepath.Rel(top, abs)
			if c := x.finder(all).Find(rel); c != nil {
				narrow := abs
				for dir := filepath.Dir(x.l.cwd.abs(c.Name)); narrow != top && !strings.HasPrefix(dir+"/", narrow+"/"); {
					narrow = filepath.Dir(narrow)
				}
				if found.tree, err = x.l.openTree(narrow); err == nil {
					rel, _ = filepath.Rel(narrow, abs)
					found.config = x.finder(found.tree).Find(rel)
				}
			}
		}
	}
	if x.aboves == nil {
		x.aboves = map[[2]string]octoAbove{}
	}
	x.aboves[key] = found
	return found.tree, found.config
}

// octoAbove is what above found.
type octoAbove struct {
	tree   *tree
	config *octodns.Config
}

// finder returns what finds the configurations of a tree.
func (x *octoExpander) finder(t *tree) *octodns.Finder {
	f := x.finders[t]
	if f == nil {
		f = &octodns.Finder{Root: t.root, Limits: x.l.octoLimits(), Name: func(path string) string { return x.shown(filepath.Join(t.path, path)) }}
		x.finders[t] = f
	}
	return f
}

// index returns the zones of a configuration by their files.
func (x *octoExpander) index(c *octodns.Config) map[string][]octodns.ConfiguredZone {
	m := x.indexes[c]
	if m == nil {
		m = map[string][]octodns.ConfiguredZone{}
		for _, z := range c.Zones() {
			for _, f := range z.Files {
				path := x.l.cwd.abs(f.Name)
				m[path] = append(m[path], z)
			}
		}
		x.indexes[c] = m
	}
	return m
}

// takeSplit takes all files of the folder of a split zone.
func (x *octoExpander) takeSplit(t target, name zone.Name, within *tree, rel string) {
	dir := filepath.Dir(t.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // it is told when the file is read
	}
	var files []octodns.File
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") && e.Type().IsRegular() {
			files = append(files, octodns.File{Name: filepath.Join(dir, e.Name()), Path: filepath.Join(rel, e.Name())})
		}
	}
	if len(files) > 0 {
		x.take(octodns.ConfiguredZone{Name: name, Files: files}, within, t)
	}
}

// shown is what a file is called: from the current folder if it is below that.
func (x *octoExpander) shown(abs string) string {
	if rel, err := filepath.Rel(string(x.l.cwd), abs); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return abs
}

// restoreOctoDNS is restore for a zone that is written in several files: those of
// then, in folders of split zones too, read as those of today are.
func (p *past) restoreOctoDNS(t target) (target, error) {
	within := &tree{p.loader.past.root, p.loader.past.tree}
	var files []octodns.File
	have := map[string]bool{}
	take := func(rel string, like octodns.File) error {
		if have[rel] {
			return nil
		}
		have[rel] = true
		there, err := p.fetch(rel)
		if err != nil || !there {
			return err
		}
		like.Name, like.Path = filepath.Join(p.dir, filepath.FromSlash(rel)), ""
		if in, err := filepath.Rel(within.path, like.Name); err == nil && filepath.IsLocal(in) {
			like.Path = in
		}
		files = append(files, like)
		return nil
	}
	for _, f := range t.files {
		rel, err := p.inRepo(p.loader.cwd.abs(f.Name))
		if err != nil {
			return target{}, err
		}
		others := []string{rel}
		if dir := path.Dir(rel); octodns.ZoneOfFolder(dir) != "" {
			others = p.changes.Files(dir)
		}
		for _, o := range others {
			if o == rel || strings.HasSuffix(o, ".yaml") && path.Dir(o) == path.Dir(rel) {
				if err := take(o, f); err != nil {
					return target{}, err
				}
			}
		}
	}
	own := slices.IndexFunc(files, func(f octodns.File) bool { return !f.Shared })
	if own < 0 {
		return target{}, nil
	}
	t.path, t.files, t.within, t.found = files[own].Name, files, within, false
	t.name = t.path
	return t, nil
}

// amongOctoDNS reports whether other files in the folder of a file are zones of
// octoDNS, so that one that is named like them is meant to be one, however
// broken it is: nobody would look for what was left out of a check.
func (l *loader) amongOctoDNS(path string) bool {
	const most = 32 // files that are looked into
	dir := filepath.Dir(path)
	if is, ok := l.octoFolders.Load(dir); ok {
		return is.(bool)
	}
	is, looked := false, 0
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if !e.Type().IsRegular() || octodns.ZoneOfFile(name) == "" {
			continue
		}
		if head, err := headOf(name); err == nil && octodns.IsZone(head) {
			is = true
		}
		if looked++; is || looked == most {
			break
		}
	}
	l.octoFolders.Store(dir, is)
	return is
}

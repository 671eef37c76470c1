package octodns

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// ConfigOptions say how a configuration is read.
type ConfigOptions struct {
	// Root is the tree that the configuration, !include and the zones are read
	// from; Dir is the folder within it that holds the configuration. It must not
	// be nil.
	Root   *os.Root
	Dir    string
	Limits Limits
}

// ErrNotConfig: the file has no providers or no zones.
var ErrNotConfig = errors.New("no configuration of octoDNS: it has no mapping of providers and of zones")

// Config is a configuration of octoDNS.
type Config struct {
	// Name is what the file is called.
	Name string
	// Problems are what cannot be obeyed, in the order of the file.
	Problems []zone.Problem

	opts       ConfigOptions
	reader     *reader
	providers  map[string]*provider
	processors map[string]string // class by name
	always     []string          // processors of all zones
	zones      []configured
}

// provider is an entry of "providers".
type provider struct {
	Provider
	class          string
	dir            string // within the root; "" if there is no such folder
	shown          string
	extension      string // of split zones, "" if there are none
	noZonefile     bool
	sharedFile     string
	why            string // it cannot be read; "" if it can
	listed         bool
	files, folders map[string]bool
}

// configured is an entry of "zones".
type configured struct {
	key     *node
	name    string
	sources []string
	procs   []string
	lenient bool
}

// ConfiguredZone is a zone of a configuration and the files that it is written
// in.
type ConfiguredZone struct {
	Name  zone.Name
	Span  zone.Span // where the configuration names it
	Files []File
	// Partial is why the files are not the whole of what octoDNS publishes: a
	// source that is no file, a processor that changes records. "" if they are.
	Partial string
	// Err is why there is nothing to read.
	Err error
}

// Options returns how to read the zone with LoadFiles.
func (z ConfiguredZone) Options(root *os.Root, limits Limits) Options {
	return Options{Origin: z.Name, Root: root, Limits: limits, Partial: z.Partial != ""}
}

// ReadConfig reads a configuration. Errors are ErrNotConfig, those of package
// masterfile about what is no text file, and those of the file system.
func ReadConfig(name string, o ConfigOptions) (*Config, error) {
	limits := o.Limits.orDefault()
	rel := filepath.Join(o.Dir, filepath.Base(name))
	src, err := masterfile.ReadIn(o.Root, rel, limits.FileSize)
	if err != nil {
		return nil, err
	}
	c := &Config{Name: name, opts: o, providers: map[string]*provider{}, processors: map[string]string{}}
	f := &file{name: name, path: rel, src: src, from: -1}
	r := &reader{opts: Options{Root: o.Root}, limits: limits, left: limits.Nodes, source: &source{files: []*file{f}, named: 1}}
	c.reader = r
	root, problem := parseYAML(f, 0, limits, &r.left)
	if problem != nil {
		c.Problems = []zone.Problem{*problem}
		return c, nil
	}
	if root == nil || r.deref(root).kind != mapping {
		return nil, ErrNotConfig
	}
	root = r.deref(root)
	providers, zones := r.get(root, "providers"), r.get(root, "zones")
	if providers == nil || zones == nil || providers.kind != mapping || zones.kind != mapping {
		return nil, ErrNotConfig
	}
	for _, p := range r.pairs(providers) {
		c.provider(p)
	}
	if procs := r.get(root, "processors"); procs != nil && procs.kind == mapping {
		for _, p := range r.pairs(procs) {
			c.processors[p.key.str()] = c.text(p.value, "class")
		}
	}
	if m := r.get(root, "manager"); m != nil {
		c.always = c.list(m, "processors")
	}
	for _, p := range r.pairs(zones) {
		c.zone(p)
	}
	c.Problems = append(r.problems, c.Problems...)
	return c, nil
}

// text returns a scalar of a mapping, "" if it has none.
func (c *Config) text(n *node, key string) string {
	if v := c.reader.get(c.reader.deref(n), key); v != nil && v.kind == scalar && !v.isNull() {
		return v.value
	}
	return ""
}

// flag returns a truth value of a mapping.
func (c *Config) flag(n *node, key string, otherwise bool) bool {
	if v := c.reader.get(c.reader.deref(n), key); v != nil {
		return v.isTrue()
	}
	return otherwise
}

// list returns a list of names of a mapping.
func (c *Config) list(n *node, key string) []string {
	v := c.reader.get(c.reader.deref(n), key)
	if v == nil || v.kind != sequence {
		return nil
	}
	var out []string
	for _, k := range v.kids {
		if k = c.reader.deref(k); k.kind == scalar {
			out = append(out, k.value)
		}
	}
	return out
}

func (c *Config) problem(n *node, format string, args ...any) {
	c.reader.problem(zone.ProblemSyntax, n, "", 0, false, fmt.Sprintf(format, args...))
}

// provider reads one provider.
func (c *Config) provider(pr pair) {
	p := &provider{class: c.text(pr.value, "class")}
	c.providers[pr.key.str()] = p
	if !strings.HasSuffix(p.class, "YamlProvider") {
		return
	}
	n := pr.value
	if ttl, ok := c.reader.get(c.reader.deref(n), "default_ttl").number(); ok && ttl > 0 && ttl < 1<<32 {
		p.DefaultTTL = uint32(ttl)
	}
	p.Semicolons = SemicolonsEscaped
	if !c.flag(n, "escaped_semicolons", true) {
		p.Semicolons = SemicolonsPlain
	}
	switch {
	case !c.flag(n, "enforce_order", true):
		p.Order = OrderNone
	case c.text(n, "order_mode") == "simple":
		p.Order = OrderSimple
	}
	p.Replace = c.flag(n, "populate_should_replace", false)
	p.sharedFile = c.text(n, "shared_filename")
	p.noZonefile = c.flag(n, "disable_zonefile", false)
	p.extension = c.text(n, "split_extension")
	if strings.HasSuffix(p.class, "SplitYamlProvider") {
		p.noZonefile = true
		if p.extension = c.text(n, "extension"); p.extension == "" {
			p.extension = "."
		}
	}
	dir := c.text(n, "directory")
	switch {
	case dir == "":
		p.why = "its provider has no directory"
	case strings.HasPrefix(dir, "env/"):
		p.why = fmt.Sprintf("the directory of its provider comes of the environment (%s)", dir)
	default:
		if p.dir = c.folder(dir); p.dir == "" {
			p.why = fmt.Sprintf("there is no folder %s from the folder of %s upwards", quote(dir), path.Base(filepath.ToSlash(c.Name)))
		}
		p.shown = c.shown(p.dir)
	}
}

// folder finds the folder of a provider. octoDNS takes it from wherever it is
// run, which is the folder of the configuration or one above it.
func (c *Config) folder(dir string) string {
	try := func(rel string) bool {
		if !filepath.IsLocal(rel) {
			return false
		}
		info, err := c.opts.Root.Stat(rel)
		return err == nil && info.IsDir()
	}
	if filepath.IsAbs(dir) {
		if rel, err := filepath.Rel(c.opts.Root.Name(), dir); err == nil && try(rel) {
			return rel
		}
		return ""
	}
	for base := filepath.Clean(c.opts.Dir); ; base = filepath.Dir(base) {
		if rel := filepath.Join(base, filepath.FromSlash(dir)); try(rel) {
			return rel
		}
		if base == "." || base == string(filepath.Separator) {
			return ""
		}
	}
}

// shown returns what a folder within the root is called, as the configuration
// was named.
func (c *Config) shown(dir string) string {
	rel, err := filepath.Rel(filepath.Clean(c.opts.Dir), dir)
	if err != nil {
		return dir
	}
	return filepath.Join(filepath.Dir(c.Name), rel)
}

// zone reads one entry of "zones".
func (c *Config) zone(p pair) {
	z := configured{key: p.key, name: p.key.str()}
	n := c.reader.deref(p.value)
	if n.kind == mapping && c.reader.get(n, "alias") != nil {
		return // the records of another zone
	}
	z.sources, z.procs, z.lenient = c.list(n, "sources"), c.list(n, "processors"), c.flag(n, "lenient", false)
	if len(z.sources) == 0 {
		c.problem(p.key, "The zone %s has no sources, so octoDNS refuses the configuration.", quote(z.name))
		return
	}
	for _, s := range z.sources {
		if c.providers[s] == nil {
			c.problem(p.key, "The zone %s has the source %s, and there is no such provider.", quote(z.name), quote(s))
		}
	}
	c.zones = append(c.zones, z)
}

// Zones returns the zones that the configuration has files for, in the order of
// their names. A dynamic entry ("*") stands for the files in the folders of its
// sources that no other entry names.
func (c *Config) Zones() []ConfiguredZone {
	var out []ConfiguredZone
	have := map[zone.Name]bool{}
	for _, z := range c.zones {
		if strings.HasPrefix(z.name, "*") {
			continue
		}
		n := zoneName(z.name)
		if n == "" {
			c.Problems = append(c.Problems, zone.Problem{Span: c.reader.source.files[z.key.file].spanOf(z.key), Message: fmt.Sprintf("%s is no name of a zone: that is a domain name with a final dot.", quote(z.name))})
			continue
		}
		have[n] = true
		out = append(out, c.assemble(z, n))
	}
	for _, z := range c.zones {
		if !strings.HasPrefix(z.name, "*") {
			continue
		}
		for _, s := range z.sources {
			for _, n := range c.providers[s].names(c.opts.Root) {
				if !have[n] {
					have[n] = true
					out = append(out, c.assemble(z, n))
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b ConfiguredZone) int { return cmp.Compare(a.Name.String(), b.Name.String()) })
	return out
}

// ProviderOf returns how the files of a folder within the root are read, which
// need not be those of a zone that the configuration names.
func (c *Config) ProviderOf(dir string) (Provider, bool) {
	for _, id := range slices.Sorted(maps.Keys(c.providers)) {
		if p := c.providers[id]; p.holds(filepath.Clean(dir)) {
			return p.Provider, true
		}
	}
	return Provider{}, false
}

// holds reports whether a folder is that of the provider, or of a zone that it
// splits.
func (p *provider) holds(dir string) bool {
	return p.dir != "" && (p.dir == dir || p.extension != "" && p.dir == filepath.Dir(dir))
}

// assemble finds the files of a zone.
func (c *Config) assemble(z configured, name zone.Name) ConfiguredZone {
	out := ConfiguredZone{Name: name, Span: c.reader.source.files[z.key.file].spanOf(z.key)}
	var partial []string
	var dots, templates bool
	for _, id := range slices.Concat(c.always, z.procs) {
		class := c.processors[id]
		switch base := class[strings.LastIndexByte(class, '.')+1:]; {
		case base == "EnsureTrailingDots":
			dots = true
		case base == "Templating":
			templates = true
		case keepsRecords(base):
		default:
			partial = append(partial, fmt.Sprintf("the processor %s may change records", quote(id)))
		}
	}
	why := ""
	for _, id := range z.sources {
		p := c.providers[id]
		if p == nil || !strings.HasSuffix(p.class, "YamlProvider") {
			partial = append(partial, fmt.Sprintf("its source %s is no YAML file", quote(id)))
			continue
		}
		files, err := p.find(c, name)
		if err != nil {
			why = err.Error()
			continue
		}
		for _, f := range files {
			f.Provider = p.Provider
			f.Lenient, f.Dots, f.Templates = z.lenient, dots, templates
			out.Files = append(out.Files, f)
		}
	}
	out.Partial = strings.Join(partial, "; ")
	if len(out.Files) == 0 {
		if why == "" {
			why = "none of its sources is a YAML file"
		}
		out.Err = fmt.Errorf("the zone %s of %s has no file: %s", name, c.Name, why)
	}
	return out
}

// keepsRecords reports whether a processor of this class only leaves records
// out, looks at them, or adds such that have nothing to do with mail.
func keepsRecords(class string) bool {
	switch class {
	case "AcmeManagingProcessor", "AcmeMangingProcessor", "OwnershipProcessor", "MetaProcessor", "SpfDnsLookupProcessor", "ExcludeRootNsChanges":
		return true
	}
	return strings.HasSuffix(class, "Filter")
}

// list reads the folder of the provider, once.
func (p *provider) list(root *os.Root) error {
	if p.listed {
		return nil
	}
	p.listed = true
	p.files, p.folders = map[string]bool{}, map[string]bool{}
	d, err := root.Open(p.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			p.folders[e.Name()] = true
		} else {
			p.files[e.Name()] = true
		}
	}
	return nil
}

// find returns the files of a zone, in the order in which octoDNS reads them.
func (p *provider) find(c *Config, name zone.Name) ([]File, error) {
	if p.why != "" {
		return nil, errors.New(p.why)
	}
	if err := p.list(c.opts.Root); err != nil {
		return nil, reason(err)
	}
	var out []File
	add := func(rel string, shared bool) {
		out = append(out, File{Name: filepath.Join(p.shown, rel), Path: filepath.Join(p.dir, rel), Shared: shared})
	}
	forms := namesOf(name)
	var tried []string
	if p.extension != "" {
		for _, form := range forms {
			folder := strings.TrimSuffix(form, ".") + p.extension
			tried = append(tried, folder)
			if !p.folders[folder] {
				continue
			}
			names, err := yamlFiles(c.opts.Root, filepath.Join(p.dir, folder))
			if err != nil {
				return nil, reason(err)
			}
			for _, n := range names {
				add(filepath.Join(folder, n), false)
			}
			break
		}
	}
	if !p.noZonefile {
		found := 0
		for _, form := range forms {
			tried = append(tried, form+"yaml")
			if p.files[form+"yaml"] {
				if found++; found == 1 {
					add(form+"yaml", false)
				}
			}
		}
		if found > 1 {
			return nil, fmt.Errorf("both %s and %s are there, and octoDNS takes one", forms[0]+"yaml", forms[1]+"yaml")
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s is not there", filepath.Join(p.shown, tried[0]))
	}
	if p.sharedFile != "" && filepath.IsLocal(p.sharedFile) && p.files[p.sharedFile] {
		add(p.sharedFile, true)
	}
	slices.SortStableFunc(out, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return out, nil
}

// namesOf returns the forms in which a file may have the name of a zone: in
// Unicode and in ASCII.
func namesOf(n zone.Name) []string {
	s := n.String()
	if u, err := labels.ToUnicode(s); err == nil && u != s {
		return []string{u, s}
	}
	return []string{s}
}

func yamlFiles(root *os.Root, dir string) ([]string, error) {
	d, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".yaml") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// names returns the zones that the provider has files for (its list_zones).
func (p *provider) names(root *os.Root) []zone.Name {
	if p == nil || p.dir == "" || p.list(root) != nil {
		return nil
	}
	var out []zone.Name
	if p.extension != "" {
		for f := range p.folders {
			if base, ok := strings.CutSuffix(f, p.extension); ok {
				if n := zoneName(base + "."); n != "" {
					out = append(out, n)
				}
			}
		}
	}
	if !p.noZonefile {
		for f := range p.files {
			if base, ok := strings.CutSuffix(f, "yaml"); ok {
				if n := zoneName(base); n != "" {
					out = append(out, n)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

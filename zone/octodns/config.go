package octodns

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
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

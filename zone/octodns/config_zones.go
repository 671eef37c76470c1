package octodns

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

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

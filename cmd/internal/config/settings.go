package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// Settings are what a configuration says of a zone. They are shared by the
// zones that have the same.
type Settings struct {
	Config *Config
	Packs  []Choice[Pack]
	// Vars have each name once.
	Vars []Choice[Var]
	// Select are the only rules to look for; without it all.
	Select []Choice[RuleID]
	// Levels are severities, of which each later one counts before those above
	// it; 0 leaves a rule out.
	Levels []Choice[RuleLevel]
	// Ignores are those that may concern a zone with these settings.
	Ignores []*Excuse
}

// Choice is a value and where it stands.
type Choice[T any] struct {
	Value T
	At    Place
}

// zoneIndex finds the entries of Zones that a name matches.
type zoneIndex struct {
	literal map[string][]int
	globs   []globEntry
}

type globEntry struct {
	pattern NamePattern
	entry   int
}

func indexOf(zs []Zones) zoneIndex {
	x := zoneIndex{literal: map[string][]int{}}
	for i, z := range zs {
		for _, p := range z.Match {
			if p.literal() {
				x.literal[string(p)] = append(x.literal[string(p)], i)
			} else {
				x.globs = append(x.globs, globEntry{p, i})
			}
		}
	}
	return x
}

// entries returns the entries of Zones that a name matches, in their order.
func (x *zoneIndex) entries(name zone.Name) []int {
	text := bare(name)
	out := slices.Clone(x.literal[text])
	for _, g := range x.globs {
		if wildcard(string(g.pattern), text) {
			out = append(out, g.entry)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Settings returns what the configuration says of a zone.
func (c *Config) Settings(apex zone.Name) *Settings {
	entries := c.index.entries(apex)
	key := fmt.Sprint(entries)
	if s, ok := c.made.Load(key); ok {
		return s.(*Settings)
	}
	s, _ := c.made.LoadOrStore(key, c.settings(entries))
	return s.(*Settings)
}

func (c *Config) settings(entries []int) *Settings {
	s := &Settings{Config: c, Packs: choices(c, c.Packs), Vars: choices(c, c.Vars), Select: choices(c, c.Select)}
	s.addLevels(c.Severity)
	for i := range c.Ignore {
		s.Ignores = append(s.Ignores, c.excuse(&c.Ignore[i]))
	}
	for _, e := range entries {
		z := &c.Zones[e]
		if len(z.Packs) > 0 {
			s.Packs = choices(c, z.Packs)
		}
		for _, v := range choices(c, z.Vars) {
			s.Vars = slices.DeleteFunc(s.Vars, func(o Choice[Var]) bool { return o.Value.Name == v.Value.Name })
			s.Vars = append(s.Vars, v)
		}
		s.addLevels(z.Severity)
		for i := range z.Ignore {
			s.Ignores = append(s.Ignores, c.zoneExcuse(z, &z.Ignore[i]))
		}
	}
	slices.SortFunc(s.Vars, func(a, b Choice[Var]) int { return strings.Compare(a.Value.Name, b.Value.Name) })
	return s
}

// addLevels adds severities: within a set of them what is said of one rule
// counts before what is said of a family, and a small family before a large
// one.
func (s *Settings) addLevels(levels Levels) {
	list := choices(s.Config, levels)
	// "*" sorts before all else that an id may have.
	slices.SortFunc(list, func(a, b Choice[RuleLevel]) int { return cmp.Compare(a.Value.Rule, b.Value.Rule) })
	s.Levels = append(s.Levels, list...)
}

// choices returns values with their places.
func choices[T any](c *Config, values []T) []Choice[T] {
	var out []Choice[T]
	for i := range values {
		out = append(out, Choice[T]{values[i], c.Place(&values[i])})
	}
	return out
}

// Path returns the absolute path that a path of the configuration means.
func (c *Config) Path(p string) string { return filepath.Join(c.dir, filepath.FromSlash(p)) }

// rel is the path by which patterns know a file, given by its absolute path:
// relative to the folder of the configuration, or absolute if it lies
// elsewhere.
func (c *Config) rel(path string) string {
	if rel, err := filepath.Rel(c.dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(path)
}

// Takes reports whether a file that was met in a folder is to be looked at.
// included says that a pattern of files.include takes it.
func (c *Config) Takes(path string) (takes, included bool) {
	if len(c.Files.Include)+len(c.Files.Exclude) == 0 {
		return true, false
	}
	if c.Excludes(path) {
		return false, false
	}
	if len(c.Files.Include) == 0 {
		return true, false
	}
	included = anyMatches(c.Files.Include, c.rel(path))
	return included, included
}

// Excludes reports whether a pattern of files.exclude leaves a file out.
func (c *Config) Excludes(path string) bool {
	return len(c.Files.Exclude) > 0 && anyMatches(c.Files.Exclude, c.rel(path))
}

func anyMatches(ps []FilePattern, rel string) bool {
	return slices.ContainsFunc(ps, func(p FilePattern) bool { return p.matches(rel) })
}

// Reading returns how a file, given by its absolute path, is read: its kind of
// source and its origin, of which either may be "".
func (c *Config) Reading(path string) (source Choice[string], origin Choice[zone.Name]) {
	if len(c.Sources) == 0 {
		return source, origin
	}
	rel := c.rel(path)
	for i := range c.Sources {
		s := &c.Sources[i]
		if !anyMatches(s.Files, rel) {
			continue
		}
		if s.Source != "" {
			source = Choice[string]{s.Source, c.Place(&s.Source)}
		}
		if s.Origin != "" {
			origin = Choice[zone.Name]{s.Origin, c.Place(&s.Origin)}
		}
	}
	return source, origin
}

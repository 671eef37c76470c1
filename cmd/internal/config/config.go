// Package config reads .zonelint.yaml, the file by which a repository says
// which of its files are zones, which mail hosts they belong to and how they
// are judged. It finds the file, reads it strictly, and says of a zone which
// settings it has and where each of them stands.
//
// A configuration may come from a stranger, as part of a pull request: what it
// names is only read or written inside of its repository.
package config

import (
	"fmt"
	"sync"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Name is what a configuration file is called.
const Name = ".zonelint.yaml"

// Config is what a configuration file says. The yaml tags are its format; each
// key may be left out.
type Config struct {
	// Files say which files of a folder are looked at. A file that is named on
	// the command line is looked at anyway.
	Files Files `yaml:"files,omitempty"`
	// Sources say how files are read; of several entries for a file each later
	// one counts before those above it.
	Sources []Source `yaml:"sources,omitempty"`
	// Packs are the rule packs that every zone is checked against: ids, or files
	// relative to the folder of the configuration. Without it the mail host of a
	// zone is recognised.
	Packs []Pack `yaml:"packs,omitempty"`
	// PackFolders are folders of pack files, which are added to those that a zone
	// may be recognised to need.
	PackFolders []Path `yaml:"pack-folders,omitempty"`
	// Vars are the values of variables of packs.
	Vars Vars `yaml:"vars,omitempty"`
	// Select are the only rules to look for; without it all.
	Select []RuleID `yaml:"select,omitempty"`
	// Severity gives findings of rules another severity; off leaves a rule out.
	Severity Levels `yaml:"severity,omitempty"`
	// Ignore are findings that are not shown, nor fixed, with the reason for
	// each.
	Ignore []Ignore `yaml:"ignore,omitempty"`
	// Zones are settings of single zones, by their names. All entries that match
	// a zone apply; each later one counts before those above it, and all of them
	// before what stands outside.
	Zones []Zones `yaml:"zones,omitempty"`
	// FailOn is the severity from which on check fails, as --fail-on.
	FailOn FailOn `yaml:"fail-on,omitempty"`
	// Format is how check reports, as --format: FORMAT or FORMAT:FILE, the file
	// below the folder of the configuration.
	Format []Output `yaml:"format,omitempty"`
	// MaxChanges is how many records of a zone at a provider fix changes at most,
	// as --max-changes.
	MaxChanges *uint16 `yaml:"max-changes,omitempty"`
	// MaxDeletes is how many records of a zone at a provider fix deletes at most,
	// as --max-deletes.
	MaxDeletes *uint16 `yaml:"max-deletes,omitempty"`

	file   string // as it is shown
	dir    string // absolute, of the file
	root   string // absolute; nothing outside of it is read or written
	text   []byte
	places map[any]Place // of values, by the pointer to each
	keys   map[any]Place // of keys, by the pointer to the value of each
	index  zoneIndex
	made   sync.Map // *Settings by the entries of Zones that they are made of
}

// Files say which files of a folder are looked at. Patterns are relative to the
// folder of the configuration; "*" stands for anything within a name, "**" for
// any number of folders, and a pattern that matches a folder stands for all in
// it.
type Files struct {
	// Include are the only files to look at. Those of them whose content is no
	// zone are left out.
	Include []FilePattern `yaml:"include,omitempty"`
	// Exclude are files to leave out, of those that Include takes.
	Exclude []FilePattern `yaml:"exclude,omitempty"`
}

// Source says how files are read.
type Source struct {
	// Files are the files that are meant, as those of files.include.
	Files []FilePattern `yaml:"files"`
	// Source is what kind of file it is, as --source.
	Source string `yaml:"source,omitempty"`
	// Origin is the name of the zone where the file does not tell it, as --origin.
	Origin zone.Name `yaml:"origin,omitempty"`
}

// Zones are settings of zones.
type Zones struct {
	// Match are the names of the zones; "*" stands for any letters, dots among
	// them.
	Match []NamePattern `yaml:"match"`
	// Packs are the rule packs of these zones, in place of those outside.
	Packs []Pack `yaml:"packs,omitempty"`
	// Vars are the values of variables of packs for these zones.
	Vars Vars `yaml:"vars,omitempty"`
	// Severity gives findings of rules in these zones another severity.
	Severity Levels `yaml:"severity,omitempty"`
	// Ignore are findings in these zones that are not shown, nor fixed.
	Ignore []ZoneIgnore `yaml:"ignore,omitempty"`
}

// Ignore is a finding that is not shown, nor fixed.
type Ignore struct {
	// Rule is the rule that finds it; "spf-*" is a family.
	Rule RuleID `yaml:"rule"`
	// Zone is the name of the zone, or a pattern as in zones; without it every
	// zone.
	Zone NamePattern `yaml:"zone,omitempty"`
	// Name is the owner concerned, as a zone file would have it: relative to the
	// zone, "@" for the zone itself, or absolute with a final dot; "*" stands for
	// any letters. Without it every owner.
	Name OwnerPattern `yaml:"name,omitempty"`
	// Type is the RR type concerned; without it every type.
	Type zone.Type `yaml:"type,omitempty"`
	// Reason says why it is harmless.
	Reason string `yaml:"reason"`
}

// ZoneIgnore is a finding in the zones of an entry that is not shown, nor fixed.
type ZoneIgnore struct {
	// Rule is the rule that finds it; "spf-*" is a family.
	Rule RuleID `yaml:"rule"`
	// Name is the owner concerned, as in Ignore.
	Name OwnerPattern `yaml:"name,omitempty"`
	// Type is the RR type concerned; without it every type.
	Type zone.Type `yaml:"type,omitempty"`
	// Reason says why it is harmless.
	Reason string `yaml:"reason"`
}

// Vars are values of variables, in the order of the file.
type Vars []Var

// Var is the value of a variable.
type Var struct{ Name, Value string }

// Levels are severities of rules, in the order of the file.
type Levels []RuleLevel

// RuleLevel is the severity of the findings of a rule; 0 is off.
type RuleLevel struct {
	Rule  RuleID
	Level rules.Severity
}

// FailOn is a severity as --fail-on takes it; 0 if it is not given.
type FailOn rules.Severity

// Place is where something stands in a file, counted from 1; the zero Place is
// nowhere.
type Place struct {
	File         string
	Line, Column int
}

// String returns file:line:column.
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// IsZero reports whether a Place is nowhere.
func (p Place) IsZero() bool { return p == Place{} }

// Problem is a mistake in a configuration.
type Problem struct {
	Place
	Message string
}

// Error is what is wrong with a configuration: every mistake, in the order of
// the file.
type Error struct{ Problems []Problem }

// Error returns one line a mistake: file:line:column: message.
func (e *Error) Error() string {
	out := ""
	for i, p := range e.Problems {
		if i > 0 {
			out += "\n"
		}
		out += p.Place.String() + ": " + p.Message
	}
	return out
}

// File returns the name of the file as it is shown.
func (c *Config) File() string { return c.file }

// Dir returns the absolute path of the folder that holds the file.
func (c *Config) Dir() string { return c.dir }

// Root returns the absolute path of the folder that nothing leads out of.
func (c *Config) Root() string { return c.root }

// Text returns the content of the file.
func (c *Config) Text() []byte { return c.text }

// Place returns where a value stands, given by the pointer to it or to the
// field that holds it; the zero Place if it was not given.
func (c *Config) Place(ptr any) Place { return c.places[ptr] }

// KeyPlace is Place for the key of a value of Vars or Severity.
func (c *Config) KeyPlace(ptr any) Place { return c.keys[ptr] }

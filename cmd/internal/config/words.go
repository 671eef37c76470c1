package config

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

// RuleID is the id of a rule, or a family such as "spf-*".
type RuleID string

var ruleIDPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*(-?\*)?$`)

// UnmarshalText reads a RuleID. Whether there is such a rule is not looked at.
func (r *RuleID) UnmarshalText(text []byte) error {
	if !ruleIDPattern.Match(text) {
		return errors.New("no id of a rule; \"zonelint rules\" lists them")
	}
	*r = RuleID(text)
	return nil
}

// Matches reports whether a rule is meant.
func (r RuleID) Matches(id string) bool {
	if family, ok := strings.CutSuffix(string(r), "*"); ok {
		return strings.HasPrefix(id, family)
	}
	return string(r) == id
}

// Family reports whether more than one rule may be meant.
func (r RuleID) Family() bool { return strings.HasSuffix(string(r), "*") }

// severities are the words for a severity, the worst first.
var severities = []string{"error", "warning", "info"}

// off is the word for a rule that is left out.
const off = "off"

// UnmarshalText reads error, warning or info.
func (f *FailOn) UnmarshalText(text []byte) error {
	s, ok := rules.ParseSeverity(string(text))
	if !ok || s.String() != string(text) {
		return oneOf(string(text), severities)
	}
	*f = FailOn(s)
	return nil
}

// parseLevel reads error, warning, info or off, which is 0.
func parseLevel(word string) (rules.Severity, error) {
	if word == off {
		return 0, nil
	}
	var f FailOn
	if f.UnmarshalText([]byte(word)) != nil {
		return 0, oneOf(word, append(append([]string(nil), severities...), off))
	}
	return rules.Severity(f), nil
}

func oneOf(word string, words []string) error {
	if like := spelling.Near(word, words); len(like) > 0 {
		return fmt.Errorf("not one of %s; did you mean %s?", strings.Join(words, ", "), like[0])
	}
	return fmt.Errorf("not one of %s", strings.Join(words, ", "))
}

// Pack is the id of a rule pack, or the path of a pack file relative to the
// folder of the configuration: what ends in .yaml, .yml or .json or has a slash.
type Pack string

var packIDPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// UnmarshalText reads a Pack.
func (p *Pack) UnmarshalText(text []byte) error {
	*p = Pack(text)
	if p.IsFile() {
		return checkPath(string(text))
	}
	if !packIDPattern.Match(text) {
		return errors.New("no id of a pack; \"zonelint packs\" lists them")
	}
	return nil
}

// IsFile reports whether a file is meant.
func (p Pack) IsFile() bool {
	ext := strings.ToLower(path.Ext(string(p)))
	return ext == ".yaml" || ext == ".yml" || ext == ".json" || strings.ContainsAny(string(p), `/\`)
}

// Path is a file or folder relative to the folder of the configuration, with
// slashes.
type Path string

// UnmarshalText reads a Path.
func (p *Path) UnmarshalText(text []byte) error {
	*p = Path(text)
	return checkPath(string(text))
}

// checkPath refuses paths that lead elsewhere on some system.
func checkPath(s string) error {
	switch {
	case strings.ContainsAny(s, `\:`):
		return errors.New("not written with slashes alone")
	case path.IsAbs(s):
		return errors.New("an absolute path; write it relative to the folder of " + Name)
	}
	return nil
}

// Output is FORMAT or FORMAT:FILE.
type Output string

// Split returns the format and the file, "" if there is none.
func (o Output) Split() (format, file string) {
	format, file, _ = strings.Cut(string(o), ":")
	return format, file
}

// UnmarshalText reads an Output. Whether there is such a format is not looked
// at.
func (o *Output) UnmarshalText(text []byte) error {
	*o = Output(text)
	format, file, has := strings.Cut(string(text), ":")
	switch {
	case format == "" || has && file == "":
		return errors.New("not of the form FORMAT or FORMAT:FILE")
	case !has:
		return nil
	}
	if err := checkPath(file); err != nil {
		return err
	}
	for part := range strings.SplitSeq(file, "/") {
		// Hidden files are read by other programs, such as .git/config by git; "~"
		// may be the short form of such a name on Windows.
		if part == "" || strings.HasPrefix(part, ".") || strings.Contains(part, "~") {
			return errors.New("no file below the folder of " + Name + ", or a hidden one; name it with --format on the command line")
		}
	}
	return nil
}

// FilePattern is a pattern of paths, as doublestar has them.
type FilePattern string

const (
	maxPattern = 300 // octets
	// maxBraces and maxChoices bound what alternatives in a pattern cost, which
	// multiply.
	maxBraces  = 3
	maxChoices = 20
)

// UnmarshalText reads a FilePattern.
func (p *FilePattern) UnmarshalText(text []byte) error {
	s := strings.TrimSuffix(strings.TrimPrefix(string(text), "./"), "/")
	switch {
	case len(s) > maxPattern:
		return fmt.Errorf("longer than %d octets", maxPattern)
	case s == "" || strings.Contains(s, `\`):
		return errors.New("no pattern of paths with slashes")
	case strings.Count(s, "{") > maxBraces || strings.Count(s, ",") > maxChoices:
		return errors.New("too many alternatives; write several patterns")
	case !doublestar.ValidatePattern(s):
		return errors.New("no pattern: a bracket or brace has no end")
	}
	for part := range strings.SplitSeq(s, "/") {
		if part == ".." {
			return errors.New("a pattern with \"..\", which matches nothing: files are those below the folder of " + Name)
		}
	}
	*p = FilePattern(s)
	return nil
}

// matches reports whether a path, or a folder that it lies in, is meant.
func (p FilePattern) matches(file string) bool {
	if ok, _ := doublestar.Match(string(p), file); ok {
		return true
	}
	ok, _ := doublestar.Match(string(p)+"/**", file)
	return ok
}

// NamePattern is a pattern of absolute domain names, in lower case and without
// the final dot; "*" stands for any letters, dots among them.
type NamePattern string

// UnmarshalText reads a NamePattern.
func (p *NamePattern) UnmarshalText(text []byte) error {
	s := strings.ToLower(strings.TrimSuffix(string(text), "."))
	if err := checkNamePattern(s); err != nil {
		return err
	}
	*p = NamePattern(s)
	return nil
}

// checkNamePattern reports whether a text, its stars aside, can be a name.
func checkNamePattern(s string) error {
	for i, r := range s {
		if r <= ' ' || r > '~' {
			return fmt.Errorf("no domain name: %q at %d cannot stand in one; names beyond ASCII are written as xn--", r, i+1)
		}
	}
	if _, err := zone.ParseName(strings.ReplaceAll(s, "*", "x")+".", zone.Root); err != nil {
		return fmt.Errorf("no domain name: %w", err)
	}
	return nil
}

// Matches reports whether a name is meant.
func (p NamePattern) Matches(name zone.Name) bool { return wildcard(string(p), bare(name)) }

// literal reports whether one name is meant.
func (p NamePattern) literal() bool { return !strings.Contains(string(p), "*") }

// bare is a name without its final dot.
func bare(name zone.Name) string { return strings.TrimSuffix(name.String(), ".") }

// OwnerPattern is a pattern of owners: relative to a zone, "@", or absolute
// with a final dot.
type OwnerPattern string

// UnmarshalText reads an OwnerPattern.
func (p *OwnerPattern) UnmarshalText(text []byte) error {
	s := strings.ToLower(string(text))
	if s != "@" {
		if err := checkNamePattern(strings.TrimSuffix(s, ".")); err != nil {
			return err
		}
	}
	*p = OwnerPattern(s)
	return nil
}

// Matches reports whether an owner of a zone is meant. A name outside of the
// zone is only meant by an absolute pattern.
func (p OwnerPattern) Matches(name, apex zone.Name) bool {
	switch {
	case p == "@":
		return name == apex
	case strings.HasSuffix(string(p), "."):
		return wildcard(strings.TrimSuffix(string(p), "."), bare(name))
	case name == apex:
		return p == "*"
	case !name.Within(apex):
		return false
	}
	return wildcard(string(p), strings.TrimSuffix(bare(name), "."+bare(apex)))
}

// wildcard reports whether a text matches a pattern in which "*" stands for any
// text. It takes time by the product of the lengths at most.
func wildcard(pattern, text string) bool {
	p, t, star, from := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0: // the star takes one more
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

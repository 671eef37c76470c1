package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/spelling"
)

const (
	// maxConfigPack bounds a pack file that a configuration names, in octets.
	maxConfigPack = 1 << 20
	// maxFolderPacks bounds the files of a folder of packs.
	maxFolderPacks = 1000
)

// loadConfig reads the packs that a configuration names and finds what it names
// that does not exist: ids are those of all rules. What is wrong is in the order
// of the files.
func loadConfig(cfg *config.Config, ids []string) (*loadedConfig, []config.Problem) {
	l := &configLoader{loadedConfig: &loadedConfig{Config: cfg, packs: map[config.Pack]*pack.Pack{}}}
	l.namedPacks(cfg.Packs)
	for i := range cfg.PackFolders {
		l.folder(&cfg.PackFolders[i])
	}
	for i := range cfg.Zones {
		l.namedPacks(cfg.Zones[i].Packs)
	}
	if len(l.problems) == 0 { // else the variables of packs are not known
		l.variables()
	}
	l.ruleNames(ids)
	l.words()
	slices.SortStableFunc(l.problems, func(a, b config.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return l.loadedConfig, slices.Compact(l.problems)
}

type configLoader struct {
	*loadedConfig
	problems []config.Problem
}

func (l *configLoader) fail(at config.Place, format string, args ...any) {
	l.problems = append(l.problems, config.Problem{Place: at, Message: fmt.Sprintf(format, args...)})
}

// namedPacks reads packs of a list.
func (l *configLoader) namedPacks(list []config.Pack) {
	for i := range list {
		name := list[i]
		if l.packs[name] != nil {
			continue
		}
		at := l.Place(&list[i])
		if !name.IsFile() {
			p, err := pack.Find(string(name))
			if err != nil {
				l.fail(at, "packs: %v", err)
				continue
			}
			l.packs[name] = p
			continue
		}
		if isTemplate(string(name)) {
			l.fail(at, "packs: %s is a Domain Connect template; \"zonelint packs convert\" makes a pack file of it", name)
			continue
		}
		if p := l.packFile(l.Path(string(name)), "packs: "+string(name), at); p != nil {
			l.packs[name] = p
		}
	}
}

// packFile reads a pack file, given by its absolute path.
func (l *configLoader) packFile(path, what string, at config.Place) *pack.Pack {
	src, err := config.ReadWithin(l.Root(), path, maxConfigPack)
	if errors.Is(err, config.ErrTooLarge) {
		err = pack.ErrTooLarge
	}
	if err != nil {
		l.fail(at, "%s: %s", what, unreadPack(err))
		return nil
	}
	shown := path
	if rel, err := filepath.Rel(l.Dir(), path); err == nil {
		shown = filepath.Join(filepath.Dir(l.File()), rel)
	}
	p, err := pack.Parse(shown, src)
	var format *pack.FormatError
	switch {
	case errors.As(err, &format):
		for _, x := range format.Problems {
			l.fail(config.Place{File: format.File, Line: x.Line, Column: x.Column}, "%s", x.Message)
		}
		return nil
	case err != nil:
		l.fail(at, "%s: %v", what, err)
		return nil
	}
	return p
}

// folder reads the packs of a folder.
func (l *configLoader) folder(name *config.Path) {
	at, what := l.Place(name), "pack-folders: "+string(*name)
	dir := l.Path(string(*name))
	entries, err := readDirWithin(l.Root(), dir)
	if err != nil {
		l.fail(at, "%s: %s", what, unreadPack(err))
		return
	}
	read := 0
	for _, e := range entries {
		if ext := strings.ToLower(filepath.Ext(e.Name())); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		if read++; read > maxFolderPacks {
			l.fail(at, "%s: more than %d packs", what, maxFolderPacks)
			return
		}
		if p := l.packFile(filepath.Join(dir, e.Name()), what, at); p != nil {
			l.folders = append(l.folders, p)
		}
	}
	if read == 0 {
		l.fail(at, "%s: %v", what, pack.ErrNoPacks)
	}
}

// readDirWithin lists a folder below root, both absolute.
func readDirWithin(root, dir string) ([]os.DirEntry, error) {
	rel, err := filepath.Rel(root, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, config.ErrOutside
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	info, err := r.Stat(rel)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir(): // opening a pipe would wait
		return nil, syscall.ENOTDIR
	}
	f, err := r.Open(rel)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// variables finds values of variables that no pack has or takes.
func (l *configLoader) variables() {
	known := map[string]bool{}
	for _, p := range slices.Concat(pack.Builtin(), l.folders, slices.Collect(maps.Values(l.packs))) {
		for _, v := range p.Variables {
			known[v.Name] = true
		}
	}
	look := func(vars config.Vars, packs []config.Pack) {
		for i := range vars {
			v := &vars[i]
			if !known[v.Name] {
				if like := spelling.Near(v.Name, slices.Sorted(maps.Keys(known))); len(like) > 0 {
					l.fail(l.KeyPlace(v), "vars: no pack has a variable %q; %s", v.Name, didYouMean(like))
				} else {
					l.fail(l.KeyPlace(v), "vars: no pack has a variable %q; \"zonelint packs show ID\" tells those of a pack", v.Name)
				}
				continue
			}
			for _, name := range packs {
				if err := l.packs[name].Takes(pack.Bindings{v.Name: v.Value}); err != nil {
					l.fail(l.Place(v), "vars: %v", err)
				}
			}
		}
	}
	look(l.Vars, l.Packs)
	for i := range l.Zones {
		look(l.Zones[i].Vars, l.Zones[i].Packs)
	}
}

// allRuleIDs returns the ids of all rules.
func allRuleIDs() []string {
	var ids []string
	for _, r := range builtinRules() {
		ids = append(ids, r.ID)
	}
	return ids
}

// ruleNames finds rules that do not exist.
func (l *configLoader) ruleNames(ids []string) {
	look := func(id config.RuleID, at config.Place) {
		if slices.ContainsFunc(ids, id.Matches) {
			return
		}
		if like := spelling.Near(string(id), ids); len(like) > 0 {
			l.fail(at, "no rule is called %q; %s", id, didYouMean(like))
			return
		}
		l.fail(at, "no rule is called %q; \"zonelint rules\" lists them", id)
	}
	levels := func(list config.Levels) {
		for i := range list {
			look(list[i].Rule, l.KeyPlace(&list[i]))
		}
	}
	for i := range l.Select {
		look(l.Select[i], l.Place(&l.Select[i]))
	}
	levels(l.Severity)
	for i := range l.Ignore {
		look(l.Ignore[i].Rule, l.Place(&l.Ignore[i].Rule))
	}
	for i := range l.Zones {
		z := &l.Zones[i]
		levels(z.Severity)
		for j := range z.Ignore {
			look(z.Ignore[j].Rule, l.Place(&z.Ignore[j].Rule))
		}
	}
}

// words finds kinds of source and of output that do not exist.
func (l *configLoader) words() {
	look := func(key, word string, words []string, at config.Place) {
		switch like := spelling.Near(word, words); {
		case slices.Contains(words, word):
		case len(like) > 0:
			l.fail(at, "%s has no value %q; %s", key, word, didYouMean(like))
		default:
			l.fail(at, "%s has no value %q; it has %s", key, word, strings.Join(words, ", "))
		}
	}
	for i := range l.Sources {
		if s := &l.Sources[i]; s.Source != "" {
			look("source", s.Source, sourceNames(), l.Place(&s.Source))
		}
	}
	for i := range l.Format {
		name, _ := l.Format[i].Split()
		look("format", name, report.Names(), l.Place(&l.Format[i]))
	}
}

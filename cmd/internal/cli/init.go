package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// initName is the command that takes no configuration, since it writes one.
const initName = "init"

func (a *app) initCommand() *urfave.Command {
	return &urfave.Command{
		Name:      initName,
		Usage:     "write a configuration for a repository",
		ArgsUsage: "[DIR]",
		Description: "Looks at the zones of DIR (the current folder without it), at the tools that they are kept for, and at the mail hosts that they show, and writes a commented " + config.Name + " there. " +
			"\"zonelint check\" finds the same with it as without: the mail host of a zone is written down where that changes nothing, so that a zone which no longer shows its host is found.\n\n" +
			"Exits with 0, 2 on wrong usage or if there is a " + config.Name + " already, 3 if it cannot be written.",
		Flags: slices.Concat([]urfave.Flag{
			&urfave.BoolFlag{Name: "force", Category: groupOutput, Usage: "replace a " + config.Name + " that is there"},
			&urfave.BoolFlag{Name: "stdout", Category: groupOutput, Usage: "print it instead of writing it"},
		}, readingFlags()),
		Action: a.init,
	}
}

func (a *app) init(c *urfave.Context) error {
	dir := "."
	switch c.NArg() {
	case 0:
	case 1:
		dir = c.Args().First()
	default:
		return usagef("name one folder", "init takes one argument, but got %d", c.NArg())
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return &targetError{dir, err}
	case !info.IsDir():
		return usagef("name the folder that the configuration is for", "init: %s is no folder", dir)
	}
	path := filepath.Join(dir, config.Name)
	if err := a.initPlace(c, path); err != nil {
		return err
	}
	s, err := a.survey(withArguments(c, dir), dir)
	if err != nil {
		return err
	}
	text := s.config()
	if err := verifyOwn(path, text); err != nil {
		return err
	}
	if c.Bool("stdout") {
		return a.print(text)
	}
	if err := writeConfig(path, text); err != nil {
		return fmt.Errorf("%s: %w", path, writeFailure(err))
	}
	a.complain("%s is written: %s, %s; \"zonelint check\" obeys it, \"zonelint config show FILE\" tells what holds for a zone", path, report.Count(s.total, "zone"), report.Count(len(s.hosts()), "mail host"))
	return nil
}

// initPlace returns an error if the configuration cannot be written, before
// anything is looked at.
func (a *app) initPlace(c *urfave.Context, path string) error {
	if c.Bool("stdout") {
		return nil
	}
	home, _ := os.UserHomeDir()
	if home != "" && filepath.Dir(currentDir().abs(path)) == filepath.Clean(home) {
		return usagef("name the folder of the zones", "init: the configuration of the home folder is never taken, since it would judge every zone below it")
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return &targetError{path, err}
	case !info.Mode().IsRegular():
		return usagef("remove it", "init: %s is there and not a regular file", path)
	case !c.Bool("force"):
		return usagef("--force replaces it, --stdout prints what would be written", "init: %s is there already", path)
	}
	return nil
}

func writeConfig(path string, text []byte) error {
	info, err := os.Lstat(path)
	if err != nil {
		info = nil
	}
	f, err := createAtomic(path, info)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		f.discard()
		return err
	}
	return f.commit()
}

// verifyOwn returns an error if a configuration that was made is not valid,
// which is a mistake in zonelint.
func verifyOwn(path string, text []byte) error {
	abs := currentDir().abs(path)
	cfg, err := config.Parse(path, abs, filepath.Dir(abs), text)
	if err == nil {
		if _, problems := loadConfig(cfg, allRuleIDs()); len(problems) > 0 {
			err = &config.Error{Problems: problems}
		}
	}
	if err != nil {
		return &refusal{fmt.Sprintf("the configuration that was made is not valid: %v", err)}
	}
	return nil
}

// survey is what init finds in a folder.
type survey struct {
	tools   tools
	total   int            // zones
	sources map[string]int // zones by what they are read from
	groups  []*hostGroup   // by the ids of their packs
	twice   map[string]int // how many files hold a zone, by its name
	unknown int            // zones that show no mail host
}

// hostGroup is the zones that show the same mail hosts.
type hostGroup struct {
	packs []*pack.Pack
	pin   []string // names of zones in which the same is found if the packs are given
	loose []string // names of the others
}

// survey looks at the zones of a folder.
func (a *app) survey(c *urfave.Context, dir string) (*survey, error) {
	l, err := a.newLint(c)
	if err != nil {
		return nil, err
	}
	defer l.loader.close()
	l.window = 4096 // what waits are names, not zones
	s := &survey{tools: findTools(dir), sources: map[string]int{}, twice: map[string]int{}}
	groups := map[string]*hostGroup{}
	p := &pinner{lint: l, engines: map[string]*rules.Engine{}}
	t, err := l.run(c.Context,
		func(z *zone.Zone, r *result) { r.hosts = p.hostsOf(r.target, z) },
		func(r *result) {
			s.total++
			s.sources[r.hosts.source]++
			s.twice[r.hosts.apex]++
			if len(r.hosts.packs) == 0 {
				s.unknown++
				return
			}
			key := packIDs(r.hosts.packs)
			g := groups[key]
			if g == nil {
				g = &hostGroup{packs: r.hosts.packs}
				groups[key] = g
			}
			if r.hosts.same {
				g.pin = append(g.pin, r.hosts.apex)
			} else {
				g.loose = append(g.loose, r.hosts.apex)
			}
		})
	if err != nil {
		return nil, err
	}
	if t.misused > 0 {
		a.complain("the origin that a file does not tell stands under sources in %s", config.Name)
	}
	for _, g := range groups {
		g.settle(s.twice)
		s.groups = append(s.groups, g)
	}
	slices.SortFunc(s.groups, func(a, b *hostGroup) int {
		return cmp.Or(cmp.Compare(len(b.pin)+len(b.loose), len(a.pin)+len(a.loose)), cmp.Compare(packIDs(a.packs), packIDs(b.packs)))
	})
	return s, nil
}

// settle sorts the names and takes those out of pin that several files hold, or
// that no pattern can mean.
func (g *hostGroup) settle(twice map[string]int) {
	g.pin = slices.DeleteFunc(g.pin, func(name string) bool {
		var p config.NamePattern
		if twice[name] == 1 && !strings.Contains(name, "*") && p.UnmarshalText([]byte(name)) == nil {
			return false
		}
		g.loose = append(g.loose, name)
		return true
	})
	slices.Sort(g.pin)
	slices.Sort(g.loose)
	g.loose = slices.Compact(g.loose)
}

// hosts are the packs of the mail hosts that the zones show.
func (s *survey) hosts() map[string]*pack.Pack {
	out := map[string]*pack.Pack{}
	for _, g := range s.groups {
		for _, p := range g.packs {
			out[p.ID] = p
		}
	}
	return out
}

func packIDs(packs []*pack.Pack) string {
	var ids []string
	for _, p := range packs {
		ids = append(ids, p.ID)
	}
	return strings.Join(ids, ", ")
}

// sourceTitle says what a zone is read from.
func sourceTitle(t target, z *zone.Zone) string {
	switch {
	case masterfile.Is(z):
		return "zone files"
	case strings.HasSuffix(strings.ToLower(t.name), ".json"):
		return "JSON of other tools"
	}
	return "octoDNS"
}

// zoneHosts are the mail hosts that a zone shows.
type zoneHosts struct {
	apex   string // without the final dot
	source string // in words
	packs  []*pack.Pack
	same   bool // the same is found if the packs are given
}

// pinner finds out whether the same is found in a zone if its packs are given.
type pinner struct {
	lint    *lint
	mu      sync.Mutex
	engines map[string]*rules.Engine // with packs given, by their ids
}

// maxPinned bounds how many sets of packs are tried; zones with others keep
// being recognised.
const maxPinned = 200

func (p *pinner) hostsOf(t target, z *zone.Zone) zoneHosts {
	h := zoneHosts{apex: strings.TrimSuffix(z.Apex.String(), "."), source: sourceTitle(t, z)}
	for _, d := range p.lint.base.detector.Detect(z) {
		h.packs = append(h.packs, d.Pack)
	}
	if len(h.packs) == 0 {
		return h
	}
	if e := p.engine(h.packs); e != nil {
		h.same = sameFindings(p.lint.base.engine.Run(z), e.Run(z))
	}
	return h
}

// engine returns the engine for zones with packs given, nil if there is none.
func (p *pinner) engine(packs []*pack.Pack) *rules.Engine {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := packIDs(packs)
	if e := p.engines[key]; e != nil || len(p.engines) >= maxPinned {
		return e
	}
	s := p.lint.base.selector
	s.Forced = packs
	o := p.lint.options
	o.Servers = p.lint.servers
	e, err := rules.NewEngine(all.Rules(s, p.lint.policies...), o)
	if err != nil {
		return nil // the options were read already
	}
	p.engines[key] = e
	return e
}

// sameFindings reports whether two runs over a zone found the same.
func sameFindings(a, b []rules.Finding) bool {
	return slices.EqualFunc(a, b, func(x, y rules.Finding) bool {
		var fixes [2][]byte
		for i, f := range []*rules.Fix{x.Fix, y.Fix} {
			if f != nil {
				fixes[i] = fmt.Appendf(nil, "%d %s", f.Safety, f.Description)
			}
		}
		return x.Rule.ID == y.Rule.ID && x.Severity == y.Severity && x.Message == y.Message && x.Span == y.Span && x.Name == y.Name && x.Pack == y.Pack && bytes.Equal(fixes[0], fixes[1])
	})
}

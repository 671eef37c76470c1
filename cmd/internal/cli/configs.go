package cli

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/rules/pack"
)

// configFlags choose the configuration.
func configFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringFlag{Name: "config", Category: groupConfig, Usage: "`FILE`: take the configuration from this file for all zones; without it the nearest " + config.Name + " from each zone file up to the root of its repository is taken"},
		&urfave.BoolFlag{Name: "no-config", Category: groupConfig, Usage: "take no configuration"},
	}
}

// configs are the configurations of a run. The methods that find one may be
// called by several goroutines at once.
type configs struct {
	cwd    workdir
	finder *config.Finder
	only   *config.Config // of --config, for all files
	none   bool           // --no-config
	given  string         // the value of --config

	mu     sync.Mutex
	loaded map[*config.Config]*loadedConfig
	named  sync.Once
	ids    []string // of all rules
	errs   []error  // of those that cannot be used, each once
	failed map[string]bool
}

// loadedConfig is a configuration with the packs that it names.
type loadedConfig struct {
	*config.Config
	packs   map[config.Pack]*pack.Pack
	folders []*pack.Pack // of pack-folders
}

// configsOf reads the flags of configFlags.
func configsOf(c *urfave.Context) (*configs, error) {
	cwd := currentDir()
	home, _ := os.UserHomeDir() // without one there is nothing to leave out
	k := &configs{cwd: cwd, none: c.Bool("no-config") || c.Command.Name == initName, given: c.String("config"), loaded: map[*config.Config]*loadedConfig{}, failed: map[string]bool{}}
	k.finder = config.NewFinder(string(cwd), home, k.shown)
	switch {
	case !c.IsSet("config"):
		return k, nil
	case k.none:
		return nil, usagef("leave one of them out", "--config and --no-config")
	case k.given == "":
		return nil, usagef("name a file, or give --no-config", "--config has no file name")
	}
	path := cwd.abs(k.given)
	var err error
	if k.only, err = config.Load(k.given, path, k.finder.Root(filepath.Dir(path))); err != nil {
		return nil, configFailure(err)
	}
	k.use(k.only)
	return k, k.failure()
}

// shown is what to call a file, given by its absolute path.
func (k *configs) shown(path string) string {
	rel, err := filepath.Rel(string(k.cwd), path)
	if err != nil {
		return path
	}
	return rel
}

// configFailure is an error about a configuration as users see it: a mistake in
// it is one in usage.
func configFailure(err error) error {
	var format *config.Error
	switch {
	case errors.As(err, &format):
		return usagef("", "%v", err)
	case errors.Is(err, config.ErrOutside), errors.Is(err, config.ErrTooLarge), errors.Is(err, config.ErrTooMany), errors.Is(err, config.ErrNotFile):
		return usagef("", "%v", err)
	}
	name, _, _ := strings.Cut(err.Error(), ": ")
	return &targetError{name, err}
}

// forDir returns the configuration for the files of a folder, nil if there is
// none. One that cannot be used is noted.
func (k *configs) forDir(dir string) *config.Config {
	switch {
	case k == nil || k.none:
		return nil
	case k.only != nil:
		return k.only
	}
	cfg, err := k.finder.For(dir)
	if err != nil {
		k.fail(configFailure(err))
		return nil
	}
	if cfg != nil {
		k.use(cfg)
	}
	return cfg
}

// forFile is forDir for the folder of a file.
func (k *configs) forFile(path string) *config.Config {
	return k.forDir(filepath.Dir(k.cwd.abs(path)))
}

// here returns the configuration of the current folder.
func (k *configs) here() *config.Config { return k.forDir(string(k.cwd)) }

// use loads what a configuration names, once, and notes what is wrong with it.
func (k *configs) use(cfg *config.Config) {
	k.mu.Lock()
	known := k.loaded[cfg] != nil
	if !known {
		k.loaded[cfg] = &loadedConfig{Config: cfg}
	}
	k.mu.Unlock()
	if known {
		return
	}
	k.named.Do(func() { k.ids = allRuleIDs() })
	l, problems := loadConfig(cfg, k.ids)
	if len(problems) > 0 {
		k.fail(usagef("", "%v", &config.Error{Problems: problems}))
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.loaded[cfg] = l
}

func (k *configs) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.failed[err.Error()] {
		k.failed[err.Error()] = true
		k.errs = append(k.errs, err)
	}
}

// failure returns what is wrong with the configurations that were found so far.
func (k *configs) failure() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []string
	for _, err := range k.errs {
		var usage *usageError
		if !errors.As(err, &usage) {
			return err
		}
		all = append(all, err.Error())
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	return usagef("", "%s", strings.Join(all, "\n"))
}

// load returns a configuration that was found with what it names.
func (k *configs) load(cfg *config.Config) *loadedConfig {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.loaded[cfg]
}

// allPacks returns the packs that the configurations name.
func (k *configs) allPacks() []*pack.Pack {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []*pack.Pack
	for _, l := range k.loaded {
		for _, p := range l.packs {
			out = append(out, p)
		}
		out = append(out, l.folders...)
	}
	slices.SortFunc(out, func(a, b *pack.Pack) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// every returns the configurations that the run uses, by their names.
func (k *configs) every() []*loadedConfig {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []*loadedConfig
	for _, l := range k.loaded {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b *loadedConfig) int { return cmp.Compare(a.File(), b.File()) })
	return out
}

// ofRun returns the configuration for what concerns a run as a whole: that of
// its arguments if they have the same, nil if they have none or several.
func (k *configs) ofRun(args []string) *config.Config {
	var common *config.Config
	for i, arg := range args {
		cfg := k.forDir(k.dirOf(arg))
		if i > 0 && cfg != common {
			return nil
		}
		common = cfg
	}
	return common
}

// dirOf returns the absolute path of the folder that an argument names or whose
// files it names.
func (k *configs) dirOf(arg string) string {
	if arg == "-" {
		return string(k.cwd)
	}
	path := k.cwd.abs(arg)
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return path
	case err != nil && isGlob(arg):
		base, _ := doublestar.SplitPattern(filepath.ToSlash(arg))
		return k.cwd.abs(filepath.FromSlash(base))
	}
	return filepath.Dir(path)
}

// covered reports whether an argument is a folder in which all files lie that a
// configuration is for.
func (k *configs) covered(cfg *config.Config, args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool {
		path := k.cwd.abs(arg)
		rel, err := filepath.Rel(path, cfg.Dir())
		if err != nil || !filepath.IsLocal(rel) {
			return false
		}
		info, err := os.Stat(path)
		return err == nil && info.IsDir()
	})
}

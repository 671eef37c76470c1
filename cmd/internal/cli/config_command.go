package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
)

func (a *app) configCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "config",
		Usage: "check and show the configuration of a repository",
		Description: "The configuration is " + config.Name + ": for each zone file the nearest one, from its folder up to the root of the repository. " +
			"\"zonelint init\" writes one, \"zonelint config verify\" says what is wrong with it, \"zonelint config show FILE\" what holds for a zone.",
		Subcommands: []*urfave.Command{
			a.configVerifyCommand(),
			a.configShowCommand(),
			a.configSchemaCommand(),
		},
		Action: func(*urfave.Context) error {
			return usagef("run \"zonelint config verify\", \"zonelint config show FILE\" or \"zonelint config schema\"", "config needs a command")
		},
	}
}

func (a *app) configSchemaCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "schema",
		Usage: "print the JSON Schema of configurations",
		Description: "Prints the JSON Schema (draft 2020-12) of " + config.Name + ", by which editors complete keys and show what they mean. It is published at " + config.SchemaURL + " too; a first line that names it lets editors find it:\n\n" +
			"  # yaml-language-server: $schema=URL",
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return a.print(config.Schema())
		},
	}
}

func (a *app) configVerifyCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "verify",
		Usage:     "find the mistakes in a configuration",
		ArgsUsage: "[FILE|DIR|-]...",
		Description: "Says what is wrong with configurations, at line and column: unknown keys and values, rules, packs and variables that do not exist, files outside of the repository. " +
			"DIR stands for the " + config.Name + " in it; without an argument it is the one for the current folder.\n\n" +
			"Exits with 0 if nothing is wrong, 1 if something is, 2 on wrong usage, 3 if a file could not be read.",
		Flags:  []urfave.Flag{listFormatFlag(), colorFlag()},
		Action: a.verifyConfigs,
	}
}

func (a *app) verifyConfigs(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	k, err := configsOf(c)
	if err != nil {
		return err
	}
	args := c.Args().Slice()
	if len(args) == 0 {
		path := k.finder.Nearest(string(k.cwd))
		if path == "" {
			return usagef("\"zonelint init\" writes one", "no %s is for the current folder", config.Name)
		}
		args = []string{k.shown(path)}
	}
	found := []config.Problem{}
	read := 0
	for _, arg := range args {
		problems, err := a.verifyConfig(k, arg)
		if err != nil {
			a.complain("%v", err)
			continue
		}
		read++
		found = append(found, problems...)
	}
	out := configProblemsText(found, read, report.Painter(colors(color, a.Out)))
	if json {
		out = configProblemsJSON(found, read)
	}
	if err := a.print(out); err != nil {
		return err
	}
	switch {
	case read < len(args):
		return errReported
	case len(found) > 0:
		return errFindings
	}
	return nil
}

// verifyConfig returns what is wrong with the configuration that an argument
// names.
func (a *app) verifyConfig(k *configs, arg string) ([]config.Problem, error) {
	name, path := arg, k.cwd.abs(arg)
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		name, path = filepath.Join(arg, config.Name), filepath.Join(path, config.Name)
	}
	var cfg *config.Config
	var err error
	if arg == "-" { // as if it stood in the current folder
		src, rerr := io.ReadAll(io.LimitReader(a.In, config.MaxFile+1))
		if rerr == nil && len(src) > config.MaxFile {
			rerr = config.ErrTooLarge
		}
		if rerr != nil {
			return nil, fmt.Errorf("%s: %s", defaultStdinName, describe(rerr))
		}
		path = filepath.Join(string(k.cwd), config.Name)
		cfg, err = config.Parse(defaultStdinName, path, k.finder.Root(string(k.cwd)), src)
	} else {
		cfg, err = config.Load(name, path, k.finder.Root(filepath.Dir(path)))
	}
	var format *config.Error
	switch {
	case errors.As(err, &format):
		return format.Problems, nil
	case err != nil:
		return nil, configFailure(err)
	}
	_, problems := loadConfig(cfg, allRuleIDs())
	return problems, nil
}

func configProblemsText(found []config.Problem, files int, paint report.Painter) []byte {
	var b strings.Builder
	for _, p := range found {
		fmt.Fprintf(&b, "%s: %s: %s\n", paint.Place(report.EscapeLine(p.Place.String())), paint.Severity(rules.Error, "error"), report.Escape(p.Message))
	}
	fmt.Fprintf(&b, "%s: %s.\n", report.Count(files, "configuration"), report.Count(len(found), "error"))
	return []byte(b.String())
}

// jsonConfigProblem is a mistake as "config verify --format json" tells it.
type jsonConfigProblem struct {
	Severity string `json:"severity"` // always error
	Message  string `json:"message"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

func configProblemsJSON(found []config.Problem, files int) []byte {
	out := struct {
		Version  int                 `json:"version"`
		Findings []jsonConfigProblem `json:"findings"`
		Summary  struct {
			Configurations int `json:"configurations"`
			Errors         int `json:"errors"`
		} `json:"summary"`
	}{Version: 1, Findings: []jsonConfigProblem{}}
	for _, p := range found {
		out.Findings = append(out.Findings, jsonConfigProblem{"error", p.Message, p.File, p.Line, p.Column})
	}
	out.Summary.Configurations, out.Summary.Errors = files, len(found)
	return append(report.JSON(out), '\n')
}

package cli

import (
	"bytes"
	"embed"
	"slices"
	"strings"
	"text/template"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/clients"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers/all"
	"github.com/zonelint/zonelint/rules/pack"
)

//go:embed completion/*.tmpl
var completionScripts embed.FS

// shells are those that completion knows, with how to load the script.
var shells = []struct{ name, load string }{
	{"bash", "source <(zonelint completion bash)"},
	{"zsh", "zonelint completion zsh >~/.zfunc/_zonelint  (a folder of $fpath)"},
	{"fish", "zonelint completion fish >~/.config/fish/completions/zonelint.fish"},
	{"powershell", "zonelint completion powershell | Out-String | Invoke-Expression"},
}

func (a *app) completionCommand() *urfave.Command {
	names := make([]string, len(shells))
	about := "Prints a script that completes commands, flags, rules and packs:\n\n"
	for i, s := range shells {
		names[i] = s.name
		about += "  " + s.load + "\n"
	}
	return &urfave.Command{
		Name:        "completion",
		Usage:       "print a completion script for a shell",
		ArgsUsage:   strings.Join(names, "|"),
		Description: about,
		Action: func(c *urfave.Context) error {
			if c.NArg() != 1 {
				return usagef("name one of "+strings.Join(names, ", "), "completion needs the name of a shell")
			}
			if err := oneOf("completion", c.Args().First(), names); err != nil {
				return err
			}
			script, err := completionScript(c.Args().First(), a.commands())
			if err != nil {
				return err
			}
			return a.print(script)
		},
	}
}

// The kinds of value that completion can offer, beside a list of words.
const (
	valueNone  = "none"
	valueFile  = "file"
	valueDir   = "dir"
	valueRules = "rules" // ids with commas between
	valueLevel = "level" // RULE=LEVEL
	valuePacks = "packs"
	valueWords = "words"
)

// completed is a command as the scripts see it.
type completed struct {
	Path, Name, Usage string // Path is "packs show", Name its last word
	Flags             []completedFlag
	Subs              []completed // its own commands
	Args              string      // kind of its arguments
	Words             []string    // for valueWords
}

type completedFlag struct {
	Name, Usage string
	Value       string // kind; "" if it takes none
	Words       []string
	Repeat      bool
}

// flagValues are the kinds of value of the flags that take one; other flags
// take what completion cannot know.
var flagValues = map[string]struct {
	kind  string
	words []string
}{
	"pack":         {valuePacks, nil},
	"from":         {valuePacks, nil},
	"select":       {valueRules, nil},
	"ignore":       {valueRules, nil},
	"severity":     {valueLevel, nil},
	"fail-on":      {valueWords, levels},
	"color":        {valueWords, colorModes},
	"format":       {valueWords, report.Names()},
	"include-root": {valueDir, nil},
	"config":       {valueFile, nil},
	"kind":         {valueWords, pack.Kinds()},
	"provider":     {valueWords, all.Names()},
	"plan":         {valueFile, nil},
	"plan-out":     {valueFile, nil},
	"baseline":     {valueFile, nil},
	"dir":          {valueDir, nil},
}

// argValues are the kinds of argument of the commands that take some.
var argValues = map[string]string{"check": valueFile, "init": valueFile, "fix": valueFile, "clients": valueFile, "eval": valueFile, "tree": valueFile, "explain": valueRules, "show": valuePacks, "config show": valueFile, "detect": valueFile, "verify": valueFile, "write": valueFile, "rollback": valueFile, "completion": valueWords, "man": valueWords}

func completedCommand(parent string, c *urfave.Command) completed {
	out := completed{Path: strings.TrimSpace(parent + " " + c.Name), Name: c.Name, Usage: c.Usage, Args: valueNone}
	if kind, ok := argValues[out.Path]; ok { // before that of commands of the same name
		out.Args = kind
	} else if kind, ok := argValues[c.Name]; ok {
		out.Args = kind
	}
	if out.Args == valueWords && c.Name != "man" { // whose words are the commands
		out.Words = strings.Split(c.ArgsUsage, "|")
	}
	for _, f := range slices.Concat(c.Flags, []urfave.Flag{urfave.HelpFlag}) {
		_, usage := flagUsage(f.(urfave.DocGenerationFlag))
		if i := strings.IndexAny(usage, ";:("); i >= 0 {
			usage = strings.TrimSpace(usage[:i]) // the rest is for --help
		}
		cf := completedFlag{Name: f.Names()[0], Usage: usage}
		if f.(urfave.DocGenerationFlag).TakesValue() {
			v, ok := flagValues[cf.Name]
			if !ok {
				v.kind = valueNone
			}
			if _, one := f.(*urfave.StringFlag); one && cf.Name == "format" {
				v.words = listFormats
				if c.Name == "clients" {
					v.words = clients.Formats
				}
			}
			if cf.Name == "fail-on" && c.Name != "verify" { // packs verify
				v.words = failLevels
			}
			cf.Value, cf.Words = v.kind, v.words
			_, cf.Repeat = f.(*urfave.StringSliceFlag)
		}
		out.Flags = append(out.Flags, cf)
	}
	for _, s := range c.Subcommands {
		out.Subs = append(out.Subs, completedCommand(out.Path, s))
	}
	return out
}

// flat lists commands with those below them.
func flat(cmds []completed) []completed {
	var out []completed
	for _, c := range cmds {
		out = append(append(out, c), flat(c.Subs)...)
	}
	return out
}

// completionScript returns the script of a shell.
func completionScript(shell string, root *urfave.App) ([]byte, error) {
	data := struct {
		Top, All             []completed // commands; All with those below them
		Rules, Packs, Levels []string
	}{Levels: levels}
	for _, c := range root.Commands {
		data.Top = append(data.Top, completedCommand("", c))
	}
	if i := slices.IndexFunc(data.Top, func(c completed) bool { return c.Name == "man" }); i >= 0 {
		data.Top[i].Words = commandNames(root)
	}
	data.All = flat(data.Top)
	for _, r := range builtinRules() {
		data.Rules = append(data.Rules, r.ID)
	}
	for _, p := range pack.Builtin() {
		data.Packs = append(data.Packs, p.ID)
	}
	plain := strings.NewReplacer("'", "", `"`, "", "`", "", `\`, "", "$", "", "[", "(", "]", ")", ":", "")
	funcs := template.FuncMap{
		"split": strings.Fields,
		"join":  func(list []string) string { return strings.Join(list, " ") },
		"plain": plain.Replace, // text without what some shell would take for its own
		"list":  func(list []string) string { return "'" + strings.Join(list, "', '") + "'" },
	}
	t, err := template.New("").Funcs(funcs).ParseFS(completionScripts, "completion/*.tmpl")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, shell+".tmpl", data)
	return b.Bytes(), err
}

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/providers/all"
)

func (a *app) manCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "man",
		Usage:     "print the manual page of zonelint or of a command",
		ArgsUsage: "[COMMAND]",
		Description: "Prints a manual page as man(1) reads it:\n\n" +
			"  zonelint man check | man -l -\n\n" +
			"With --dir all pages are written into a folder, as packages install them: zonelint.1, zonelint-check.1 and so on.",
		Flags: []urfave.Flag{
			&urfave.StringFlag{Name: "dir", Usage: "`DIR`: write all pages into this folder, which is made if it is not there"},
		},
		Action: func(c *urfave.Context) error {
			root := a.commands()
			m, err := newManual(root)
			if err != nil {
				return err
			}
			if dir := c.String("dir"); dir != "" {
				if err := noArguments(c); err != nil {
					return err
				}
				return m.write(dir)
			}
			switch c.NArg() {
			case 0:
				return a.print(m.rootPage())
			case 1:
				name := c.Args().First()
				cmd := root.Command(name)
				if cmd == nil {
					return oneOf("man", name, commandNames(root))
				}
				return a.print(m.commandPage(cmd))
			}
			return usagef("name one command; those below it are on its page", "man takes one argument, but got %d", c.NArg())
		},
	}
}

func commandNames(root *urfave.App) []string {
	var names []string
	for _, c := range root.Commands {
		names = append(names, c.Name)
	}
	return names
}

// manual makes the manual pages of all commands.
type manual struct {
	root *urfave.App
	date string
}

// newManual dates the pages by SOURCE_DATE_EPOCH or else by the source of the
// version. They have no date where neither is known: a page made twice is the
// same.
func newManual(root *urfave.App) (*manual, error) {
	date, _, _ := strings.Cut(version().Time, "T")
	if os.Getenv("SOURCE_DATE_EPOCH") != "" {
		t, err := clock()
		if err != nil {
			return nil, err
		}
		date = t.UTC().Format(time.DateOnly)
	}
	return &manual{root, date}, nil
}

// write writes every page into a folder.
func (m *manual) write(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("--dir %s: %s", dir, describe(err))
	}
	pages := map[string][]byte{m.name(nil): m.rootPage()}
	for _, c := range m.root.Commands {
		pages[m.name(c)] = m.commandPage(c)
	}
	for name, page := range pages {
		path := filepath.Join(dir, name+".1")
		if err := os.WriteFile(path, page, 0o666); err != nil {
			return fmt.Errorf("%s: %s", path, describe(err))
		}
	}
	return nil
}

// name is the name of the page of a command, and of zonelint's for nil.
func (m *manual) name(c *urfave.Command) string {
	if c == nil {
		return m.root.Name
	}
	return m.root.Name + "-" + c.Name
}

// begin writes what a page begins with.
func (m *manual) begin(r *roff, name, usage string) {
	fmt.Fprintf(&r.b, ".TH \"%s\" 1 \"%s\" \"zonelint %s\" \"zonelint\"\n", // the date with plain hyphens
		roffEscape(strings.ToUpper(name)), m.date, roffEscape(version().Version))
	r.macro("nh")
	r.b.WriteString(".ad l\n") // which takes no quotes
	r.section("Name")
	r.b.WriteString(roffEscape(name) + ` \- ` + roffEscape(usage) + "\n")
	r.section("Synopsis")
}

func (r *roff) synopsis(path string, c *urfave.Command) {
	line := bold(path)
	if len(c.Flags) > 0 {
		line += " [" + italic("flags") + "]"
	}
	if c.ArgsUsage != "" {
		line += " " + placeholders(c.ArgsUsage)
	}
	r.b.WriteString(line + "\n")
}

// rootPage is zonelint(1).
func (m *manual) rootPage() []byte {
	var r roff
	root := m.root
	m.begin(&r, root.Name, root.Usage)
	r.b.WriteString(bold(root.Name) + " " + placeholders(root.ArgsUsage) + "\n")
	r.section("Description")
	r.text("zonelint reads DNS zones, from files or from a DNS provider, and tells what is wrong with their mail records: " +
		"by the RFCs, and by what the mail host of the domain asks for. It shows the changes that mend a zone, and makes them.\n\n" +
		"Flags may stand before and behind arguments; \"--\" ends them. Results go to standard output, everything else to standard error.")
	r.section("Commands")
	for _, c := range root.Commands {
		r.item(bold(m.name(c))+"(1)", sentence(c.Usage))
	}
	r.section("Flags")
	r.item(bold("--help"), "Show what there is to say of zonelint or of a command, in short.")
	r.item(bold("--version"), "Tell the version, as the command version does.")
	r.exitStatus()
	r.environment()
	r.section("Files")
	r.item(bold(config.Name), "The configuration, of the folder of a zone or of one above it, up to the root of the repository: what is checked, and how; "+
		"\"zonelint config show FILE\" tells what holds for a file.")
	r.section("Examples")
	r.text("Check the zones of a folder:\n\n  zonelint check zones/\n\n" +
		"Show how a zone would be mended, and do it:\n\n  zonelint fix example.com.zone\n  zonelint fix --write example.com.zone")
	m.seeAlso(&r, nil)
	return []byte(r.b.String())
}

// commandPage is the page of a command with those below it.
func (m *manual) commandPage(c *urfave.Command) []byte {
	var r roff
	m.begin(&r, m.name(c), c.Usage)
	path := m.root.Name + " " + c.Name
	r.synopsis(path, c)
	for _, s := range c.Subcommands {
		r.macro("br")
		r.synopsis(path+" "+s.Name, s)
	}
	r.section("Description")
	about := c.Description
	if about == "" {
		about = sentence(c.Usage)
	}
	r.text(about)
	if len(c.Flags) > 0 {
		r.section("Flags")
		r.flags(c.Flags, true)
	}
	if len(c.Subcommands) > 0 {
		r.section("Commands")
		for _, s := range c.Subcommands {
			r.subsection(path + " " + s.Name)
			r.paragraph(sentence(s.Usage))
			if s.Description != "" {
				r.macro("PP")
				r.text(s.Description)
			}
			r.flags(s.Flags, false)
		}
	}
	m.seeAlso(&r, c)
	return []byte(r.b.String())
}

// flags writes flags, with the names of their groups if so asked.
func (r *roff) flags(flags []urfave.Flag, groups bool) {
	category := ""
	for _, f := range flags {
		if cat := f.(urfave.CategorizableFlag).GetCategory(); groups && cat != category {
			category = cat
			r.subsection(cat)
		}
		value, usage := flagUsage(f.(urfave.DocGenerationFlag))
		term := bold("--" + f.Names()[0])
		if value != "" {
			term += " " + placeholders(value)
		}
		r.item(term, usage)
	}
}

func (r *roff) exitStatus() {
	r.section("Exit status")
	for _, code := range []struct {
		code int
		when string
	}{
		{exitOK, "Nothing at or above --fail-on was found; for fix, nothing is left to change."},
		{exitFindings, "Something was found; for fix, there is a difference that was not written or a plan that was not carried out."},
		{exitUsage, "Wrong usage or configuration."},
		{exitFailure, "A file or zone could not be read, written, reached or changed wholly."},
		{exitInterrupted, "Interrupted."},
	} {
		r.item(bold(fmt.Sprint(code.code)), code.when)
	}
}

// variables are the environment variables that are no provider's.
var variables = []struct{ name, use string }{
	{"NO_COLOR", "Not empty: no colours, unless --color=always asks for them."},
	{"TERM", "dumb: no colours and no progress."},
	{"SOURCE_DATE_EPOCH", "The time, in seconds since 1970, that new serials of the form YYYYMMDDnn and manual pages are made with."},
	{strings.Join(projectVariables, ", "), "Set by CI systems: the folder from which formats for them name files."},
	{"XDG_STATE_HOME", "The folder in which journals of changes at providers are kept (zonelint/ within it)."},
}

func (r *roff) environment() {
	r.section("Environment")
	for _, v := range variables {
		r.item(bold(v.name), v.use)
	}
	for _, p := range all.Providers() {
		var names []string
		for _, v := range p.Variables {
			names = append(names, bold(v.Name))
		}
		r.item(strings.Join(names, ", "), "Credentials for "+p.Title+"; \"zonelint providers\" tells more.")
	}
}

// seeAlso names the other pages in the order of the alphabet.
func (m *manual) seeAlso(r *roff, but *urfave.Command) {
	var names []string
	for _, c := range slices.Concat(m.root.Commands, []*urfave.Command{nil}) {
		if c != but {
			names = append(names, m.name(c))
		}
	}
	slices.Sort(names)
	r.section("See also")
	for i, n := range names {
		names[i] = bold(n) + "(1)"
	}
	r.b.WriteString(strings.Join(names, ",\n") + "\n")
}

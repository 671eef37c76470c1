package cli

import (
	"maps"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"
)

func (a *app) packsConvertCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "convert",
		Usage:     "make a rule pack of a Domain Connect template",
		ArgsUsage: "TEMPLATE.json",
		Description: "Prints the rule pack that a Domain Connect template amounts to, as YAML for --pack. What a pack cannot say of it stands in comments. " +
			"Variables of the template that --var gives no value become variables of the pack; \"--var host=NAME\" names a host below the domain that the template is for.",
		Flags: []urfave.Flag{
			groupFlag(),
			&urfave.StringSliceFlag{Name: "var", Category: groupRules, Usage: "`NAME=VALUE`: give a variable of the template its value; repeatable"},
		},
		Action: a.convertTemplate,
	}
}

func (a *app) convertTemplate(c *urfave.Context) error {
	if c.NArg() != 1 {
		return usagef("name one file", "packs convert takes one Domain Connect template, but got %d", c.NArg())
	}
	path := c.Args().First()
	t := a.templatesOf(c)
	k, err := t.convert(path)
	if err != nil {
		return packFailure("packs convert", path, err)
	}
	if err := t.checkGroups(); err != nil {
		return err
	}
	known := templateVariables([]string{path})
	for _, arg := range c.StringSlice("var") {
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case value == "":
			return usagef("write --var NAME=VALUE", "--var %q has no value", arg)
		case !known[name]:
			return unknownVariable(name, slices.Sorted(maps.Keys(known)))
		}
	}
	return a.print(k.YAML)
}

package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

func (a *app) packsVerifyCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "verify",
		Usage:     "find the mistakes in pack files",
		ArgsUsage: "FILE|DIR|-...",
		Description: "Reads pack files as --pack does and says what is wrong with them, at line and column. Of a valid pack it says what is doubtful: no page that confirms it, nothing to recognise it by, a pattern that another pack has as well, variables without an example; and what the rules find in a zone that has no more than the pack asks for. " +
			"DIR stands for the .yaml files in it.\n\n" +
			"Exits with 0 if nothing at or above --fail-on was found, 1 if something was, 2 on wrong usage, 3 if a file could not be read.",
		Flags: []urfave.Flag{
			&urfave.StringFlag{Name: "fail-on", Value: "error", Usage: "`LEVEL`: exit with 1 on findings of this severity or worse: error, warning or info (default: error)"},
			listFormatFlag(), colorFlag(),
		},
		Action: a.verifyPacks,
	}
}

// packFile is a pack file that verify looks at.
type packFile struct {
	name     string
	src      []byte
	problems []packProblem
}

// packProblem is a finding of verify.
type packProblem struct {
	Severity string `json:"severity"` // error or warning
	Message  string `json:"message"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

func (a *app) verifyPacks(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	failOn, err := severityOf("--fail-on", c.String("fail-on"))
	if err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	if !c.Args().Present() {
		return usagef("\"zonelint packs schema\" and rules/pack/README.md tell how to write one", "packs verify needs a pack file")
	}
	files, errs := a.packFiles(c.Args().Slice())
	examinePacks(files)
	var found []packProblem
	for _, f := range files {
		found = append(found, f.problems...)
	}
	out := verifiedText(found, len(files), report.Painter(colors(color, a.Out)))
	if json {
		out = verifiedJSON(found, len(files))
	}
	if err := a.print(out); err != nil {
		return err
	}
	for _, err := range errs {
		a.complain("%v", err)
	}
	failing := slices.ContainsFunc(found, func(p packProblem) bool { return p.Severity == "error" || failOn < rules.Error })
	switch {
	case len(errs) > 0:
		return errReported
	case failing:
		return errFindings
	}
	return nil
}

// packFiles reads the files that arguments name, and says what could not be
// read.
func (a *app) packFiles(args []string) (files []*packFile, errs []error) {
	add := func(name string, src []byte, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s", name, unreadPack(err)))
			return
		}
		files = append(files, &packFile{name: name, src: src})
	}
	for _, arg := range args {
		if arg == "-" {
			src, err := io.ReadAll(a.In)
			add(defaultStdinName, src, err)
			continue
		}
		names := []string{arg}
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			if names = packFilesIn(arg); len(names) == 0 {
				errs = append(errs, fmt.Errorf("%s: no .yaml file in this folder", arg))
			}
		}
		for _, name := range names {
			src, err := pack.Read(name)
			add(name, src, err)
		}
	}
	return files, errs
}

func packFilesIn(dir string) []string {
	var out []string
	entries, _ := os.ReadDir(dir) // one that cannot be read has none
	for _, e := range entries {
		if ext := strings.ToLower(filepath.Ext(e.Name())); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// examinePacks finds the problems of files, beside the builtin packs and each
// other.
func examinePacks(files []*packFile) {
	var valid []*pack.Pack
	first := map[string]*packFile{}
	twice := map[*packFile]string{}
	for _, f := range files {
		p, err := pack.Parse(f.name, f.src)
		var format *pack.FormatError
		if errors.As(err, &format) {
			f.add("error", format.Problems)
		}
		if err != nil {
			continue
		}
		if o := first[p.ID]; o != nil {
			twice[f] = fmt.Sprintf("id: %s has the id %s as well; no more than one of them can be used at a time", o.name, p.ID)
			continue
		}
		first[p.ID] = f
		valid = append(valid, p)
	}
	known := withPacks(pack.Builtin(), valid)
	for _, f := range files {
		if len(f.problems) > 0 {
			continue
		}
		_, doubts, _ := pack.Examine(f.name, f.src, known, lintSample) // it was parsed
		if what, ok := twice[f]; ok {
			doubts = append([]pack.Problem{{Line: 1, Column: 1, Message: what}}, doubts...)
		}
		f.add("warning", doubts)
	}
}

func (f *packFile) add(severity string, list []pack.Problem) {
	for _, p := range list {
		f.problems = append(f.problems, packProblem{severity, p.Message, f.name, p.Line, p.Column})
	}
}

// lintSample runs all rules over a zone.
func lintSample(z *zone.Zone, s pack.Selector) []rules.Finding {
	e, err := rules.NewEngine(all.Rules(s), rules.Options{})
	if err != nil {
		return nil // there are no options that it could refuse
	}
	return e.Run(z)
}

func verifiedText(found []packProblem, files int, paint report.Painter) []byte {
	var b strings.Builder
	errors := 0
	for _, p := range found {
		level := rules.Warning
		if p.Severity == "error" {
			level = rules.Error
			errors++
		}
		place := report.EscapeLine(fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
		fmt.Fprintf(&b, "%s: %s: %s\n", paint.Place(place), paint.Severity(level, p.Severity), report.Escape(p.Message))
	}
	if files > 0 {
		fmt.Fprintf(&b, "%s: %s, %s.\n", report.Count(files, "pack"), report.Count(errors, "error"), report.Count(len(found)-errors, "warning"))
	}
	return []byte(b.String())
}

func verifiedJSON(found []packProblem, files int) []byte {
	out := struct {
		Version  int           `json:"version"`
		Findings []packProblem `json:"findings"`
		Summary  struct {
			Packs    int `json:"packs"`
			Errors   int `json:"errors"`
			Warnings int `json:"warnings"`
		} `json:"summary"`
	}{Version: 1, Findings: append([]packProblem{}, found...)}
	out.Summary.Packs = files
	for _, p := range found {
		if p.Severity == "error" {
			out.Summary.Errors++
		} else {
			out.Summary.Warnings++
		}
	}
	return append(report.JSON(out), '\n')
}

package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

func (a *app) fixCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "fix",
		Usage:     "print the diff that mends zones, or mend them with --write",
		ArgsUsage: "[FILE|DIR|GLOB|-|ZONE]...",
		Description: "Makes the fixes that are safe: those that add what is missing or say the same in a form that can be read. " +
			"With --unsafe also those that remove or replace what is published. What is left is told, with the reason. " +
			"With --from OLD --pack NEW the zone moves to another mail host. " +
			"All else in a file stays as it is, and the serial of a changed zone is raised.\n\n" +
			"With --provider the zones of a DNS provider are changed: the plan is shown, and carried out once the name of the zone was typed or with --yes; what was written is read back, and a journal is kept for \"zonelint rollback\". The SOA record and the NS records of a zone are never touched.\n\n" +
			"The diff on standard output is for \"patch -p1\" and \"git apply\". " +
			"Exits with 0 if there is nothing to change or all was written, 1 if there is a diff, 2 on wrong usage, 3 if a file could not be read or written, or a zone not be changed.",
		Flags: slices.Concat([]urfave.Flag{
			&urfave.BoolFlag{Name: "write", Category: groupOutput, Usage: "change the files instead of printing a diff"},
			&urfave.BoolFlag{Name: "unsafe", Category: groupOutput, Usage: "make fixes that remove or replace records too"},
			colorFlag(),
			fromFlag(),
		}, ruleFlags(), configFlags(), providerFlags(), changeFlags(), worldFlags(), readingFlags(), planFlags()),
		Action: a.fix,
	}
}

func (a *app) fix(c *urfave.Context) error {
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	now, err := clock()
	if err != nil {
		return err
	}
	if args := c.Args().Slice(); namesTransfer(args) {
		return fixTransfer(args)
	}
	if err := checkProviderUse(c); err != nil {
		return err
	}
	if _, err := waitingOf(c); err != nil {
		return err
	}
	if c.IsSet("plan") {
		return a.applyPlan(c, color)
	}
	if c.IsSet("provider") && !c.Bool("yes") && !c.Bool("dry-run") && !c.IsSet("plan-out") && !isTerminalIn(a.In) {
		return errCannotAsk
	}
	l, err := a.newLint(c)
	if err != nil {
		return err
	}
	defer l.loader.close()
	f := &fixer{
		lint: l, write: c.Bool("write"), files: map[string][sha256.Size]byte{}, out: report.Painter(colors(color, a.Out)), err: report.Painter(colors(color, a.Err)),
	}
	l.lanes.operate = func(ln *lane) (*surgeon, error) {
		s := &surgeon{engine: ln.engine, judge: ln.engine, selector: ln.selector, upTo: rules.Safe, now: now, paint: f.out}
		if c.Bool("unsafe") {
			s.upTo = rules.Unsafe
		}
		var err error
		if s.migration, err = a.migrationOf(c, ln.selector, l.servers); err != nil {
			return nil, err
		}
		if s.migration != nil {
			unquoted := slices.DeleteFunc(all.Rules(pack.Selector{}), func(r *rules.Rule) bool { return !strings.HasSuffix(r.ID, "-txt-unquoted") })
			if s.clear, err = rules.NewEngine(unquoted, rules.Options{Servers: l.servers}); err != nil {
				return nil, err
			}
		}
		if c.IsSet("select") || c.IsSet("ignore") || ln.settings != nil {
			s.judge, err = rules.NewEngine(all.Rules(ln.selector, l.policies...), rules.Options{Servers: l.servers})
		}
		return s, err
	}
	if l.base.surgeon, err = l.lanes.operate(l.base); err != nil {
		return err
	}
	if l.live != nil {
		return l.fixLive(c, color)
	}
	if f.write && slices.ContainsFunc(l.found.targets, func(t target) bool { return t.path == "" }) {
		return usagef("leave --write out for a diff, or name a file", "fix cannot write standard input")
	}
	return f.run(c.Context)
}

// clock is the time that serials are raised by: now, or SOURCE_DATE_EPOCH
// (reproducible-builds.org) for output that can be repeated.
func clock() (time.Time, error) {
	s := os.Getenv("SOURCE_DATE_EPOCH")
	if s == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, usagef("unset it, or give the seconds since 1970", "SOURCE_DATE_EPOCH is %q, which is no time", s)
	}
	return time.Unix(seconds, 0), nil
}

// fixer is one run of fix.
type fixer struct {
	*lint
	write    bool
	out, err report.Painter

	files   map[string][sha256.Size]byte // hash of the new content of each file, by its absolute path
	changed int                          // files
	told    int                          // zones whose changes were told, since their source cannot be edited
	fixed   int                          // findings, in files that are changed
	advised int                          // findings whose fix was told
	moved   int                          // zones, to another mail host
	left    [reasons]int
	failed  bool
	diffErr error
}

func (f *fixer) run(ctx context.Context) error {
	f.window = 8 * f.jobs // what waits are whole files
	t, err := f.lint.run(ctx,
		func(z *zone.Zone, r *result) {
			r.repair, r.err = r.lane.surgeon.repair(z)
			if r.err == nil {
				r.summary.Zones, r.summary.Records = 1, z.Len()
			}
		}, f.take)
	if err != nil {
		return err
	}
	if t.Zones > 0 {
		f.summarize(t)
		f.hintPack(t)
	}
	switch failure := t.failure(); {
	case f.diffErr != nil && !brokenPipe(f.diffErr):
		return fmt.Errorf("standard output: %w", cause(f.diffErr))
	case f.failed || f.diffErr != nil:
		return errReported
	case failure != nil:
		return failure
	case f.changed > 0 && !f.write, f.told > 0:
		return errFindings
	}
	return nil
}

// take shows or writes what became of one zone.
func (f *fixer) take(o *result) {
	r := o.repair
	o.lane.surgeon.tellMove(f.Err, f.err, o.target.name, r)
	edits, err := f.claim(r.edits)
	if err == nil && f.write {
		f.beside.keep(edits)
		err = replaceFiles(edits)
	}
	if err != nil {
		f.failed = true
		f.complain("%v", err)
		return
	}
	f.changed += len(edits)
	if r.move != nil && len(r.move.Changes) > 0 {
		f.moved++
	}
	for _, l := range r.left {
		f.left[l.why]++
	}
	if r.told != nil {
		f.told++
		f.advised += len(r.fixed)
		f.show(r.told)
	} else {
		f.fixed += len(r.fixed)
	}
	if !f.write {
		for _, e := range edits {
			name := e.Name
			if o.target.path == "" && name == defaultStdinName {
				name = "stdin"
			}
			diff := unified(f.loader.cwd, name, e.Old, e.New)
			switch {
			case isTerminal(f.Out):
				diff = screenDiff(diff)
			case obeyed.MatchString(diff):
				f.failed = true
				f.complain("%s: %v", name, errObeyed)
				continue
			}
			if f.out {
				diff = colorDiff(diff, f.out)
			}
			f.show([]byte(diff))
		}
	}
	f.tell(o.target, r)
}

// show writes to standard output.
func (f *fixer) show(text []byte) {
	if _, err := f.Out.Write(text); err != nil && f.diffErr == nil {
		f.diffErr = err
	}
}

// claim returns the edits that are not made yet. A file that two zones include
// may be changed by both only in the same way.
func (f *fixer) claim(edits []zone.FileEdit) ([]zone.FileEdit, error) {
	var out []zone.FileEdit
	for _, e := range edits {
		done, ok := f.files[f.loader.cwd.abs(e.Name)]
		switch {
		case !ok:
			out = append(out, e)
		case done != sha256.Sum256(e.New):
			return nil, fmt.Errorf("%s: two zones include this file and their fixes differ, so those of the second are not made; fix the zones one at a time", e.Name)
		}
	}
	for _, e := range out {
		f.files[f.loader.cwd.abs(e.Name)] = sha256.Sum256(e.New)
	}
	return out, nil
}

// replaceFiles writes all edits of a zone, or none where that can be foreseen.
func replaceFiles(edits []zone.FileEdit) error {
	var ready []*atomicFile
	for _, e := range edits {
		a, err := prepare(e.Name, e.Old, e.New)
		if err != nil {
			for _, a := range ready {
				a.discard()
			}
			return fmt.Errorf("%s: %w", e.Name, writeFailure(err))
		}
		ready = append(ready, a)
	}
	var errs []error
	for i, a := range ready {
		if err := a.commit(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", edits[i].Name, writeFailure(err)))
		}
	}
	return errors.Join(errs...)
}

// writeFailure says what went wrong with a file that was to be written.
func writeFailure(err error) error {
	if errors.Is(err, os.ErrPermission) {
		return errors.New("permission denied; the folder of the file must be writable, since the file is replaced as a whole")
	}
	return cause(err)
}

// tell says on standard error what was fixed in a zone and what is left.
func (f *fixer) tell(t target, r *repair) {
	if len(r.fixed)+len(r.left) == 0 {
		return
	}
	p := f.err
	if r.move == nil {
		fmt.Fprintln(f.Err, p.Bold(report.EscapeLine(t.name)))
	}
	word := "fix"
	if f.write && r.told == nil {
		word = "fixed"
	}
	for _, x := range r.fixed {
		f.line(p.Added(fmt.Sprintf("%-5s", word)), t, x, x.Fix.Description)
	}
	if r.serial != "" {
		fmt.Fprintf(f.Err, "  %s  serial %s\n", p.Added(fmt.Sprintf("%-5s", word)), r.serial)
	}
	for _, e := range r.edits {
		if e.Name != t.name && t.files == nil {
			fmt.Fprintf(f.Err, "  %s  %s is included: every other zone that includes it changes too\n", p.Bold(fmt.Sprintf("%-5s", "note")), report.Escape(e.Name))
		}
	}
	for _, x := range r.left {
		f.line(p.Removed(fmt.Sprintf("%-5s", "left")), t, x.Finding, x.how)
	}
}

func (f *fixer) line(word string, t target, x rules.Finding, what string) {
	place := fmt.Sprintf("%d:%d", x.Span.Start.Line, x.Span.Start.Column)
	if x.Span.File != t.name {
		place = x.Span.String()
	}
	fmt.Fprintf(f.Err, "  %s  %s %s: %s\n", word, report.Escape(place), x.Rule.ID, report.Escape(what))
}

// summarize says on standard error what the run did.
func (f *fixer) summarize(t totals) {
	can := " can be"
	if f.write {
		can = ""
	}
	done := fmt.Sprintf("%s%s fixed in %s", report.Count(f.fixed, "finding"), can, report.Count(f.changed, "file"))
	above := "by making the changes above in " + report.Verb(f.told, "its source", "their sources")
	switch {
	case f.changed == 0 && f.told == 0:
		done = "nothing to change"
	case f.changed == 0:
		done = fmt.Sprintf("%s can be fixed %s", report.Count(f.advised, "finding"), above)
	case f.told > 0:
		done += fmt.Sprintf(", %d can be %s", f.advised, above)
	}
	if f.moved > 0 {
		moves := fmt.Sprintf("%d %s from %s to %s", f.moved, report.Verb(f.moved, "moves", "move"), f.base.surgeon.migration.From(), f.base.surgeon.migration.To())
		switch {
		case f.fixed+f.advised > 0:
			done = moves + ", " + done
		case f.changed == 0:
			done = moves + " " + above
		default:
			done = moves + " in " + report.Count(f.changed, "file")
		}
	}
	fmt.Fprintf(f.Err, "%s: %s.", report.Count(t.Zones, "zone"), done)
	for r, n := range f.left {
		if n > 0 {
			fmt.Fprintf(f.Err, " %d %s.", n, reason(r).count(n))
		}
	}
	switch {
	case f.changed > 0 && !f.write:
		fmt.Fprint(f.Err, " --write changes the files.")
	case f.told > 0 && f.write:
		fmt.Fprint(f.Err, " --write cannot make changes there.")
	}
	fmt.Fprintln(f.Err)
}

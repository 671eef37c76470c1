package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/zone/resolve"
)

// The exit codes, which scripts depend on.
const (
	exitOK          = 0
	exitFindings    = 1   // findings at or above --fail-on; for fix: there is a diff
	exitUsage       = 2   // wrong usage or configuration
	exitFailure     = 3   // could not read, write, reach or apply
	exitInterrupted = 130 // as shells report SIGINT
)

// Streams are what a run reads and writes. Colour, width and progress are
// decided for Out and Err by whether they are terminals.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Main runs zonelint with the arguments of a process, its name first, and
// returns its exit code. When ctx is cancelled it returns at once; files that
// it was writing are then as they were.
func Main(ctx context.Context, args []string, s Streams) int {
	a := &app{Streams: s}
	err := a.run(ctx, args)
	if ctx.Err() != nil {
		return exitInterrupted
	}
	a.tellSilent()
	return a.exitCode(err)
}

// app is one run of zonelint.
type app struct {
	Streams
	dns *resolve.DNS // nil if the DNS is not asked
}

// errFindings says that the run went well and ends with exitFindings.
var errFindings = errors.New("findings")

// errReported says that something failed and was told already; the run ends
// with exitFailure.
var errReported = errors.New("reported")

// errUsageReported is errReported for exitUsage.
var errUsageReported = errors.New("wrong usage reported")

// usageError is a mistake in the command line or the configuration.
type usageError struct {
	message string
	next    string // what to do
}

func (e *usageError) Error() string {
	if e.next == "" {
		return e.message
	}
	return e.message + "; " + e.next
}

func usagef(next, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...), next}
}

func (a *app) exitCode(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errReported):
		return exitFailure
	case errors.Is(err, errUsageReported):
		return exitUsage
	case errors.As(err, &usage):
		a.complain("%v", err)
		return exitUsage
	}
	a.complain("%v", err)
	return exitFailure
}

// complain prints a line on standard error; what stands in it is made safe.
func (a *app) complain(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		fmt.Fprintf(a.Err, "zonelint: %s\n", report.Escape(line))
	}
}

// run parses the arguments and runs the command.
func (a *app) run(ctx context.Context, args []string) error {
	root := a.commands()
	args, err := permute(root, args)
	if err != nil {
		return err
	}
	return root.RunContext(ctx, args)
}

// commands returns the tree of commands.
func (a *app) commands() *urfave.App {
	root := &urfave.App{
		Name:      "zonelint",
		Usage:     "lint and fix DNS zones for hosted mail before they are published",
		ArgsUsage: "COMMAND [flags] [arguments]",
		Version:   version().Version,
		Commands: []*urfave.Command{
			a.checkCommand(), a.fixCommand(), a.baselineCommand(), a.pullCommand(), a.rollbackCommand(), a.providersCommand(), a.explainCommand(), a.rulesCommand(), a.packsCommand(), a.configCommand(), a.initCommand(),
			a.clientsCommand(), a.spfCommand(), a.versionCommand(), a.completionCommand(), a.manCommand(),
		},
		Reader:                    a.In,
		Writer:                    a.Out,
		ErrWriter:                 a.Err,
		HideHelpCommand:           true,
		Suggest:                   true,
		DisableSliceFlagSeparator: true,
		// urfave's own handler ends the process.
		ExitErrHandler: func(*urfave.Context, error) {},
	}
	root.Action = func(*urfave.Context) error {
		fmt.Fprint(a.Err, appHelp(root))
		return usagef("", "no command given")
	}
	root.OnUsageError = onUsageError
	root.CustomAppHelpTemplate = literal(appHelp(root))
	setHelp(root.Name, root.Commands)
	return root
}

func setHelp(parent string, cmds []*urfave.Command) {
	for _, c := range cmds {
		name := parent + " " + c.Name
		c.HideHelpCommand = true
		c.CustomHelpTemplate = literal(commandHelp(name, c))
		c.OnUsageError = onUsageError
		setHelp(name, c.Subcommands)
	}
}

// onUsageError takes what the flag package says of a value: invalid value "x"
// for flag -jobs: parse error.
func onUsageError(_ *urfave.Context, err error, _ bool) error {
	return usagef("", "%s", strings.Replace(err.Error(), "for flag -", "for flag --", 1))
}

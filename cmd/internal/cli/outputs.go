package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
)

// output is one --format: a format and where it goes.
type output struct {
	format report.Format
	name   string // of the format
	file   string // "" is standard output
	w      *bufio.Writer
	atomic *atomicFile // of a regular file
	plain  *os.File    // of a device or a pipe
	some   bool        // findings were written
	// Of a format that is bounded: what was rendered, and how many findings did
	// not fit.
	bounded report.Bounded
	held    []byte
	left    int
}

type outputs []*output

// formatFlag is --format of the commands that report findings.
func formatFlag() urfave.Flag {
	return &urfave.StringSliceFlag{Name: "format", Category: groupOutput, Usage: "`FORMAT[:FILE]`: how to report, on standard output or into a file: " + strings.Join(report.Names(), ", ") + "; repeatable (default: text)"}
}

// openOutputs opens what --format asks for. The files come into being when all
// is written. look is what the formats tell; color is that of --color.
func (a *app) openOutputs(specs []string, color string, look report.Style) (outputs, error) {
	if len(specs) == 0 {
		specs = []string{"text"}
	}
	var outs outputs
	taken := map[string]bool{}
	for _, spec := range specs {
		name, file, toFile := strings.Cut(spec, ":")
		if toFile && file == "" {
			outs.discard()
			return nil, usagef("write --format "+name+":FILE", "--format %q has no file name", spec)
		}
		if file == "-" {
			file = ""
		}
		o := &output{name: name, file: file}
		err := oneOf("--format", name, report.Names())
		if err == nil && taken[file] {
			err = usagef("give all but one a file: --format "+name+":FILE", "--format %s: two formats go to the same place", spec)
		}
		taken[file] = true
		if err == nil {
			err = a.open(o, color, look)
		}
		if err != nil {
			outs.discard()
			return nil, err
		}
		outs = append(outs, o)
	}
	return outs, nil
}

func (a *app) open(o *output, color string, look report.Style) error {
	look.Color = color == "always"
	if o.file == "" {
		stream := style(color, a.Out)
		look.Color, look.Width = stream.Color, stream.Width
	}
	o.format, _ = report.New(o.name, look)
	o.bounded, _ = o.format.(report.Bounded)
	if o.file == "" {
		o.w = bufio.NewWriterSize(a.Out, 64<<10)
		return nil
	}
	info, err := os.Stat(o.file)
	switch {
	case newStrays(currentDir()).leave(o.file):
		err = errStray
	case err == nil && info.IsDir():
		err = errors.New("is a folder; name a file")
	case err == nil && !info.Mode().IsRegular():
		if o.plain, err = os.OpenFile(o.file, os.O_WRONLY, 0); err == nil {
			o.w = bufio.NewWriter(o.plain)
		}
	default:
		path := o.file
		if info != nil { // the link stays, what it leads to is replaced
			if path, err = filepath.EvalSymlinks(o.file); err != nil {
				break
			}
		}
		if o.atomic, err = createAtomic(path, info); err == nil {
			o.w = bufio.NewWriterSize(o.atomic, 64<<10)
		}
	}
	if err != nil {
		return fmt.Errorf("--format %s:%s: %s", o.name, o.file, describe(err))
	}
	return nil
}

// hasText reports whether somebody reads the findings as text on standard
// output.
func (outs outputs) hasText() bool {
	for _, o := range outs {
		if o.name == "text" && o.file == "" {
			return true
		}
	}
	return false
}

// render renders a result in every format.
func (outs outputs) render(r *report.Result) [][]byte {
	if len(r.Findings) == 0 {
		return nil
	}
	chunks := make([][]byte, len(outs))
	for i, o := range outs {
		chunks[i] = o.format.Append(nil, r)
	}
	return chunks
}

// begin writes what stands before everything.
func (outs outputs) begin() {
	for _, o := range outs {
		o.w.WriteString(o.format.Open())
	}
}

// write writes what render returned for a result of so many findings. Errors
// show when the outputs are closed.
func (outs outputs) write(chunks [][]byte, findings int) {
	for i, chunk := range chunks {
		o := outs[i]
		if len(chunk) == 0 {
			continue
		}
		between := o.format.Between()
		if !o.some {
			between = ""
		}
		switch {
		case o.bounded == nil:
			o.w.WriteString(between)
			o.w.Write(chunk)
		case o.left > 0:
			o.left += findings
		default:
			kept, shown := o.bounded.Cut(chunk, o.bounded.Limit()-len(o.held)-len(between))
			if shown > 0 {
				o.held = append(append(o.held, between...), kept...)
			}
			o.left = findings - shown
		}
		o.some = true
	}
}

// flush shows what was written so far on standard output.
func (outs outputs) flush() {
	for _, o := range outs {
		if o.file == "" {
			o.w.Flush()
		}
	}
}

// close writes the rest and puts the files in their places.
func (outs outputs) close(s report.Summary) error {
	var errs []error
	for _, o := range outs {
		if o.bounded != nil {
			o.w.Write(o.bounded.Head(s))
			o.w.Write(o.held)
			if o.left > 0 {
				o.w.Write(o.bounded.Rest(o.left))
			}
		}
		o.w.Write(o.format.Close(s))
		err := o.w.Flush() // returns the first error of all writes
		switch {
		case o.atomic != nil && err == nil:
			err = o.atomic.commit()
		case o.atomic != nil:
			o.atomic.discard()
		case o.plain != nil:
			if cerr := o.plain.Close(); err == nil {
				err = cerr
			}
		}
		o.atomic, o.plain = nil, nil
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", o.place(), cause(err)))
		}
	}
	return errors.Join(errs...)
}

func (o *output) place() string {
	if o.file == "" {
		return "standard output"
	}
	return o.file
}

// discard gives the files up that are not in their places yet.
func (outs outputs) discard() {
	for _, o := range outs {
		if o.atomic != nil {
			o.atomic.discard()
		}
		if o.plain != nil {
			o.plain.Close()
		}
		o.atomic, o.plain = nil, nil
	}
}

// brokenPipe reports whether the reader of the output went away, as head does.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

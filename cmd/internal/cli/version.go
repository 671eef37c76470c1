package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
)

// versionInfo is what "zonelint version" tells.
type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the source, if it was built in its repository
	Modified bool   `json:"modified,omitempty"` // the source differed from the revision
	Time     string `json:"time,omitempty"`     // of the revision, RFC 3339
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// released is the version that the linker wrote into the program where the Go
// tool does not know it, as in a source archive without its repository:
// -ldflags "-X github.com/zonelint/zonelint/cmd/internal/cli.released=v1.2.3".
var released string

// version reads what the Go tool wrote into the program.
func version() versionInfo {
	v := versionInfo{Version: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	switch {
	case released != "":
		v.Version = released
	case ok && info.Main.Version != "":
		v.Version = info.Main.Version
	}
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		case "vcs.time":
			v.Time = s.Value
		}
	}
	return v
}

func (v versionInfo) String() string {
	s := "zonelint " + v.Version
	if v.Revision != "" {
		s += " (" + v.Revision[:min(12, len(v.Revision))]
		if v.Modified {
			s += ", modified"
		}
		s += ")"
	}
	return fmt.Sprintf("%s, %s, %s/%s", s, v.Go, v.OS, v.Arch)
}

func (a *app) versionCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "version",
		Usage: "tell the version of zonelint",
		Flags: []urfave.Flag{listFormatFlag()},
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			json, err := wantsJSON(c)
			if err != nil {
				return err
			}
			if json {
				return a.print(append(report.JSON(version()), '\n'))
			}
			return a.print([]byte(version().String() + "\n"))
		},
	}
}

// listFormatFlag is --format of the commands that list something.
func listFormatFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: text or json (default: text)"}
}

// listFormats are the values of listFormatFlag.
var listFormats = []string{"text", "json"}

func wantsJSON(c *urfave.Context) (bool, error) {
	format := c.String("format")
	return format == "json", oneOf("--format", format, listFormats)
}

func noArguments(c *urfave.Context) error {
	if c.Args().Present() {
		return usagef("", "%s takes no argument, but got %q", c.Command.Name, c.Args().First())
	}
	return nil
}

// print writes the whole output of a command.
func (a *app) print(b []byte) error {
	if _, err := a.Out.Write(b); err != nil {
		return fmt.Errorf("standard output: %w", cause(err))
	}
	return nil
}

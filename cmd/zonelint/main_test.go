package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"zonelint": main})
}

// TestScript runs the whole program as testdata/script says. The zones of
// testdata/zones are at $ZONES, the repositories of testdata/repos at $REPOS.
func TestScript(t *testing.T) {
	zones, err := filepath.Abs("../../testdata/zones")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("REPOS", filepath.Join(filepath.Dir(zones), "repos"))
			env.Setenv("ZONES", zones)
			env.Setenv("SOURCE_DATE_EPOCH", "1795219200") // 2026-11-21
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "net6": // there is an IPv6 loopback
				l, err := net.Listen("tcp", "[::1]:0")
				if err == nil {
					l.Close()
				}
				return err == nil, nil
			case "port53":
				return port53(), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sparse":     sparse,
			"status":     status,
			"chomp":      chomp,
			"axfr":       axfrServer,
			"dns":        dnsServer,
			"nameserver": nameServer,
			"asked":      asked,
			"cloudflare": cloudflare,
		},
	})
}

// sparse makes a file of the given size that takes no room: sparse FILE SIZE.
func sparse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sparse file size")
	}
	var size int64
	for _, c := range args[1] {
		size = 10*size + int64(c-'0')
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(f.Truncate(size))
	ts.Check(f.Close())
}

// chomp takes the line break off the end of a file, which a script cannot do
// otherwise: chomp FILE.
func chomp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: chomp file")
	}
	text := strings.TrimSuffix(ts.ReadFile(args[0]), "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

// status runs a command and compares its exit code: status CODE COMMAND...
// What it printed is there for stdout, stderr and cmp, as after exec.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status code command...")
	}
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	if got := exitCode(err); got != want {
		ts.Fatalf("exit code %s, want %s\nstdout:\n%s\nstderr:\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func exitCode(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}

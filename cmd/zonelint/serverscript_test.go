package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestServerScripts runs the scripts of testdata/script/servers against each
// server; PROVIDER is its name for --provider, and its credentials are set.
//
//	zone set FILE           gives the zone these records, beside SOA and NS
//	zone edit FILE          adds records, as somebody else would
//	zone beforewrite FILE   does so right before the next write
//	zone list FILE          writes the records into the file, sorted
//	wrongkey                credentials that the server does not take
//	nosecret                looks for credentials in the folder and what was printed
func TestServerScripts(t *testing.T) {
	for _, k := range liveServers {
		t.Run(k.name, func(t *testing.T) {
			s := k.start(t)
			testscript.Run(t, testscript.Params{
				Dir:                 "../../testdata/script/servers",
				UpdateScripts:       *update,
				RequireExplicitExec: true,
				Setup: func(env *testscript.Env) error {
					env.Vars = append(env.Vars, s.env...)
					env.Setenv("PROVIDER", s.provider)
					env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
					return nil
				},
				Condition: func(cond string) (bool, error) {
					if cond != "conditional" {
						return false, fmt.Errorf("unknown condition %q", cond)
					}
					return s.provider == "rfc2136", nil
				},
				Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
					"status": status,
					"zone":   s.zoneCommand,
					"wrongkey": func(ts *testscript.TestScript, _ bool, _ []string) {
						for _, v := range s.wrong {
							name, value, _ := strings.Cut(v, "=")
							ts.Setenv(name, value)
						}
					},
					"nosecret": func(ts *testscript.TestScript, _ bool, _ []string) {
						for _, name := range []string{"stdout", "stderr"} {
							s.noSecret(ts, name, ts.ReadFile(name))
						}
						ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, d os.DirEntry, err error) error {
							if err == nil && d.Type().IsRegular() {
								var b []byte
								b, err = os.ReadFile(path)
								s.noSecret(ts, path, string(b))
							}
							return err
						}))
					},
				},
			})
		})
	}
}

// noSecret makes sure that no credential stands in a text.
func (s *liveServer) noSecret(t interface{ Fatalf(string, ...any) }, place, text string) {
	for _, secret := range s.secrets {
		if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
			t.Fatalf("a credential is in %s", place)
		}
	}
}

func (s *liveServer) zoneCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: zone set|edit|beforewrite|list file")
	}
	read := func() []string { return strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n") }
	switch args[0] {
	case "set":
		ts.Check(s.set(read()))
	case "edit":
		ts.Check(s.edit(read()))
	case "beforewrite":
		lines, once := read(), sync.Once{}
		s.gate.set(func(_ int, write, answered bool) bool {
			if write && !answered {
				once.Do(func() {
					if err := s.edit(lines); err != nil {
						ts.Logf("the edit failed: %v", err)
					}
				})
			}
			return false
		})
	case "list":
		lines, err := s.records()
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(lines, "\n")+"\n"), 0o666))
	default:
		ts.Fatalf("zone %s?", args[0])
	}
}

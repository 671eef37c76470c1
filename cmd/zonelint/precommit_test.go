package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// hook is what pre-commit reads of a hook (https://pre-commit.com/#new-hooks).
type hook struct {
	ID            string   `yaml:"id"`
	Name          string   `yaml:"name"`
	Description   string   `yaml:"description"`
	Entry         string   `yaml:"entry"`
	Language      string   `yaml:"language"`
	Files         string   `yaml:"files"`
	Types         []string `yaml:"types"`
	PassFilenames *bool    `yaml:"pass_filenames"`
	AlwaysRun     bool     `yaml:"always_run"`
	RequireSerial bool     `yaml:"require_serial"`
}

const (
	soundZone = `$TTL 3600
@ IN SOA ns1.hoster.example. hostmaster.hoster.example. 2026010100 14400 3600 1209600 3600
  IN NS ns1.hoster.example.
  IN NS ns2.hoster.example.
  IN A 192.0.2.1
  IN MX 10 mx.hoster.example.
  IN TXT "v=spf1 mx -all"
_dmarc IN TXT "v=DMARC1; p=none"
`
	brokenTXT = "_dmarc IN TXT v=DMARC1; p=none\n" // cut at the semicolon
)

// brokenZone is soundZone with a DMARC record that has no quotes.
var brokenZone = strings.Replace(soundZone, `_dmarc IN TXT "v=DMARC1; p=none"`+"\n", brokenTXT, 1)

func TestPreCommitHooks(t *testing.T) {
	src, err := os.Open("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var hooks []hook
	d := yaml.NewDecoder(src)
	d.KnownFields(true)
	if err := d.Decode(&hooks); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Log("pre-commit is not installed, so that it did not read its hooks")
	} else if out, err := exec.Command("pre-commit", "validate-manifest", src.Name()).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	ids := map[string]bool{}
	for _, h := range hooks {
		t.Run(h.ID, func(t *testing.T) {
			if h.ID == "" || ids[h.ID] || h.Name == "" || h.Description == "" {
				t.Errorf("the hook needs an id of its own, a name and a description")
			}
			ids[h.ID] = true
			if !slices.Contains([]string{"golang", "system", "docker"}, h.Language) {
				t.Errorf("unknown language %q", h.Language)
			}
			if !h.RequireSerial {
				t.Error("zones in other processes do not answer for the names of these")
			}
			tryHook(t, h)
		})
	}
	for _, id := range []string{"zonelint", "zonelint-fix", "zonelint-repository", "zonelint-system", "zonelint-docker"} {
		if !ids[id] {
			t.Errorf("there is no hook %s", id)
		}
	}
}

// tryHook runs a hook over a repository with a mistake, and once it is mended.
func tryHook(t *testing.T, h hook) {
	dir := t.TempDir()
	files := []string{"example.com.zone", "zones/db.example.org", "zones/Example.net.DB", "README.md", "pack.yaml", "dbase.txt", "db/notes.txt"}
	for _, f := range files {
		path := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		text := "# notes\n"
		switch {
		case f == "example.com.zone":
			text = brokenZone
		case strings.HasPrefix(f, "zones/"):
			text = soundZone
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	words := strings.Fields(h.Entry)
	if h.PassFilenames == nil || *h.PassFilenames {
		pattern := regexp.MustCompile(h.Files)
		var given []string
		for _, f := range files {
			if pattern.MatchString(f) {
				given = append(given, f)
			}
		}
		if want := files[:3]; !slices.Equal(given, want) {
			t.Errorf("the hook is given %q, want %q", given, want)
		}
		if !slices.Equal(h.Types, []string{"text"}) {
			t.Errorf("the hook is for the types %q", h.Types)
		}
		words = append(words, given...)
	} else if !h.AlwaysRun {
		t.Error("a hook for the whole repository must run when a zone is deleted too")
	}
	run := func(want int) string {
		t.Helper()
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%q ends with %d, want %d:\n%s", words, got, want, out)
		}
		return string(out)
	}
	zone := filepath.Join(dir, "example.com.zone")
	if words[1] == "fix" {
		run(0)
		mended, err := os.ReadFile(zone)
		if err != nil || !strings.Contains(string(mended), `"v=DMARC1; p=none"`) {
			t.Errorf("the zone was not mended: %v\n%s", err, mended)
		}
		return
	}
	if out := run(1); !strings.Contains(out, "example.com.zone:8:") {
		t.Errorf("the mistake is not told:\n%s", out)
	}
	if err := os.WriteFile(zone, []byte(soundZone), 0o666); err != nil {
		t.Fatal(err)
	}
	run(0)
}

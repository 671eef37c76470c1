package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The job for GitLab checks what it is told to, fails as zonelint does, and
// leaves its report where GitLab looks for it.
func TestGitLabJob(t *testing.T) {
	src, err := os.ReadFile("../../.zonelint.gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var jobs map[string]struct {
		Image        string            `yaml:"image"`
		Variables    map[string]string `yaml:"variables"`
		BeforeScript []string          `yaml:"before_script"`
		Script       []string          `yaml:"script"`
		Artifacts    struct {
			When    string            `yaml:"when"`
			Reports map[string]string `yaml:"reports"`
		} `yaml:"artifacts"`
	}
	if err := yaml.Load(src, &jobs); err != nil {
		t.Fatal(err)
	}
	j := jobs["zonelint"]
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if from := readDockerfile(t)[0].args; !strings.Contains(from, " "+j.Image+"-") {
		t.Errorf("GitLab builds with %s, the image %s", j.Image, from)
	}
	for name := range j.Variables {
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not describe %s", name)
		}
	}
	if j.Artifacts.When != "always" {
		t.Error("the report is lost where there are findings")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"a zone/example.com.zone": brokenZone, "other/example.org.zone": soundZone} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// GitLab runs the lines of both one after another, in a shell that ends at the
	// first that fails.
	script := strings.Join(append(j.BeforeScript, j.Script...), "\n")
	shellcheck(t, script, "sh")
	run := func(want int, variables ...string) (findings []struct {
		CheckName string `json:"check_name"`
		Location  struct {
			Path string `json:"path"`
		} `json:"location"`
	}, out string,
	) {
		t.Helper()
		report := filepath.Join(dir, j.Artifacts.Reports["codequality"])
		os.Remove(report)
		cmd := exec.Command("sh", "-ec", script)
		cmd.Dir = dir
		cmd.Env = os.Environ()
		for name, value := range j.Variables {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		cmd.Env = append(cmd.Env, variables...)
		text, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("exit code %d, want %d:\n%s", got, want, text)
		}
		b, err := os.ReadFile(report)
		if err == nil {
			err = json.Unmarshal(b, &findings)
		}
		if err != nil && want < 2 {
			t.Errorf("%v\n%s", err, text)
		}
		return findings, string(text)
	}
	findings, out := run(1)
	if len(findings) == 0 || findings[0].Location.Path != "a zone/example.com.zone" || !strings.Contains(out, "example.com.zone:8:") {
		t.Errorf("%+v\n%s", findings, out)
	}
	if findings, _ := run(0, "ZONELINT_PATHS=other"); len(findings) != 0 {
		t.Errorf("%+v", findings)
	}
	run(0, "ZONELINT_PATHS=a zone\nother\n", "ZONELINT_FLAGS=--select=spf-*\n--jobs=1")
	if _, out := run(3, "ZONELINT_PATHS=$(touch pwned)"); !strings.Contains(out, "$(touch pwned)") {
		t.Errorf("%s", out)
	}
	if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
		t.Error("a variable was run")
	}
}

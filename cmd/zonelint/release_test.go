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

// release is what is tested of .goreleaser.yaml.
type release struct {
	Env    []string `yaml:"env"`
	Before struct {
		Hooks []string `yaml:"hooks"`
	} `yaml:"before"`
	Builds []struct {
		Main    string   `yaml:"main"`
		Flags   []string `yaml:"flags"`
		Ldflags []string `yaml:"ldflags"`
		Goos    []string `yaml:"goos"`
		Goarch  []string `yaml:"goarch"`
	} `yaml:"builds"`
	Archives []struct {
		NameTemplate string          `yaml:"name_template"`
		Files        []releaseSource `yaml:"files"`
	} `yaml:"archives"`
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
		Algorithm    string `yaml:"algorithm"`
	} `yaml:"checksum"`
	Nfpms []struct {
		Contents []releaseSource `yaml:"contents"`
	} `yaml:"nfpms"`
	Casks []struct {
		Manpages    []string          `yaml:"manpages"`
		Completions map[string]string `yaml:"completions"`
	} `yaml:"homebrew_casks"`
	Docker []struct {
		Dockerfile string            `yaml:"dockerfile"`
		ExtraFiles []string          `yaml:"extra_files"`
		BuildArgs  map[string]string `yaml:"build_args"`
	} `yaml:"dockers_v2"`
}

// releaseSource is a file that goes into an archive or a package.
type releaseSource struct {
	Src string `yaml:"src"`
	Dst string `yaml:"dst"`
}

func readRelease(t *testing.T) (r release) {
	t.Helper()
	src, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load(src, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// The steps before a release make every file that its archives and packages
// name, and the program says the version that was released.
func TestRelease(t *testing.T) {
	r := readRelease(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	made := t.TempDir() // in place of .release
	fill := strings.NewReplacer("{{ .Tag }}", "v9.8.7", "{{ .CommitTimestamp }}", "1795219200", ".release/", made+"/")
	for _, hook := range r.Before.Hooks {
		cmd := exec.Command("sh", "-c", fill.Replace(hook))
		cmd.Dir = root
		cmd.Env = append(os.Environ(), r.Env...)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%s: %v\n%s", hook, err, out)
		}
	}
	out, err := exec.Command(filepath.Join(made, "zonelint"), "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "zonelint v9.8.7") {
		t.Errorf("the version of the program is %q, %v", out, err)
	}
	if page, err := os.ReadFile(filepath.Join(made, "man", "zonelint.1")); err != nil || !strings.HasPrefix(string(page), `.TH "ZONELINT" 1 "2026-11-21" "zonelint v9.8.7"`) {
		t.Errorf("the manual page begins with %.80q, %v", page, err)
	}

	var sources []releaseSource
	for _, a := range r.Archives {
		sources = append(sources, a.Files...)
	}
	for _, p := range r.Nfpms {
		sources = append(sources, p.Contents...)
	}
	if len(sources) < 15 {
		t.Errorf("%d files in archives and packages", len(sources))
	}
	archived := map[string]bool{}
	for _, s := range sources {
		pattern := fill.Replace(s.Src)
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(root, pattern)
		}
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Errorf("there is no file %s, %v", s.Src, err)
		}
		for _, f := range files {
			if info, err := os.Stat(f); err != nil || info.Size() == 0 {
				t.Errorf("%s is empty, %v", f, err)
			}
			archived[filepath.Join(s.Dst, filepath.Base(f))] = true
		}
	}
	for _, c := range r.Casks {
		for _, f := range c.Manpages {
			if !archived[f] {
				t.Errorf("no archive has the %s that Homebrew installs", f)
			}
		}
		for _, f := range c.Completions {
			if !archived[f] {
				t.Errorf("no archive has the %s that Homebrew installs", f)
			}
		}
	}
}

// A release is built of files that are there, and twice to the same bytes.
func TestReleaseBuilds(t *testing.T) {
	r := readRelease(t)
	if !slices.Contains(r.Env, "CGO_ENABLED=0") {
		t.Error("the programs need the C library of the machine that builds them")
	}
	for _, b := range r.Builds {
		if _, err := os.Stat(filepath.Join("../..", b.Main, "main.go")); err != nil {
			t.Error(err)
		}
		if !slices.Contains(b.Flags, "-trimpath") || !strings.Contains(strings.Join(b.Ldflags, " "), "-buildid= ") {
			t.Errorf("a build with the flags %q %q differs from machine to machine", b.Flags, b.Ldflags)
		}
		checkLinked(t, strings.Join(b.Ldflags, " "))
		for _, os := range []string{"linux", "darwin", "windows"} {
			if !slices.Contains(b.Goos, os) {
				t.Errorf("no program for %s", os)
			}
		}
	}
	for _, d := range r.Docker {
		for _, f := range append([]string{d.Dockerfile}, d.ExtraFiles...) {
			if _, err := os.Stat(filepath.Join("../..", f)); err != nil {
				t.Error(err)
			}
		}
		for _, i := range readDockerfile(t) {
			switch i.name {
			case "COPY":
				for _, f := range i.copied() {
					if !slices.Contains(d.ExtraFiles, f) {
						t.Errorf("the release does not hand %s to the Dockerfile", f)
					}
				}
			case "ARG":
				if _, ok := d.BuildArgs[i.args]; !ok && !strings.HasPrefix(i.args, "TARGET") {
					t.Errorf("the release does not set %s", i.args)
				}
			}
		}
	}
}

// linked is a variable that the linker sets.
var linked = regexp.MustCompile(`-X github\.com/zonelint/zonelint/(\S+)\.(\w+)=`)

// checkLinked checks that the variables which flags of the linker set exist: it
// says nothing of others.
func checkLinked(t *testing.T, flags string) {
	t.Helper()
	vars := linked.FindAllStringSubmatch(flags, -1)
	if len(vars) == 0 {
		t.Errorf("%q does not set the version", flags)
	}
	for _, v := range vars {
		files, err := filepath.Glob(filepath.Join("../..", v[1], "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(files, func(f string) bool {
			src, err := os.ReadFile(f)
			return err == nil && regexp.MustCompile(`(?m)^var `+v[2]+` string$`).Match(src)
		}) {
			t.Errorf("%s has no variable %s", v[1], v[2])
		}
	}
}

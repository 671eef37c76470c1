package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// instruction is one of the Dockerfile, its lines joined.
type instruction struct{ name, args string }

// copied are the files that COPY takes from the repository.
func (i instruction) copied() []string {
	words := strings.Fields(i.args)
	if strings.HasPrefix(words[0], "--from=") {
		return nil
	}
	return words[:len(words)-1]
}

// goVersion is the language version of go.mod, such as 1.26.
func goVersion(t *testing.T) string {
	t.Helper()
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	return string(regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)[1])
}

func readDockerfile(t *testing.T) (out []instruction) {
	t.Helper()
	src, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(string(src), ""), "\\\n", "")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			name, args, _ := strings.Cut(line, " ")
			out = append(out, instruction{name, strings.TrimSpace(args)})
		}
	}
	return out
}

// The image has a program without libraries, built of files that are sent to
// Docker, that runs as a user who is not root.
func TestDockerfile(t *testing.T) {
	ignore, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Split(string(ignore), "\n")
	stages, last := 0, map[string]string{} // last of each instruction in the last stage
	for _, i := range readDockerfile(t) {
		switch i.name {
		case "FROM":
			stages++
			clear(last)
			if stages == 1 && !strings.Contains(i.args, " golang:"+goVersion(t)+"-") {
				t.Errorf("built with %s, but go.mod asks for Go %s", i.args, goVersion(t))
			}
		case "COPY":
			for _, f := range i.copied() {
				if _, err := os.Stat(filepath.Join("../..", f)); err != nil {
					t.Error(err)
				}
				if !slices.Contains(allowed, "!"+f) {
					t.Errorf(".dockerignore keeps %s back", f)
				}
			}
		case "ADD":
			t.Errorf("ADD %s: COPY tells better what it does", i.args)
		case "RUN", "WORKDIR", "ARG", "ENV", "USER", "ENTRYPOINT", "CMD", "LABEL":
		default:
			t.Errorf("unknown instruction %s", i.name)
		}
		last[i.name] = i.args
	}
	if last["FROM"] != "scratch" || !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(last["USER"]) || last["ENTRYPOINT"] != `["/usr/bin/zonelint"]` {
		t.Errorf("the image is FROM %s, USER %s, ENTRYPOINT %s", last["FROM"], last["USER"], last["ENTRYPOINT"])
	}
	for _, label := range []string{"title", "description", "source", "licenses", "version", "revision"} {
		if !strings.Contains(last["LABEL"], "org.opencontainers.image."+label+"=") {
			t.Errorf("the image has no label %s", label)
		}
	}
}

// The commands that build the image run, and leave the files in place that its
// last stage takes over.
func TestDockerBuild(t *testing.T) {
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("the commands are for root on Linux")
	}
	if _, err := os.Stat("/etc/ssl/certs/ca-certificates.crt"); err != nil {
		t.Skip("this system keeps no authorities for TLS where the image that builds has them")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir() // in place of /out
	for _, i := range readDockerfile(t) {
		if i.name != "RUN" || strings.HasPrefix(i.args, "go mod download") {
			continue
		}
		if strings.Contains(i.args, "go build") {
			checkLinked(t, i.args)
		}
		cmd := exec.Command("sh", "-ec", strings.ReplaceAll(i.args, "/out", out))
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "TARGETOS="+runtime.GOOS, "TARGETARCH="+runtime.GOARCH, "VERSION=v9.8.7")
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", i.args, err, text)
		}
	}
	version, err := exec.Command(filepath.Join(out, "usr/bin/zonelint"), "version").Output()
	if err != nil || !strings.HasPrefix(string(version), "zonelint v9.8.7,") {
		t.Errorf("the program of the image says %q, %v", version, err)
	}
	if text, err := exec.Command("ldd", filepath.Join(out, "usr/bin/zonelint")).CombinedOutput(); err == nil {
		t.Errorf("the program of the image needs libraries:\n%s", text)
	}
	passwd, err := os.ReadFile(filepath.Join(out, "etc/passwd"))
	if err != nil || !strings.Contains(string(passwd), ":65532:65532:") {
		t.Errorf("the image knows no user 65532: %q, %v", passwd, err)
	}
	if info, err := os.Stat(filepath.Join(out, "etc/ssl/certs/ca-certificates.crt")); err != nil || info.Size() < 100_000 {
		t.Errorf("the image knows no authorities for TLS: %v", err)
	}
}

package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// action is what is tested of action.yml.
type action struct {
	Name        string                  `yaml:"name"`
	Description string                  `yaml:"description"`
	Inputs      map[string]actionInput  `yaml:"inputs"`
	Outputs     map[string]actionOutput `yaml:"outputs"`
	Runs        struct {
		Using string       `yaml:"using"`
		Steps []actionStep `yaml:"steps"`
	} `yaml:"runs"`
}

type actionInput struct {
	Description string `yaml:"description"`
	Default     string `yaml:"default"`
}

type actionOutput struct {
	Description string `yaml:"description"`
	Value       string `yaml:"value"`
}

type actionStep struct {
	Name  string            `yaml:"name"`
	ID    string            `yaml:"id"`
	If    string            `yaml:"if"`
	Uses  string            `yaml:"uses"`
	Shell string            `yaml:"shell"`
	Env   map[string]string `yaml:"env"`
	With  map[string]string `yaml:"with"`
	Run   string            `yaml:"run"`
}

func readAction(t *testing.T) (a action) {
	t.Helper()
	src, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load(src, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Nothing from outside becomes part of a script, every input is documented, and
// what is used has a version.
func TestAction(t *testing.T) {
	a := readAction(t)
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range a.Inputs {
		if in.Description == "" || !strings.Contains(string(readme), "\n| `"+name+"` |") {
			t.Errorf("the input %s is not described in action.yml and README.md", name)
		}
	}
	if a.Runs.Using != "composite" || a.Name == "" || a.Description == "" {
		t.Errorf("%q %q %q", a.Runs.Using, a.Name, a.Description)
	}
	ids, scripts := map[string]bool{}, 0
	for _, s := range a.Runs.Steps {
		ids[s.ID] = true
		switch {
		case s.Uses != "":
			if v, ok := s.With["go-version"]; ok && v != goVersion(t) {
				t.Errorf("built with Go %s, but go.mod asks for %s", v, goVersion(t))
			}
			if !regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+@(v\d+|[0-9a-f]{40})$`).MatchString(s.Uses) {
				t.Errorf("%s has no version", s.Uses)
			}
		case s.Shell != "bash" || s.Run == "":
			t.Errorf("the step %q is no script for bash", s.Name)
		default:
			scripts++
			if strings.Contains(s.Run, "${{") {
				t.Errorf("the step %q has an expression in its script, which runs what others wrote", s.Name)
			}
			shellcheck(t, s.Run, "bash")
		}
		for _, name := range regexp.MustCompile(`\binputs\.([\w-]+)`).FindAllStringSubmatch(fmt.Sprint(s), -1) {
			if _, ok := a.Inputs[name[1]]; !ok {
				t.Errorf("there is no input %s", name[1])
			}
		}
	}
	for name, out := range a.Outputs {
		m := regexp.MustCompile(`^\$\{\{ steps\.(\w+)\.outputs\.([\w-]+) \}\}$`).FindStringSubmatch(out.Value)
		if m == nil || !ids[m[1]] || m[2] != name || out.Description == "" {
			t.Errorf("the output %s has the value %q", name, out.Value)
		}
	}
	if scripts < 3 {
		t.Errorf("%d scripts", scripts)
	}
}

// shellcheck has a script checked, where the program is installed.
func shellcheck(t *testing.T, script, shell string) {
	t.Helper()
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Log("shellcheck is not installed, so that it did not read the script")
		return
	}
	cmd := exec.Command("shellcheck", "-s", shell, "-")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// job is a job on a runner of GitHub that uses the action.
type job struct {
	t       *testing.T
	action  action
	inputs  map[string]string
	outputs map[string]string // by STEP.OUTPUT
	env     map[string]string
	dir     string // of the repository
	path    string // of programs that stand in for those of the runner
}

func newJob(t *testing.T, inputs map[string]string) *job {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	j := &job{t: t, action: readAction(t), inputs: map[string]string{}, outputs: map[string]string{}, dir: t.TempDir(), path: t.TempDir()}
	for name, in := range j.action.Inputs {
		j.inputs[name] = in.Default
	}
	maps.Copy(j.inputs, inputs)
	temp := t.TempDir()
	j.env = map[string]string{
		"RUNNER_TEMP": temp, "RUNNER_OS": "Linux", "RUNNER_ARCH": map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH],
		"GITHUB_ACTION_PATH": root, "GITHUB_REPOSITORY": "someone/zones",
		"GITHUB_OUTPUT": filepath.Join(temp, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(temp, "summary"),
	}
	return j
}

func (j *job) write(path, text string, mode os.FileMode) {
	j.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		j.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		j.t.Fatal(err)
	}
}

func (j *job) read(path string) string {
	j.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		j.t.Fatal(err)
	}
	return string(b)
}

// run runs a step as a runner does, and returns what it printed and its exit
// code.
func (j *job) run(name string) (string, int) {
	j.t.Helper()
	i := slices.IndexFunc(j.action.Runs.Steps, func(s actionStep) bool { return s.Name == name })
	if i < 0 {
		j.t.Fatalf("there is no step %q", name)
	}
	s := j.action.Runs.Steps[i]
	script := filepath.Join(j.env["RUNNER_TEMP"], "script.sh")
	j.write(script, s.Run, 0o666)
	os.Remove(j.env["GITHUB_OUTPUT"])
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	cmd.Dir = j.dir
	cmd.Env = append(os.Environ(), "PATH="+j.path+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range j.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+j.value(value))
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		j.t.Fatal(err)
	}
	for line := range strings.Lines(j.read(j.env["GITHUB_OUTPUT"])) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		j.outputs[s.ID+"."+name] = value
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// value is the value of an expression.
func (j *job) value(text string) string {
	m := regexp.MustCompile(`^\$\{\{ (.*) \}\}$`).FindStringSubmatch(text)
	if m == nil {
		return text
	}
	words := strings.Split(m[1], ".")
	switch {
	case words[0] == "inputs":
		return j.inputs[words[1]]
	case words[0] == "steps":
		return j.outputs[words[1]+"."+words[3]]
	case m[1] == "github.event.pull_request.number":
		return "17"
	}
	j.t.Fatalf("unknown expression %s", text)
	return ""
}

// The action builds zonelint, runs it on what it is told to, and fails as it
// does. Inputs are no commands.
func TestActionChecks(t *testing.T) {
	j := newJob(t, map[string]string{
		"paths": "zones\n$(touch pwned)*.zone\n`touch pwned`.zone\nwith blank.zone\n",
		"args":  "--severity=mx-missing=info\r\n--ignore=spf-ptr\n",
	})
	j.write(filepath.Join(j.dir, "zones/example.com.zone"), brokenZone, 0o666)
	j.write(filepath.Join(j.dir, "with blank.zone"), "$ORIGIN example.org.\n"+soundZone, 0o666)
	if out, code := j.run("Install zonelint"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	out, code := j.run("Check the zones")
	if code != 3 || !strings.Contains(out, "::error file=zones/example.com.zone,line=8,") || !strings.Contains(out, "touch pwned") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(j.dir, "pwned")); err == nil {
		t.Error("an input was run")
	}
	j.inputs["paths"] = "."
	if out, code = j.run("Check the zones"); code != 1 || j.outputs["check.exit-code"] != "1" {
		t.Errorf("exit code %d, %q:\n%s", code, j.outputs, out)
	}
	if s := j.read(j.env["GITHUB_STEP_SUMMARY"]); !strings.Contains(s, "zones/example.com.zone") {
		t.Errorf("the summary is %q", s)
	}
	if s := j.read(j.outputs["check.sarif-file"]); !strings.Contains(s, `"2.1.0"`) || !strings.Contains(s, "zones/example.com.zone") {
		t.Errorf("the SARIF file is %.200q", s)
	}
	j.inputs["fail-on"], j.inputs["summary"] = "error", "false"
	j.write(filepath.Join(j.dir, "zones/example.com.zone"), soundZone, 0o666)
	os.Remove(j.env["GITHUB_STEP_SUMMARY"])
	if out, code := j.run("Check the zones"); code != 0 || j.read(j.env["GITHUB_STEP_SUMMARY"]) != "" {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	j.inputs["args"] = "--no-such-flag"
	if out, code := j.run("Check the zones"); code != 2 || j.outputs["check.exit-code"] != "2" {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// Only what is new since a revision is told, and fails the job.
func TestActionSince(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	j := newJob(t, map[string]string{"since": "HEAD"})
	j.write(filepath.Join(j.dir, "old.example.zone"), brokenZone, 0o666)
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "zones"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = j.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	j.outputs["install.dir"] = filepath.Dir(program(t))
	if out, code := j.run("Check the zones"); code != 0 || strings.Contains(out, "::error") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	j.write(filepath.Join(j.dir, "new.example.zone"), brokenZone, 0o666)
	if out, code := j.run("Check the zones"); code != 1 || !strings.Contains(out, "file=new.example.zone") || strings.Contains(out, "file=old.example.zone") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// program is the zonelint that scripts find.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("zonelint")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A release that is downloaded is the one that its checksum tells, and has the
// name that releases give it.
func TestActionDownloads(t *testing.T) {
	j := newJob(t, map[string]string{"version": "v1.2.3"})
	j.write(filepath.Join(j.path, "curl"), `#!/bin/sh
while [ $# -gt 1 ]; do
  case $1 in --output) to=$2; shift ;; esac
  shift
done
case $1 in https://github.com/zonelint/zonelint/releases/download/v1.2.3/*) ;; *) exit 22 ;; esac
cp "$RELEASE/${1##*/}" "$to"
`, 0o777)
	served := t.TempDir()
	j.env["RELEASE"] = served
	r := readRelease(t)
	name := strings.NewReplacer("{{ .ProjectName }}", "zonelint", "{{ .Version }}", "1.2.3", "{{ .Os }}", "linux", "{{ .Arch }}", runtime.GOARCH).Replace(r.Archives[0].NameTemplate) + ".tar.gz"
	j.write(filepath.Join(served, "zonelint"), "#!/bin/sh\necho the release\n", 0o777)
	if out, err := exec.Command("tar", "-C", served, "-czf", filepath.Join(served, name), "zonelint").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(j.read(filepath.Join(served, name)))))
	sums := filepath.Join(served, r.Checksum.NameTemplate)
	if r.Checksum.Algorithm != "sha256" {
		t.Errorf("checksums are made with %s", r.Checksum.Algorithm)
	}
	program := filepath.Join(j.env["RUNNER_TEMP"], "zonelint", "zonelint")

	j.write(sums, strings.Repeat("0", 64)+"  "+name+"\n", 0o666)
	if out, code := j.run("Install zonelint"); code == 0 || j.read(program) != "" {
		t.Errorf("a wrong checksum: exit code %d:\n%s", code, out)
	}
	j.write(sums, sum+"  "+name+".sbom.json\n", 0o666)
	if out, code := j.run("Install zonelint"); code != 3 || j.read(program) != "" {
		t.Errorf("no checksum: exit code %d:\n%s", code, out)
	}
	j.write(sums, sum+"  "+name+"\n"+strings.Repeat("0", 64)+"  other.tar.gz\n", 0o666)
	if out, code := j.run("Install zonelint"); code != 0 || j.read(program) == "" || j.outputs["install.dir"] != filepath.Dir(program) {
		t.Errorf("exit code %d, %q:\n%s", code, j.outputs, out)
	}
	for _, version := range []string{"v1.2", "latest", "../v1.2.3", "v1.2.3/../../x", "v1.2.3\nx"} {
		j.inputs["version"] = version
		if out, code := j.run("Install zonelint"); code != 2 || strings.Count(out, "\n") != 1 {
			t.Errorf("%q: exit code %d:\n%s", version, code, out)
		}
	}
	j.inputs["version"], j.env["RUNNER_OS"] = "v1.2.3", "Plan9"
	if out, code := j.run("Install zonelint"); code != 2 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// The comment is made once and renewed after that; where it cannot be made the
// job goes on.
func TestActionComments(t *testing.T) {
	j := newJob(t, nil)
	j.write(filepath.Join(j.path, "gh"), `#!/bin/sh
echo "$*" >>"$RUNNER_TEMP/calls"
case "$*" in *"--jq"*) printf '%b' "$IDS" ;; esac
for arg; do case $arg in body=@*) cp "${arg#body=@}" "$RUNNER_TEMP/body" ;; esac; done
exit "$GH_EXIT"
`, 0o777)
	markdown := filepath.Join(t.TempDir(), "zonelint.md")
	j.outputs["check.markdown-file"] = markdown
	calls, body := filepath.Join(j.env["RUNNER_TEMP"], "calls"), filepath.Join(j.env["RUNNER_TEMP"], "body")
	for _, tt := range []struct {
		ids, exit, markdown string
		want                string // the last call
		told                bool
	}{
		{"", "0", "### zonelint\n", "api --method POST repos/someone/zones/issues/17/comments ", false},
		{`12\n34\n`, "0", "### zonelint\n", "api --method PATCH repos/someone/zones/issues/comments/12 ", false},
		{"", "1", "### zonelint\n", "api --method POST repos/someone/zones/issues/17/comments ", true},
		{"", "0", strings.Repeat("- a finding of a long list\n", 4000), "api --method POST ", false},
	} {
		os.Remove(calls)
		j.write(markdown, tt.markdown, 0o666)
		j.env["IDS"], j.env["GH_EXIT"] = tt.ids, tt.exit
		out, code := j.run("Comment on the pull request")
		if code != 0 || strings.Contains(out, "::warning::") != tt.told {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		made := strings.Split(strings.TrimSpace(j.read(calls)), "\n")
		if last := made[len(made)-1]; !strings.HasPrefix(last, tt.want) {
			t.Errorf("the last call is %q, want %q", last, tt.want)
		}
		text := j.read(body)
		if !strings.HasPrefix(text, "<!-- zonelint -->\n"+tt.markdown[:10]) || len(text) > 65536 {
			t.Errorf("the comment of %d octets begins with %.60q", len(text), text)
		}
		if long := len(tt.markdown) > 60000; long != strings.HasSuffix(text, "list\n\nThere is more in the summary of the job.\n") {
			t.Errorf("the comment ends with %q", text[max(0, len(text)-80):])
		}
	}
}

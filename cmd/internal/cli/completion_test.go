package cli

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func scriptOf(t *testing.T, shell string) string {
	t.Helper()
	b, err := completionScript(shell, (&app{}).commands())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Each shell that is installed must be able to read its script.
func TestCompletionParses(t *testing.T) {
	for shell, args := range map[string][]string{
		"bash": {"bash", "-n"}, "zsh": {"zsh", "-n"}, "fish": {"fish", "--no-execute"},
		"powershell": {"pwsh", "-NoProfile", "-Command", "[ScriptBlock]::Create([Console]::In.ReadToEnd()) | Out-Null"},
	} {
		t.Run(shell, func(t *testing.T) {
			script := scriptOf(t, shell)
			for _, want := range []string{"check", "include-root", "zone-doubled-origin", "webmo"} {
				if !strings.Contains(script, want) {
					t.Errorf("the script does not offer %s", want)
				}
			}
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("%s is not installed, so that it did not read the script", args[0])
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Stdin = strings.NewReader(script)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// What bash offers at the end of a command line. It splits words at "=".
func TestCompletionBash(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	script := scriptOf(t, "bash")
	for _, tt := range []struct {
		words string // "|" between; the last is being written
		want  []string
		not   []string
	}{
		{"ch", []string{"check"}, []string{"fix"}},
		{"", []string{"check", "fix", "explain", "rules", "packs", "version", "completion"}, nil},
		{"--", []string{"--help", "--version"}, nil},
		{"check|--f", []string{"--format", "--fail-on"}, []string{"--pack"}},
		{"fix|--w", []string{"--write"}, nil},
		{"check|--pack|", []string{"webmo"}, nil},
		{"check|--pack|=|we", []string{"webmo"}, nil},
		{"check|--select|zone-doubled", []string{"zone-doubled-origin"}, nil},
		{"check|--ignore|zone-syntax,zone-doubled", []string{"zone-syntax,zone-doubled-origin"}, nil},
		{"check|--severity|zone-doubled", []string{"zone-doubled-origin="}, nil},
		{"check|--severity|zone-doubled-origin|=|w", []string{"warning"}, []string{"error"}},
		{"check|--format|=", []string{"text", "concise", "json"}, nil},
		{"clients|--format|", []string{"text", "json", "autoconfig", "mobileconfig", "autodiscover"}, []string{"concise"}},
		{"clients|--pack|we", []string{"webmo", "wedos"}, nil},
		{"rules|--format|", []string{"text", "json"}, []string{"concise"}},
		{"check|--color|a", []string{"auto", "always"}, []string{"never"}},
		{"explain|zone-doubled", []string{"zone-doubled-origin"}, nil},
		{"packs|", []string{"show", "detect", "verify", "schema"}, nil},
		{"packs|--k", []string{"--kind"}, nil},
		{"packs|--kind|g", []string{"gateway"}, []string{"mailbox"}},
		{"packs|detect|--pack|we", []string{"webmo"}, nil},
		{"packs|verify|--fail-on|", []string{"error", "warning"}, []string{"never"}},
		{"check|--fail-on|", []string{"error", "never"}, nil},
		{"man|", []string{"check", "man"}, []string{"show"}},
		{"packs|show|", []string{"webmo"}, nil},
		{"completion|z", []string{"zsh"}, []string{"bash"}},
	} {
		t.Run(tt.words, func(t *testing.T) {
			var quoted []string
			for _, w := range strings.Split("zonelint|"+tt.words, "|") {
				quoted = append(quoted, "'"+w+"'")
			}
			run := script + "\nCOMP_WORDS=(" + strings.Join(quoted, " ") + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_zonelint\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
			cmd := exec.Command("bash", "-s")
			cmd.Stdin = strings.NewReader(run)
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Fields(string(out))
			for _, w := range tt.want {
				if !slices.Contains(got, w) {
					t.Errorf("%s is not offered, but %q", w, got)
				}
			}
			for _, w := range tt.not {
				if slices.Contains(got, w) {
					t.Errorf("%s is offered", w)
				}
			}
		})
	}
}

package cli

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	urfave "github.com/urfave/cli/v2"
)

// manualFolder writes all pages into a folder.
func manualFolder(t *testing.T) (dir string, root *urfave.App) {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1795219200") // 2026-11-21
	dir, root = t.TempDir(), (&app{}).commands()
	m, err := newManual(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.write(dir); err != nil {
		t.Fatal(err)
	}
	return dir, root
}

// The programs that show manual pages have nothing to complain about, and show
// every command with its flags, their values and their words.
func TestManualPages(t *testing.T) {
	dir, root := manualFolder(t)
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) != 1+len(root.Commands) {
		t.Fatalf("%d pages of %d commands, %v", len(pages), len(root.Commands), err)
	}
	for _, check := range [][]string{
		{"mandoc", "-T", "lint", "-W", "warning"},
		{"groff", "-man", "-ww", "-Tutf8", "-z"},
	} {
		t.Run(check[0], func(t *testing.T) {
			if _, err := exec.LookPath(check[0]); err != nil {
				t.Skipf("%s is not installed, so that it did not read the pages", check[0])
			}
			for _, page := range pages {
				if out, err := exec.Command(check[0], append(check[1:], page)...).CombinedOutput(); err != nil || len(out) > 0 {
					t.Errorf("%s: %v\n%s", page, err, out)
				}
			}
		})
	}
	t.Run("shown", func(t *testing.T) {
		if _, err := exec.LookPath("mandoc"); err != nil {
			t.Skip("mandoc is not installed, so that it did not show the pages")
		}
		all := shown(t, filepath.Join(dir, "zonelint.1"))
		for _, c := range root.Commands {
			if !strings.Contains(all, "zonelint-"+c.Name+"(1)") {
				t.Errorf("zonelint(1) does not name the command %s", c.Name)
			}
			page := shown(t, filepath.Join(dir, "zonelint-"+c.Name+".1"))
			for _, s := range append([]*urfave.Command{c}, c.Subcommands...) {
				for _, want := range commandWords(s) {
					if !strings.Contains(page, want) {
						t.Errorf("zonelint-%s(1) does not say %q", c.Name, want)
					}
				}
			}
		}
	})
}

// shown is what mandoc shows of a page, in one line without what it emphasises.
func shown(t *testing.T, page string) string {
	t.Helper()
	out, err := exec.Command("mandoc", "-T", "ascii", "-O", "width=1000", page).Output()
	if err != nil {
		t.Fatal(err)
	}
	var plain []byte // without the overstriking of bold and underlined letters
	for i := 0; i < len(out); i++ {
		if i+1 < len(out) && out[i+1] == '\b' {
			i++
			continue
		}
		plain = append(plain, out[i])
	}
	return strings.Join(strings.Fields(string(plain)), " ")
}

// commandWords are what a page says of a command.
func commandWords(c *urfave.Command) []string {
	words := []string{c.Name, strings.Join(strings.Fields(c.ArgsUsage), " ")}
	for para := range strings.SplitSeq(c.Description, "\n\n") {
		words = append(words, strings.Join(strings.Fields(para), " "))
	}
	for _, f := range c.Flags {
		value, usage := flagUsage(f.(urfave.DocGenerationFlag))
		words = append(words, strings.Join(strings.Fields("--"+f.Names()[0]+" "+value+" "+usage), " "))
	}
	return words
}

func TestRoffEscape(t *testing.T) {
	for in, want := range map[string]string{
		`a\fB`:                   `a\efB`,
		"--flag":                 `\-\-flag`,
		`it's "x" ~all ^ ` + "`": `it\(aqs \(dqx\(dq \(tiall \(ha \(ga`,
		"a\tb\x1b[31m\x07c":      "a b[31mc",
		"caf\u00e9 \u2026":       `caf\[u00E9] \[u2026]`,
	} {
		if got := roffEscape(in); got != want {
			t.Errorf("roffEscape(%q) = %q, want %q", in, got, want)
		}
	}
}

// No text begins a request of its own.
func TestRoffLines(t *testing.T) {
	for _, text := range []string{".so /etc/passwd", "'so /etc/passwd", "One. .so two", "  .so /etc/passwd\n  'br", strings.Repeat("word ", 15) + " .so x"} {
		var r roff
		r.text(text)
		r.item(bold("x"), text)
		known := []string{".PP", ".RS", ".RE", ".nf", ".fi", ".TP"}
		for line := range strings.Lines(r.b.String()) {
			if name, _, _ := strings.Cut(strings.TrimSpace(line), " "); line[0] == '\'' || line[0] == '.' && !slices.Contains(known, name) {
				t.Errorf("%q became %q", text, line)
			}
		}
	}
}

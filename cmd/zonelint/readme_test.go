package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/rules/pack"
)

var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// Every command that the documentation shows with its output is run, and gives
// that output.
func TestDocumentedCommands(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "zonelint"), "./cmd/zonelint")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv("CLOUDFLARE_BASE_URL", exampleCloud(t))
	t.Setenv("CLOUDFLARE_API_TOKEN", cloudflaretest.GoodToken)
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, doc := range []string{"README.md", "rules/pack/README.md"} {
		text, err := os.ReadFile(filepath.Join(root, doc))
		if err != nil {
			t.Fatal(err)
		}
		shown := 0
		for _, block := range consoleBlock.FindAllStringSubmatch(string(text), -1) {
			for _, step := range strings.Split("\n"+block[1], "\n$ ")[1:] {
				command, want, _ := strings.Cut(step, "\n")
				if strings.HasPrefix(command, "go test") {
					continue // this very run
				}
				if want = strings.TrimRight(want, "\n"); want != "" {
					shown++
				}
				t.Run(command, func(t *testing.T) {
					cmd := exec.Command("sh", "-c", command)
					cmd.Dir = root
					cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "SOURCE_DATE_EPOCH=1795219200", "NO_COLOR=1")
					out, err := cmd.Output()
					if err != nil && cmd.ProcessState.ExitCode() != 1 {
						t.Fatalf("%v\n%s", err, out)
					}
					if got := strings.TrimRight(string(out), "\n"); want != "" && got != want || got == "" {
						t.Errorf("%s shows another output of %q:\n%s\nwant:\n%s", doc, command, got, want)
					}
				})
			}
		}
		if shown == 0 {
			t.Errorf("%s shows no command with its output", doc)
		}
	}
}

// exampleCloud is the Cloudflare account of the documentation.
func exampleCloud(t *testing.T) (url string) {
	s := cloudflaretest.New(t)
	s.AddZone("shop.example",
		cloudflaretest.Record{"name": "@", "type": "MX", "content": "mx.webmo.fr", "priority": 10, "ttl": 3600},
		cloudflaretest.Record{"name": "@", "type": "MX", "content": "mxsecondary.webmo.fr", "priority": 20, "ttl": 3600},
		cloudflaretest.Record{"name": "@", "type": "TXT", "content": `"v=spf1 include:spf.webmo.fr ~all"`, "ttl": 3600},
		cloudflaretest.Record{"name": "@", "type": "TXT", "content": `"v=spf1 ip4:192.0.2.9 ~all"`, "ttl": 3600},
		cloudflaretest.Record{"name": "@", "type": "TXT", "content": `"site-verification=1234"`, "ttl": 3600},
		cloudflaretest.Record{"name": "@", "type": "A", "content": "192.0.2.80", "ttl": 1, "proxied": true},
		cloudflaretest.Record{"name": "_dmarc", "type": "TXT", "content": `"v=DMARC1; p=none"`, "ttl": 3600},
	)
	return s.URL
}

// The configuration that the documentation shows is the one that its commands
// are run with.
func TestDocumentedConfiguration(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("../../testdata/repos/configured/.zonelint.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "```yaml\n"+string(config)+"```\n") {
		t.Error("README.md shows another configuration than testdata/repos/configured/.zonelint.yaml")
	}
}

// The documentation says how many rule packs there are.
func TestDocumentedNumberOfPacks(t *testing.T) {
	want := strconv.Itoa(len(pack.Builtin()))
	for doc, words := range map[string]string{"README.md": "There are\n%s of them", "CHANGELOG.md": "* %s rule packs of"} {
		text, err := os.ReadFile(filepath.Join("../..", doc))
		if err != nil {
			t.Fatal(err)
		}
		if words = strings.Replace(words, "%s", want, 1); !strings.Contains(string(text), words) {
			t.Errorf("%s does not say %q", doc, words)
		}
	}
}

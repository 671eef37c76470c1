package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/rules/pack"
)

// What a repository is called by strangers ends no comment and reaches no
// terminal.
func TestInitHostileNames(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "a\x1b[31m\nfail-on: info\n#b")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Skip(err) // not every file system takes such names
	}
	if err := os.WriteFile(filepath.Join(folder, mainScript), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	webmo, err := pack.Find("webmo")
	if err != nil {
		t.Fatal(err)
	}
	g := &hostGroup{packs: []*pack.Pack{webmo}, pin: []string{"1.example", "null.example", "it's.example", "b.example", "a*.example"}}
	g.settle(map[string]int{"1.example": 1, "null.example": 1, "it's.example": 1, "b.example": 2, "a*.example": 1})
	s := &survey{tools: findTools(dir), groups: []*hostGroup{g}, unknown: 1, total: 6}
	text := string(s.config())
	if strings.Contains(text, "\x1b") || !strings.Contains(text, `a\x1B[31m\x0Afail-on: info\x0A#b/dnsconfig.js`) {
		t.Errorf("the name of a folder is written as it is:\n%s", text)
	}
	cfg, err := config.Parse(config.Name, "/r/"+config.Name, "/r", []byte(text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	var names []string
	for _, n := range cfg.Zones[0].Match {
		names = append(names, string(n))
	}
	if got := strings.Join(names, " "); got != "1.example it's.example null.example" {
		t.Errorf("the zones are %s", got)
	}
	if len(g.loose) != 2 {
		t.Errorf("left to be recognised: %v", g.loose)
	}
}

// Too many zones are not named one by one.
func TestInitManyZones(t *testing.T) {
	webmo, err := pack.Find("webmo")
	if err != nil {
		t.Fatal(err)
	}
	g := &hostGroup{packs: []*pack.Pack{webmo}, pin: make([]string, maxPins+1)}
	for i := range g.pin {
		g.pin[i] = "a.example"
	}
	s := &survey{groups: []*hostGroup{g}, unknown: 1}
	if text := string(s.config()); strings.Contains(text, "a.example") || !strings.Contains(text, "# 201 zones of Magic Online") {
		t.Errorf("they are named:\n%s", text)
	}
}

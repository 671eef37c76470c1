package octodns

import (
	"os"
	"path/filepath"
	"testing"
)

func TestConfigZones(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("config/production.yaml", `
manager: {max_workers: 2}
providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: ./zones, default_ttl: 300, escaped_semicolons: false}
  route53: {class: octodns_route53.Route53Provider}
zones:
  '*': {sources: [config], targets: [route53]}
  example.org.: {sources: [config, route53], targets: [route53]}
`)
	write("zones/example.com.yaml", "'': {type: A, value: 192.0.2.1}\n")
	write("zones/example.org.yaml", "'': {type: A, value: 192.0.2.1}\n")
	write("zones/notes.yaml", "a: b\n")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	c, err := ReadConfig(filepath.Join(dir, "config/production.yaml"), ConfigOptions{Root: root, Dir: "config"})
	if err != nil {
		t.Fatal(err)
	}
	zs := c.Zones()
	if len(zs) != 2 || len(c.Problems) != 0 {
		t.Fatalf("zones %v, problems %v", zs, c.Problems)
	}
	if z := zs[0]; z.Name.String() != "example.com." || z.Partial != "" || len(z.Files) != 1 || z.Files[0].Path != "zones/example.com.yaml" ||
		z.Files[0].Name != filepath.Join(dir, "zones/example.com.yaml") || z.Files[0].DefaultTTL != 300 || z.Files[0].Semicolons != SemicolonsPlain {
		t.Errorf("example.com: %+v", z)
	}
	if z := zs[1]; z.Name.String() != "example.org." || z.Partial != `its source "route53" is no YAML file` {
		t.Errorf("example.org: %+v", z)
	}
	z, err := LoadFiles(zs[0].Files, zs[0].Options(root, Limits{}))
	if err != nil || z.Len() != 1 || !z.Complete {
		t.Fatalf("LoadFiles: %v, %v", z, err)
	}
	f := Finder{Root: root, Name: func(path string) string { return "./" + path }}
	if got := f.Find("zones"); got == nil || got.Name != "./config/production.yaml" {
		t.Errorf("Find: %+v", got)
	}
	if got := f.Find("config"); got != nil {
		t.Errorf("Find of a folder without zones: %+v", got)
	}
}

package octodns

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// folder writes files and opens their folder.
func folder(t *testing.T, files map[string]string) (dir string, root *os.Root) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return dir, root
}

func zonesOf(t *testing.T, root *os.Root, name string) []ConfiguredZone {
	t.Helper()
	c, err := ReadConfig(name, ConfigOptions{Root: root, Dir: filepath.Dir(name)})
	if err != nil {
		t.Fatal(err)
	}
	zs := c.Zones()
	for _, p := range c.Problems {
		t.Errorf("%s: %s", p.Span, p.Message)
	}
	return zs
}

func linesOf(z *zone.Zone) []string {
	var out []string
	for r := range z.Records() {
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out
}

// A split zone is all files of its folder, and changes go to the file that has
// the owner, or to the one for what has no file of its own. What zones share is
// left alone.
func TestSplitZone(t *testing.T) {
	dir, root := folder(t, map[string]string{
		"config.yaml":                          "providers:\n  p: {class: octodns.provider.yaml.SplitYamlProvider, directory: zones, shared_filename: shared.yaml}\nzones:\n  example.com.: {sources: [p]}\n",
		"zones/example.com./$example.com.yaml": "'': {type: A, value: 192.0.2.1}\n",
		"zones/example.com./www.yaml":          "www: {type: A, value: 192.0.2.2}\n",
		"zones/example.com./notes.txt":         "no zone",
		"zones/shared.yaml":                    "all: {type: TXT, value: shared}\n",
		"zones/example.com.yaml":               "not: {type: TXT, value: read}\n",
	})
	zs := zonesOf(t, root, "config.yaml")
	if len(zs) != 1 || zs[0].Err != nil {
		t.Fatalf("%+v", zs)
	}
	z, err := LoadFiles(zs[0].Files, zs[0].Options(root, Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`all.example.com. 3600 IN TXT "shared"`, "example.com. 3600 IN A 192.0.2.1", "www.example.com. 3600 IN A 192.0.2.2",
	}
	if got := linesOf(z); !slices.Equal(got, want) {
		t.Fatalf("records %q", got)
	}
	www, all := zone.MustName("www.example.com"), zone.MustName("all.example.com")
	edits, err := z.Source.(zone.Editor).Edit(z, zone.ChangeSet{
		zone.Add(zone.NewTXT(www, 3600, "of www")), zone.Add(zone.NewTXT(zone.MustName("_dmarc.example.com"), 3600, "v=DMARC1; p=none")),
		zone.Remove(z.RRset(z.Apex, zone.TypeA)[0]),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range edits {
		got[filepath.Base(e.Name)] = string(e.New)
	}
	if len(got) != 2 || got["$example.com.yaml"] != "_dmarc:\n  type: TXT\n  value: v=DMARC1\\; p=none\n" ||
		got["www.yaml"] != "www: [{type: A, value: 192.0.2.2}, {type: TXT, value: of www}]\n" {
		t.Errorf("edits %q", got)
	}
	for _, cs := range []zone.ChangeSet{
		{zone.Remove(z.RRset(all, zone.TypeTXT)[0])}, {zone.Add(zone.NewTXT(all, 3600, "x"))}, {zone.Add(zone.NewAddress(all, 3600, z.RRset(www, zone.TypeA)[0].Addr()))},
	} {
		if _, err := z.Source.(zone.Editor).Edit(z, cs); err == nil {
			t.Errorf("%v: a shared file was changed", cs)
		}
		if why := z.Source.(zone.Refuser).Refuse(cs); !strings.Contains(why, "shared_filename") {
			t.Errorf("%v: Refuse says %q", cs, why)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "zones/example.com./_dmarc.yaml")); err == nil {
		t.Error("a file was written")
	}
}

// Records of later sources take the place of earlier ones only where they may.
func TestSources(t *testing.T) {
	_, root := folder(t, map[string]string{
		"c/config.yaml": "providers:\n  a: {class: x.YamlProvider, directory: a}\n  b: {class: x.YamlProvider, directory: ./b, default_ttl: 60, populate_should_replace: true, escaped_semicolons: false}\n  r: {class: Route53Provider}\n" +
			"processors:\n  t: {class: octodns.processor.templating.Templating}\n  f: {class: octodns.processor.filter.TypeAllowlistFilter}\n  o: {class: their.Own}\n" +
			"manager: {processors: [f]}\nzones:\n  one.example.: {sources: [a, b], processors: [t]}\n  two.example.: {sources: [a], processors: [o]}\n  three.example.: {sources: [a, r]}\n  four.example.: {alias: one.example.}\n  '*': {sources: [a]}\n",
		"a/one.example.yaml":   "x: {type: TXT, value: a\\; b}\ny: {type: TXT, value: '{zone_name}'}\n",
		"b/one.example.yaml":   "x: {type: TXT, value: c; d}\n",
		"a/two.example.yaml":   "x: {type: TXT, value: x}\n",
		"a/three.example.yaml": "x: {type: TXT, value: x}\n",
		"a/käse.example.yaml":  "x: {type: TXT, value: x}\n",
		"a/README.yaml":        "x: y\n",
	})
	var got []string
	for _, z := range zonesOf(t, root, "c/config.yaml") {
		got = append(got, z.Name.String()+" "+z.Partial)
	}
	want := []string{"one.example. ", `three.example. its source "r" is no YAML file`, `two.example. the processor "o" may change records`, "xn--kse-qla.example. "}
	if !slices.Equal(got, want) {
		t.Errorf("zones %q", got)
	}
	z := zonesOf(t, root, "c/config.yaml")[0]
	one, err := LoadFiles(z.Files, z.Options(root, Limits{}))
	if err != nil || !slices.Equal(linesOf(one), []string{`x.one.example. 60 IN TXT "c; d"`}) || len(mistakes(one)) > 0 {
		t.Errorf("one.example: %q, %v, %v", linesOf(one), one.Problems, err)
	}
	if !one.Unread(zone.MustName("y.one.example"), zone.TypeTXT) {
		t.Error("a template is taken for a text")
	}
	two := zonesOf(t, root, "c/config.yaml")[2]
	if z, err := LoadFiles(two.Files, two.Options(root, Limits{})); err != nil || z.Complete {
		t.Errorf("two.example is complete (%v)", err)
	}
}

// No configuration leads out of the tree, by links neither.
func TestConfigConfined(t *testing.T) {
	dir, _ := folder(t, map[string]string{
		"out/evil.example.yaml": "x: {type: TXT, value: secret}\n",
		"tree/config.yaml": "providers:\n  up: {class: x.YamlProvider, directory: ../out}\n  abs: {class: x.YamlProvider, directory: /etc}\n  link: {class: x.YamlProvider, directory: link}\n  file: {class: x.YamlProvider, directory: zones}\n  env: {class: x.YamlProvider, directory: env/ZONES}\n" +
			"zones:\n  a.example.: {sources: [up]}\n  b.example.: {sources: [abs]}\n  evil.example.: {sources: [link]}\n  d.example.: {sources: [file]}\n  e.example.: {sources: [env]}\n",
		"tree/zones/x.yaml": "",
	})
	for name, to := range map[string]string{"tree/link": "../out", "tree/zones/d.example.yaml": "../../out/evil.example.yaml"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	root, err := os.OpenRoot(filepath.Join(dir, "tree"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	zs := zonesOf(t, root, "config.yaml")
	if len(zs) != 5 {
		t.Fatalf("%d zones", len(zs))
	}
	for _, z := range zs {
		err := z.Err
		if err == nil {
			_, err = LoadFiles(z.Files, z.Options(root, Limits{}))
		}
		if err == nil {
			t.Errorf("%s was read", z.Name)
		}
	}
}

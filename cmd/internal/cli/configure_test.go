package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// checked runs check in a folder and returns the ids of what it found.
func checked(t *testing.T, args ...string) []string {
	t.Helper()
	var out, errs bytes.Buffer
	Main(t.Context(), append([]string{"zonelint", "check", "--format", "concise"}, args...), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	var ids []string
	for line := range strings.Lines(out.String()) {
		i := strings.LastIndex(line, "[")
		if i < 0 {
			t.Fatalf("%s%s", out.String(), errs.String())
		}
		ids = append(ids, strings.TrimSuffix(line[i+1:], "]\n"))
	}
	return ids
}

// The examples of rules about configurations trip them, or do not.
func TestConfigExamples(t *testing.T) {
	tried := 0
	for _, r := range builtinRules() {
		for _, tt := range []struct {
			text string
			want bool
		}{{r.Bad, true}, {r.Good, false}} {
			text, ok := rules.ExampleConfig(tt.text)
			if !ok {
				continue
			}
			tried++
			dir := t.TempDir()
			for name, content := range map[string]string{config.Name: text, "example.com.zone": rules.Example(tt.text)} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(dir)
			if ids := checked(t, "."); slices.Contains(ids, r.ID) != tt.want {
				t.Errorf("%s: %q gives %v", r.ID, tt.text, ids)
			}
		}
	}
	if tried == 0 {
		t.Error("no rule has such examples")
	}
}

// Zones with the same settings are judged by one engine, however many there
// are.
func TestLanes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(config.Name, "packs: [webmo]\nzones:\n- {match: ['a*'], packs: [no-mail]}\n- {match: ['*b.example'], severity: {spf-ptr: off}}\n")
	t.Chdir(dir)
	k := &configs{cwd: workdir(dir), loaded: map[*config.Config]*loadedConfig{}, failed: map[string]bool{}}
	k.finder = config.NewFinder(dir, "", k.shown)
	l := &lint{configs: k, base: &lane{}}
	l.lanes.lint = l
	var err error
	if l.base.engine, err = engineOf(l.base.selector, nil, rules.Options{}); err != nil {
		t.Fatal(err)
	}
	cfg := k.here()
	if err := k.failure(); err != nil || cfg == nil {
		t.Fatal(err)
	}
	seen := map[*lane]bool{}
	for _, name := range []string{"a.example", "ac.example", "ab.example", "aab.example", "b.example", "bb.example", "c.example", "d.example"} {
		ln, err := l.lanes.of(cfg, zone.MustName(name+"."))
		if err != nil {
			t.Fatal(err)
		}
		seen[ln] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d lanes for 4 settings", len(seen))
	}
}

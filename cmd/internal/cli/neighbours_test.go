package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

const soaLine = "@ 60 SOA ns.invalid. hm.invalid. 1 2 3 4 5\n"

// beside returns the neighbours of a run over a folder with these files, and
// what is given on standard input.
func beside(t *testing.T, files map[string]string, stdin string, o masterfile.Options) *neighbours {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := newLoader("", o, strings.NewReader(stdin))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	args := []string{"."}
	if stdin != "" {
		args = append(args, "-")
	}
	found := findTargets(l.cwd, args, defaultStdinName)
	return newNeighbours(t.Context(), l, found.targets)
}

// ask writes the reply to a question for an address: the status and where it is
// from, or the error.
func ask(s resolve.Server, name string) string {
	r := s.Query(zone.MustName(name), zone.TypeA)
	switch {
	case r.Err != nil:
		return fmt.Sprintf("%d: %v", r.From, r.Err)
	case r.Status == zone.Found:
		return fmt.Sprintf("%d: %v", r.From, r.Records[0].Addr())
	}
	return fmt.Sprintf("%d: %s", r.From, [...]string{zone.Unknown: "unknown", zone.Aliased: "aliased", zone.NoData: "no data", zone.NameError: "name error"}[r.Status])
}

func TestNeighbours(t *testing.T) {
	big := strings.Repeat("; a comment as long as any other\n", 1000)
	n := beside(t, map[string]string{
		"a.example.zone":            soaLine + "www 60 A 192.0.2.1\nsub 60 NS ns\n",
		"sub.a.example.zone":        soaLine + "www 60 A 192.0.2.2\n",
		"db.b.example":              soaLine + big + "www 60 A 192.0.2.3\n",
		"named.db":                  "$ORIGIN c.example.\n" + soaLine + "www 60 A 192.0.2.4\n" + big,
		"split.zone":                "$ORIGIN example.\nd 60 SOA ns.invalid. hm.invalid. 1 2 3 4 5\nwww.d 60 A 192.0.2.5\n",
		"liar.example.zone":         "$ORIGIN other.example.\n" + soaLine + "www 60 A 192.0.2.6\n",
		"b.up.example.zone":         "$ORIGIN up.example.\n" + soaLine + "www.b 60 A 192.0.2.6\n",
		"part.example.zone":         "www 60 A 192.0.2.7\n",
		"broken.example.zone":       soaLine + "www 60 A 192.0.2\n",
		"one/twice.example.zone":    soaLine + "www 60 A 192.0.2.8\n",
		"two/twice.example.zone":    soaLine + "www 60 A 192.0.2.9\n",
		"three/parted.example.zone": soaLine + "$INCLUDE ../four/parted.example.zone\n",
		"four/parted.example.zone":  "www 60 A 192.0.2.10\n",
		"README.md":                 "The www.e.example zone\n",
		"loop.example.zone":         soaLine + "www 60 CNAME www.a.example.\n",
	}, "$ORIGIN stdin.example.\n"+soaLine+"www 60 A 192.0.2.11\n", masterfile.Options{})
	for name, want := range map[string]string{
		"www.a.example":      "2: 192.0.2.1",
		"gone.a.example":     "2: name error",
		"www.sub.a.example":  "2: 192.0.2.2", // not what its parent says
		"www.b.example":      "2: 192.0.2.3",
		"www.c.example":      "2: 192.0.2.4",
		"www.d.example":      "2: 192.0.2.5",
		"www.liar.example":   "0: unknown", // its name tells one zone, its content another
		"www.other.example":  "0: unknown",
		"www.b.up.example":   "0: unknown",
		"www.part.example":   "0: unknown", // no zone, lacking an SOA record
		"www.broken.example": "2: unknown",
		"www.twice.example":  "2: " + filepath.Join("one", "twice.example.zone") + " and " + filepath.Join("two", "twice.example.zone") + " are both the zone twice.example.",
		"www.parted.example": "2: 192.0.2.10",
		"www.stdin.example":  "2: 192.0.2.11",
		"www.loop.example":   "2: aliased",
		"example":            "0: unknown",
		"www.nobody.test":    "0: unknown",
	} {
		if got := ask(n, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// A file that cannot be read leaves the names in its zone open, for others too.
func TestNeighbourUnreadable(t *testing.T) {
	n := beside(t, map[string]string{"a.example.zone": soaLine, "b.example.zone": soaLine + "\x00"}, "", masterfile.Options{})
	if err := os.Remove("a.example.zone"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"www.a.example": "2: a.example.zone: no such file",
		"www.b.example": "0: unknown", // binary, so no zone at all
	} {
		if got := ask(n, name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// With --origin every file is that zone, unless its SOA record says otherwise.
func TestNeighboursOrigin(t *testing.T) {
	n := beside(t, map[string]string{
		"c.example.zone": soaLine + "www 60 A 192.0.2.1\n",
		"b.example.zone": "b.example. 60 SOA ns.invalid. hm.invalid. 1 2 3 4 5\nwww.b.example. 60 A 192.0.2.2\n",
	}, "", masterfile.Options{Origin: zone.MustName("a.example")})
	for name, want := range map[string]string{"www.a.example": "2: 192.0.2.1", "www.b.example": "2: 192.0.2.2", "www.c.example": "0: unknown"} {
		if got := ask(n, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Answers are the same however few records are held and however many ask, and
// no zone is read over and over.
func TestNeighboursRoom(t *testing.T) {
	const zones = 30
	files := map[string]string{}
	for i := range zones {
		files[fmt.Sprintf("z%d.example.zone", i)] = fmt.Sprintf("%swww 60 A 192.0.2.%d\n", soaLine, i)
	}
	n := beside(t, files, "", masterfile.Options{})
	n.room = 7 // three zones
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for k := range 300 {
				i := (k*7 + w) % zones
				if got, want := ask(n, fmt.Sprintf("www.z%d.example", i)), fmt.Sprintf("2: 192.0.2.%d", i); got != want {
					t.Errorf("z%d: %s, want %s", i, got, want)
				}
			}
		})
	}
	wg.Wait()
	if n.held > n.room || n.lru.Len() > 3 {
		t.Errorf("%d records of %d zones are held", n.held, n.lru.Len())
	}
	for _, f := range n.byOrigin {
		if f.reads > maxReads {
			t.Errorf("%s was read %d times", f.target.name, f.reads)
		}
	}
}

// What is being checked is not read again, and what was written answers as it
// was before.
func TestNeighboursLendAndKeep(t *testing.T) {
	n := beside(t, map[string]string{"a.example.zone": soaLine + "www 60 A 192.0.2.1\n"}, "", masterfile.Options{})
	a := n.targets[0]
	z, err := n.loader.load(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	back := n.lend(a, z)
	if got := ask(n, "www.a.example"); got != "2: 192.0.2.1" {
		t.Error(got)
	}
	f := n.byOrigin[zone.MustName("a.example")]
	if f.reads != 0 {
		t.Error("a zone that was lent is read")
	}
	back()
	old := []byte(soaLine + "www 60 A 192.0.2.1\n")
	n.keep([]zone.FileEdit{{Name: "a.example.zone", Old: old}})
	if err := os.WriteFile("a.example.zone", []byte(soaLine+"www 60 A 192.0.2.99\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	n.keep([]zone.FileEdit{{Name: "a.example.zone", Old: []byte(soaLine)}}) // the first is what it was
	if got := ask(n, "www.a.example"); got != "2: 192.0.2.1" || f.reads != 1 {
		t.Errorf("%s after %d reads", got, f.reads)
	}
}

// A run that is over reads nothing more.
func TestNeighboursCancelled(t *testing.T) {
	n := beside(t, map[string]string{"a.example.zone": soaLine}, "", masterfile.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	n.ctx = ctx
	cancel()
	if got := ask(n, "www.a.example"); got != "2: context canceled" {
		t.Error(got)
	}
}

// 20,000 zones that all ask for the same few names outside pay for a map.
func BenchmarkNeighbours(b *testing.B) {
	targets := make([]target, 20_000)
	for i := range targets {
		name := fmt.Sprintf("zones/customer-%d.example.zone", i)
		targets[i] = target{name: name, path: name}
	}
	l := &loader{}
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			newNeighbours(b.Context(), l, targets).find()
		}
	})
	n := newNeighbours(b.Context(), l, targets)
	name := zone.MustName("mx1.mail-hosting.example.net")
	b.Run("outside", func(b *testing.B) {
		for b.Loop() {
			n.Query(name, zone.TypeA)
		}
	})
}

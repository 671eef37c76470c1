//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
)

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 2000 {
		if holds() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("waited too long: %s", what)
}

// leftovers are the files that a run begins and has to finish or remove.
func leftovers(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, ".zonelint-*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func wantInterrupted(t *testing.T, err error) {
	t.Helper()
	if code := exitCode(err); code != "130" {
		t.Errorf("exit code %s, want 130", code)
	}
}

// Ctrl-C while standard input is awaited: exit 130, and no trace of the file
// that was to be written.
func TestInterruptedCheck(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		cmd := exec.Command("zonelint", "check", "-", "--format", "json:out.json")
		cmd.Dir = dir
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the output is begun", func() bool { return len(leftovers(t, dir)) > 0 })
		io.WriteString(in, "$ORIGIN example.com.\n")
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		wantInterrupted(t, cmd.Wait())
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%v: %v was left", signal, entries)
		}
	}
}

// Ctrl-C in the middle of fix --write: each file is as it was or wholly fixed.
func TestInterruptedFix(t *testing.T) {
	const zones = 2000
	dir := t.TempDir()
	name := func(i int) string { return filepath.Join(dir, fmt.Sprintf("z%04d.zone", i)) }
	text := func(i int) string {
		return fmt.Sprintf("$ORIGIN z%d.example.\n$TTL 3600\n@ IN SOA ns1.example.net. hm.example.net. 1 7200 3600 1209600 3600\n@ IN NS ns1.example.net.\n", i)
	}
	for i := range zones {
		if err := os.WriteFile(name(i), []byte(text(i)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("zonelint", "fix", "--pack", "webmo", "--write", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first file is changed", func() bool {
		b, _ := os.ReadFile(name(0))
		return string(b) != text(0)
	})
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	wantInterrupted(t, cmd.Wait())
	changed := 0
	for i := range zones {
		b, err := os.ReadFile(name(i))
		if err != nil {
			t.Fatal(err)
		}
		switch got := string(b); {
		case got == text(i):
		case strings.Contains(got, "mxsecondary.webmo.fr.") && strings.Contains(got, "smtp IN CNAME smtp.webmo.fr.\n"):
			changed++
		default:
			t.Errorf("%s is half written:\n%s", name(i), got)
		}
	}
	t.Logf("%d of %d files were changed", changed, zones)
	if changed == zones {
		t.Error("all was done before the signal came")
	}
	if l := leftovers(t, dir); len(l) > 0 {
		t.Errorf("%v was left", l)
	}
}

// Ctrl-C while the DNS is awaited.
func TestInterruptedLive(t *testing.T) {
	s := &loopback{silent: true}
	addr, stop, err := s.start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := t.TempDir()
	text := "$ORIGIN example.com.\n@ 60 SOA ns.example.net. hm.example.net. 1 2 3 4 5\n@ 60 MX 10 mx.example.net.\n"
	if err := os.WriteFile(filepath.Join(dir, "example.com.zone"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("zonelint", "check", "--resolver", addr, "--dns-timeout", "1m", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the DNS is asked", func() bool { return s.queries.Load() > 0 })
	start := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	wantInterrupted(t, cmd.Wait())
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Ctrl-C while name servers are waited for: what was made is said to be made.
func TestInterruptedWait(t *testing.T) {
	s := &loopback{silent: true}
	addr, stop, err := s.start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	api := cloudflaretest.New(t)
	api.AddZone("shop.example", cloudflaretest.Record{"name": "@", "type": "MX", "content": "mx.example.net", "priority": 10})
	env := append(os.Environ(), "CLOUDFLARE_API_TOKEN="+cloudflaretest.GoodToken, "CLOUDFLARE_BASE_URL="+api.URL, "XDG_STATE_HOME="+t.TempDir())
	plan := filepath.Join(t.TempDir(), "plan.json")
	cmd := exec.Command("zonelint", "fix", "--provider", "cloudflare", "--plan-out", plan, "--pack", "webmo", "--select", "pack-record-missing", "shop.example")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); exitCode(err) != "1" {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd = exec.Command("zonelint", "fix", "--provider", "cloudflare", "--plan", plan, "--yes", "--wait", "--resolver", addr, "--dns-timeout", "1m")
	cmd.Env = env
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the name servers are looked for", func() bool { return api.Writes() == 1 && s.queries.Load() > 0 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	wantInterrupted(t, cmd.Wait())
	for _, text := range []string{"changes made", "zonelint rollback ", "shop.example.: no longer waiting; the change itself is made."} {
		if !strings.Contains(said.String(), text) {
			t.Errorf("%q is not among\n%s", text, said.String())
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// mover moves the zone from one mail host to another with the whole program, as
// the script of the servers does.
type mover struct {
	*testing.T
	*liveServer
	dir      string // with host.yaml and old.yaml
	old, new []string
}

func newMover(t *testing.T, s *liveServer) *mover {
	t.Helper()
	script, err := txtar.ParseFile("../../testdata/script/servers/fix.txtar")
	if err != nil {
		t.Fatal(err)
	}
	m := &mover{T: t, liveServer: s, dir: t.TempDir()}
	for _, f := range script.Files {
		if err := os.WriteFile(filepath.Join(m.dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		switch f.Name {
		case "old.txt":
			m.old = lines
		case "moved.txt":
			m.new = lines
		}
	}
	slices.Sort(m.old)
	slices.Sort(m.new)
	if len(m.old) == 0 || len(m.new) == 0 {
		t.Fatal("the script has no old.txt or moved.txt")
	}
	return m
}

// command is zonelint with journals in a folder.
func (m *mover) command(state string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command("zonelint", args...)
	cmd.Dir, cmd.Env = m.dir, append(append(os.Environ(), m.env...), "XDG_STATE_HOME="+state)
	said := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = said, said
	return cmd, said
}

func (m *mover) move(state string) (*exec.Cmd, *bytes.Buffer) {
	return m.command(state, "fix", "--provider", m.provider, "--from", "old.yaml", "--pack", "host.yaml", "--unsafe", "--yes", "example.com")
}

// holds compares the zone with one.
func (m *mover) holds(want []string) bool {
	m.Helper()
	got, err := m.records()
	if err != nil {
		m.Fatal(err)
	}
	return slices.Equal(got, want)
}

// start gives the zone the records from before the move.
func (m *mover) start() {
	m.Helper()
	m.gate.set(nil)
	if err := m.set(m.old); err != nil {
		m.Fatal(err)
	}
	if !m.holds(m.old) {
		m.Fatal("the zone is not what it was set to")
	}
	m.gate.set(nil)
}

// watch reads the zone until it is stopped: it never is without MX or SPF record,
// and has never two SPF records.
func (m *mover) watch() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case <-time.After(time.Millisecond):
			}
			got, err := m.records()
			text := strings.Join(got, "\n")
			if spf := strings.Count(text, `TXT "v=spf1 `); err != nil || spf != 1 || !strings.Contains(text, "example.com. 300 IN MX ") {
				m.Errorf("for a moment the zone had\n%s\n%v", text, err)
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}

// TestKilledFix kills the program at each of its requests, before the server has
// it and after: the zone is the old one or the new one, unless a change takes
// several writes, a second run completes the move, and the journal, if there is
// one, leads back. Mail never stops.
func TestKilledFix(t *testing.T) {
	for _, k := range liveServers {
		t.Run(k.name, func(t *testing.T) {
			m := newMover(t, k.start(t))
			m.start()
			var writes sync.Map // the requests that are
			m.gate.set(func(request int, write, _ bool) bool {
				if write {
					writes.Store(request, true)
				}
				return false
			})
			cmd, said := m.move(t.TempDir())
			if err := cmd.Run(); err != nil || !m.holds(m.new) {
				t.Fatalf("%v\n%s", err, said)
			}
			requests := m.gate.count()
			if requests < 3 {
				t.Fatalf("%d requests", requests)
			}
			for n := 1; n <= requests; n++ {
				_, writes := writes.Load(n)
				for _, made := range []bool{false, true} {
					for _, back := range []bool{false, true} {
						if testing.Short() && n != requests-1 || made && !writes {
							continue // to be killed after a reading is to be killed before the next request
						}
						t.Run(fmt.Sprintf("request %d of %d, made %v, back %v", n, requests, made, back), func(t *testing.T) {
							m := *m
							m.T = t
							m.killedAt(n, made, back)
						})
					}
				}
			}
		})
	}
}

func (m *mover) killedAt(n int, made, back bool) {
	m.start()
	stop := m.watch()
	defer stop()
	state := m.TempDir()
	cmd, said := m.move(state)
	started, dead := make(chan struct{}), make(chan struct{})
	var once sync.Once
	wrote := false
	m.gate.set(func(request int, write, answered bool) bool {
		if request != n || answered != made {
			return false
		}
		once.Do(func() {
			<-started
			wrote = write && answered
			_ = cmd.Process.Kill()
			<-dead
		})
		return true
	})
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	close(started)
	err := cmd.Wait()
	close(dead)
	if err == nil {
		m.Fatalf("it was not killed\n%s", said)
	}
	once.Do(func() { m.Errorf("it ended by itself\n%s", said) }) // and waits for the hook
	m.gate.set(nil)
	journals, _ := filepath.Glob(filepath.Join(state, "zonelint", "*Z.json"))
	isOld, isNew := m.holds(m.old), m.holds(m.new)
	if len(journals) > 1 || !isOld && len(journals) == 0 {
		m.Fatalf("%d journals", len(journals))
	}
	if !m.stepwise && (isOld == isNew || wrote && !isNew) || isOld && isNew {
		m.Fatalf("old is %v, new is %v, %d journals", isOld, isNew, len(journals))
	}
	want := m.new
	if back {
		want = m.old
		for _, j := range journals {
			cmd, said = m.command(state, "rollback", "--yes", j)
			if err := cmd.Run(); err != nil {
				m.Fatalf("%v\n%s", err, said)
			}
		}
	} else {
		cmd, said = m.move(state)
		if err := cmd.Run(); err != nil {
			m.Fatalf("again: %v\n%s", err, said)
		}
	}
	if !m.holds(want) {
		got, _ := m.records()
		m.Errorf("the zone is\n%s", strings.Join(got, "\n"))
	}
	m.leaksNothing(said.String(), state)
}

// leaksNothing looks for the credentials in what was said and written down.
func (m *mover) leaksNothing(said, state string) {
	m.Helper()
	m.noSecret(m, "the output", said)
	files, err := filepath.Glob(filepath.Join(state, "zonelint", "*"))
	if err != nil {
		m.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			m.Fatal(err)
		}
		m.noSecret(m, f, string(b))
	}
}

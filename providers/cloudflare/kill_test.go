package cloudflare_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
)

// The environment of a process that applies a plan and is killed on the way.
const (
	victimURL  = "ZONELINT_TEST_VICTIM_URL"
	victimPlan = "ZONELINT_TEST_VICTIM_PLAN"
)

// TestVictim is that process, not a test.
func TestVictim(t *testing.T) {
	if os.Getenv(victimURL) == "" {
		t.Skip("runs as a process of TestKilled")
	}
	b, err := cloudflare.New(cloudflare.Options{Token: cloudflaretest.GoodToken, BaseURL: os.Getenv(victimURL)})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(os.Getenv(victimPlan))
	if err != nil {
		t.Fatal(err)
	}
	var p providers.Plan
	if err := json.Unmarshal(content, &p); err != nil {
		t.Fatal(err)
	}
	a := &providers.Applier{Backend: b, Dir: filepath.Dir(os.Getenv(victimPlan)), Redactor: providers.NewRedactor(cloudflaretest.GoodToken)}
	if _, err := a.Apply(context.Background(), &p); err != nil {
		t.Fatal(err)
	}
}

// A run is killed at each of its requests, before it is carried out and after:
// running again completes it, and its journal leads back.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	sc := scenarios()[1]
	for n := 1; n <= cleanRequests; n++ {
		for _, made := range []bool{false, true} {
			for _, back := range []bool{false, true} {
				t.Run(fmt.Sprintf("request %d, made %v, back %v", n, made, back), func(t *testing.T) {
					s := begin(t, sc, 10*time.Second)
					p := s.plan()
					s.kill(p, n, made)
					s.untouched(p)
					if back {
						s.wayBack()
					} else if rep, err := s.applier().Apply(context.Background(), s.plan()); err != nil || !rep.Verified || !s.finished() {
						t.Errorf("again: %v", err)
					}
					s.untouched(p)
					s.secrets(nil)
					if v := s.srv.Violations(); len(v) > 0 {
						t.Error(v)
					}
				})
			}
		}
	}
}

// kill applies the plan in a process that does not survive its nth request.
func (s *setting) kill(p *providers.Plan, n int, made bool) {
	s.Helper()
	content, err := json.Marshal(p)
	if err != nil {
		s.Fatal(err)
	}
	file := filepath.Join(s.dir, "plan")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		s.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victimURL+"="+s.srv.URL, victimPlan+"="+file)
	started, killed := make(chan struct{}), make(chan error, 1)
	s.srv.FailRequest(len(s.srv.Requests())+n, cloudflaretest.Fault{Made: made, Drop: true, After: func() {
		<-started
		killed <- cmd.Process.Kill()
	}})
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	close(started)
	if err := cmd.Wait(); err == nil || ctx.Err() != nil {
		s.Fatalf("the process ended with %v", err)
	}
	if err := <-killed; err != nil {
		s.Fatal(err)
	}
}

// wayBack undoes the run by its journal, if it had come so far as to have one.
func (s *setting) wayBack() {
	s.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "*.json"))
	if err != nil {
		s.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, ".zone.json") {
			continue
		}
		j, err := providers.LoadJournal(f)
		if err != nil {
			s.Fatal(err)
		}
		p, err := s.applier().Rollback(context.Background(), j)
		if err != nil {
			s.Fatal(err)
		}
		if _, err := s.applier().Apply(context.Background(), p); err != nil {
			s.Error(err)
		}
	}
	if d := cmp.Diff(withoutIDs(s.start), withoutIDs(s.zone.Records())); d != "" {
		s.Errorf("after the way back (-before +after)\n%s", d)
	}
}

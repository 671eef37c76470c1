package providers_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

func TestRedactor(t *testing.T) {
	const secret = `p"ss/w&rd+tok en<`
	r := providers.NewRedactor(secret, "abc", "", "other-secret")
	for _, s := range []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), `p\"ss/w\u0026rd+tok en\u003c`,
		base64.StdEncoding.EncodeToString([]byte(secret)), "other-secret", fmt.Sprintf("%q", "other-secret"),
	} {
		text := "GET https://api.example/?k=" + s + ": 403"
		if got := r.Text(text); strings.Contains(got, s) || !strings.Contains(got, "[redacted]") || !strings.HasSuffix(got, ": 403") {
			t.Errorf("%q gives %q", text, got)
		}
		if !r.Holds([]byte(text)) {
			t.Errorf("%q is not seen to hold it", text)
		}
	}
	if got := r.Text("abc is a word"); got != "abc is a word" || r.Holds([]byte(got)) {
		t.Errorf("a short value: %q", got)
	}
	inner := &providers.RetryError{After: time.Minute, Err: errors.New(secret)}
	err := r.Error(fmt.Errorf("zone: %w: %w", inner, context.DeadlineExceeded))
	if strings.Contains(err.Error(), secret) || !errors.Is(err, providers.ErrRateLimited) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	var retry *providers.RetryError
	if !errors.As(err, &retry) || retry.After != time.Minute || strings.Contains(retry.Error(), secret) || strings.Contains(fmt.Sprintf("%v %+v", retry, retry.Err), secret) {
		t.Errorf("retry %v", retry)
	}
	var none *providers.Redactor
	if none.Text(secret) != secret || none.Holds([]byte(secret)) || none.Error(inner) != error(inner) || r.Error(nil) != nil {
		t.Error("no redactor, no error")
	}
}

// A record that holds a credential is not written down, and so not changed.
func TestCredentialInRecord(t *testing.T) {
	const secret = "s3cr3t-token"
	f := providertest.NewFake(example, providers.Capabilities{}, recs(t, `x 300 TXT "`+secret+`"`)...)
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Redactor: providers.NewRedactor(secret), Waits: waits}
	p, err := plan(t, f, func(_ tb, z *zone.Zone) zone.ChangeSet { return zone.ChangeSet{zone.Add(rec(t, "a 300 A 192.0.2.1"))} })
	if err != nil {
		t.Fatal(err)
	}
	if rep, err := a.Apply(t.Context(), p); !errors.Is(err, providers.ErrGuard) || rep != nil || f.Writes() > 0 || strings.Contains(err.Error(), secret) {
		t.Errorf("%v %v", rep, err)
	}
}

func TestProvider(t *testing.T) {
	const secret = "s3cr3t-token"
	p := &providers.Provider{
		Name: "fake", Title: "Fake",
		Variables: []providers.Variable{{Name: "FAKE_TOKEN", Use: "an API token", Secret: true}, {Name: "FAKE_REGION", Use: "a region", Optional: true}},
		Open: func(env func(string) string) (providers.Backend, error) {
			if env("FAKE_REGION") == "x" {
				return nil, errors.New("bad region for " + env("FAKE_TOKEN"))
			}
			return &providertest.Fake{Fault: providertest.Unauthorize, At: 1, Secret: env("FAKE_TOKEN")}, nil
		},
	}
	vars := map[string]string{}
	env := func(name string) string { return vars[name] }
	if _, _, err := p.Backend(env); !errors.Is(err, providers.ErrUnauthorized) || !strings.Contains(err.Error(), "FAKE_TOKEN is not set (an API token)") {
		t.Errorf("without a token: %v", err)
	}
	vars["FAKE_TOKEN"] = secret
	b, r, err := p.Backend(env)
	if err != nil || !r.Holds([]byte(secret)) {
		t.Fatal(err)
	}
	if _, err := b.Zones(t.Context()); !errors.Is(err, providers.ErrUnauthorized) || strings.Contains(err.Error(), secret) {
		t.Errorf("zones: %v", err)
	}
	vars["FAKE_REGION"] = "x"
	if _, _, err := p.Backend(env); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a bad region: %v", err)
	}
}

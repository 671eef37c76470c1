package cloudflare_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
	"github.com/zonelint/zonelint/zone"
)

// oneLine checks what is shown for an error.
func oneLine(t *testing.T, err error, token string, want ...string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	if strings.Contains(err.Error(), token) {
		t.Errorf("the token is in %q", err)
	}
	if strings.ContainsAny(err.Error(), "\n\r\x1b") {
		t.Errorf("more than a line: %q", err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q lacks %q", err, w)
		}
	}
}

func TestTokens(t *testing.T) {
	const token = "Token000000000000000000000000000000000000"
	for _, tc := range []struct {
		name        string
		token       *cloudflaretest.Token // nil is not known
		read, write []string              // in the error; nil if there is none
		is          error
	}{
		{"good", &cloudflaretest.Token{}, nil, nil, nil},
		{"wrong", nil, []string{"does not accept the token in CLOUDFLARE_API_TOKEN", "dash.cloudflare.com"}, nil, providers.ErrUnauthorized},
		{"expired", &cloudflaretest.Token{Status: "expired"}, []string{"expired on 2026-01-01"}, nil, providers.ErrUnauthorized},
		{"disabled", &cloudflaretest.Token{Status: "disabled"}, []string{"is disabled"}, nil, providers.ErrUnauthorized},
		{"may not read", &cloudflaretest.Token{NoRead: true}, []string{"may not read the DNS records of example.com.", "Zone: DNS: Edit"}, nil, providers.ErrUnauthorized},
		{"may not write", &cloudflaretest.Token{ReadOnly: true}, nil, []string{"may not change the DNS records of example.com.", "Zone: DNS: Edit"}, providers.ErrUnauthorized},
		{"another zone", &cloudflaretest.Token{Zones: []string{"other.example"}}, []string{"does not see example.com., but other.example."}, nil, providers.ErrNoZone},
		{"no zones", &cloudflaretest.Token{NoZone: true}, []string{"does not see example.com.", "Zone: Zone: Read"}, nil, providers.ErrNoZone},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := cloudflaretest.New(t)
			z := srv.AddZone("example.com", object{"type": "TXT", "name": "@", "content": `"v=spf1 -all"`})
			srv.AddZone("other.example")
			if tc.token != nil {
				srv.AddToken(token, *tc.token)
			}
			b := open(t, srv, token)
			s, err := b.Snapshot(context.Background(), example)
			if tc.read != nil {
				oneLine(t, err, token, tc.read...)
				if !errors.Is(err, tc.is) {
					t.Errorf("%v is not %v", err, tc.is)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			before := z.Records()
			err = b.Apply(context.Background(), example, providers.Step{Ops: []providers.Op{{Kind: providers.Delete, Old: s.Items[0]}}})
			if tc.write == nil {
				if err != nil || len(z.Records()) != 0 {
					t.Errorf("%v, %v", err, z.Records())
				}
				return
			}
			oneLine(t, err, token, tc.write...)
			if !errors.Is(err, tc.is) || len(z.Records()) != len(before) {
				t.Errorf("%v is not %v, or something was written", err, tc.is)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	const good = cloudflaretest.GoodToken
	for _, tc := range []struct{ token, base, want string }{
		{"", "", "is not set"},
		{"Bearer abcdefghijklmnopqrstuvwxyz", "", "Bearer"},
		{"abc def", "", "blank"},
		{"abcdef\n", "", "blank"},
		{good, "http://api.example/client/v4", "in the clear"},
		{good, "api.example", "not a URL"},
		{good, "https://user:pass@api.example", "not a URL"},
		{good, "https://api.example/x", ""},
		{good, "http://127.0.0.1:8080", ""},
		{good, "http://[::1]:8080", ""},
		{good, "http://localhost:8080", ""},
		{good, "", ""},
	} {
		_, err := cloudflare.New(cloudflare.Options{Token: tc.token, BaseURL: tc.base})
		if tc.want == "" {
			if err != nil {
				t.Errorf("%q: %v", tc.base, err)
			}
			continue
		}
		oneLine(t, err, "abcdef", tc.want)
	}
}

func TestProviderOpens(t *testing.T) {
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com")
	env := map[string]string{"CLOUDFLARE_API_TOKEN": cloudflaretest.GoodToken, "CLOUDFLARE_BASE_URL": srv.URL + "/"}
	b, _, err := cloudflare.Provider().Backend(func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if zs, err := b.Zones(context.Background()); err != nil || len(zs) != 1 || zs[0] != zone.MustName("example.com") {
		t.Errorf("%v, %v", zs, err)
	}
	delete(env, "CLOUDFLARE_API_TOKEN")
	if _, _, err := cloudflare.Provider().Backend(func(k string) string { return env[k] }); !errors.Is(err, providers.ErrUnauthorized) {
		t.Errorf("no token: %v", err)
	}
}

// A token of another form than tokens have, and a key that is no token.
func TestTokensOfTheWrongForm(t *testing.T) {
	srv := cloudflaretest.New(t)
	srv.AddZone("example.com")
	for token, want := range map[string]string{
		"short":                            "does not accept the token",
		strings.Repeat("0a", 18) + "0":     "Global API Key",
		"cfat_" + strings.Repeat("Zx", 20): "Account API Tokens",
	} {
		_, err := open(t, srv, token).Snapshot(context.Background(), example)
		oneLine(t, err, token, want)
		if !errors.Is(err, providers.ErrUnauthorized) {
			t.Errorf("%s: %v", token, err)
		}
	}
}

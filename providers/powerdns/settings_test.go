package powerdns_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/powerdns"
)

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		url, key string
		says     string // "" is no error
	}{
		{"http://127.0.0.1:8081", "k3y-secret", ""},
		{"http://127.0.0.1:8081/api/v1/", "k3y-secret", ""},
		{"http://[::1]:8081", "k3y-secret", ""},
		{"http://10.1.2.3:8081", "k3y-secret", ""},
		{"http://pdns:8081", "k3y-secret", ""},
		{"http://pdns.dns.svc.cluster.local:8081/", "k3y-secret", ""},
		{"https://dns.example.com/pdns", "k3y secret", ""},
		{"http://dns.example.com", "k3y-secret", "in the clear"},
		{"http://192.0.2.1:8081", "k3y-secret", "in the clear"},
		{"http://example.internal.com", "k3y-secret", "in the clear"},
		{"127.0.0.1:8081", "k3y-secret", "is not a URL"},
		{"ftp://127.0.0.1", "k3y-secret", "is not a URL"},
		{"http://user:k3y-secret@127.0.0.1", "k3y-secret", "is not a URL"},
		{"http://127.0.0.1?a=b", "k3y-secret", "is not a URL"},
		{"http://127.0.0.1", "k3y-secret\n", "blank at an end"},
		{"http://127.0.0.1", "$scrypt$ln=10,p=1,r=8$k3y-secret", "is the hash"},
		{"", "k3y-secret", "PDNS_API_URL is not set"},
		{"http://127.0.0.1", "", "PDNS_API_KEY is not set"},
	} {
		env := map[string]string{powerdns.URLVariable: c.url, powerdns.KeyVariable: c.key}
		_, _, err := powerdns.Provider().Backend(func(name string) string { return env[name] })
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.url, err, c.says)
		}
		if err != nil && strings.Contains(err.Error(), "k3y-secret") {
			t.Errorf("the key is in %v", err)
		}
		if c.key == "" && !errors.Is(err, providers.ErrUnauthorized) {
			t.Errorf("%v", err)
		}
	}
}

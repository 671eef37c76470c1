package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseResolver(t *testing.T) {
	for s, want := range map[string]string{
		"192.0.2.1":             "192.0.2.1:53",
		"192.0.2.1:5353":        "192.0.2.1:5353",
		"2001:db8::1":           "[2001:db8::1]:53",
		"[2001:db8::1]:5353":    "[2001:db8::1]:5353",
		"fe80::1%eth0":          "[fe80::1%eth0]:53",
		"":                      "not an IP address",
		"localhost":             "not an IP address",
		"192.0.2.1:domain":      "not an IP address",
		"192.0.2.256":           "not an IP address",
		"[2001:db8::1]":         "[2001:db8::1]:53",
		"192.0.2.1:0":           "the port is not a number from 1 to 65535",
		"192.0.2.1:65536":       "not an IP address",
		"192.0.2.1,192.0.2.2":   "not an IP address",
		"https://192.0.2.1/dns": "not an IP address",
	} {
		a, err := parseResolver(s)
		got := a.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestSystemResolvers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	for text, want := range map[string]string{
		"# none\nsearch example.com\n": "[127.0.0.1:53]",
		"nameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n": "[192.0.2.1:53 [2001:db8::1]:53 192.0.2.3:53]",
		"nameserver dns.example\nnameserver 192.0.2.1\n":                                             "[192.0.2.1:53]",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := systemResolvers(path)
		if s := fmt.Sprint(got); s != want || err != nil {
			t.Errorf("%q: %s (%v), want %s", text, s, err, want)
		}
	}
	if _, err := systemResolvers(path + ".gone"); err == nil || !strings.Contains(err.Error(), ".gone: no such file") {
		t.Errorf("error %v", err)
	}
}

// Without the flags there is nobody who could ask the DNS.
func TestOffline(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("example.com.zone", []byte(soaLine+"@ 60 MX 10 mx.invalid.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args string
		dns  bool
	}{
		{"check .", false},
		{"check --zonedata example.com.zone .", false},
		{"check --live=false .", false},
		{"fix .", false},
		{"check --resolver 127.0.0.1:1 --dns-timeout 10ms .", true},
		{"fix --resolver 127.0.0.1:1 --dns-timeout 10ms .", true},
	} {
		a := &app{Streams: Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}}
		a.run(t.Context(), append([]string{"zonelint"}, strings.Fields(tt.args)...))
		if (a.dns != nil) != tt.dns {
			t.Errorf("%s: the DNS is asked: %v", tt.args, a.dns != nil)
		}
	}
}

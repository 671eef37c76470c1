package transport

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

const (
	hash  = "2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4"
	owner = "_25._tcp.mail IN TLSA "
)

func TestTLSAFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		changes, left []string
	}{
		{"usage 1", owner + "1 1 1 " + hash, []string{
			"-_25._tcp.mail.example.com. 3600 IN TLSA 1 1 1 " + hash,
			"+_25._tcp.mail.example.com. 3600 IN TLSA 3 1 1 " + hash,
		}, nil},
		{
			"usage 1 beside 3", owner + "1 1 1 " + hash + "\n" + owner + "3 1 1 " + hash,
			[]string{"-_25._tcp.mail.example.com. 3600 IN TLSA 1 1 1 " + hash},
			nil,
		},
		{"usage 0", owner + "0 1 1 " + hash, nil, []string{"tlsa-smtp-choice"}},
		{"another port", "_465._tcp.mail IN TLSA 1 1 1 " + hash, nil, nil},
		{"length", owner + "3 1 1 00", nil, []string{"tlsa-len"}},
		{"no data", owner + `\# 3 030100`, nil, []string{"tlsa-len"}},
		{"too short", owner + `\# 2 0301`, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+c.zone+"\n", Rules(), rules.Unsafe)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

package cli

import "testing"

func TestLooksLikeZone(t *testing.T) {
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"$ORIGIN example.com.\n", true},
		{"; a comment\n\n$TTL 1h\n@ IN SOA ns hm ( 1 2 3 4 5 )\n", true},
		{"\ufeff$origin example.com.\n", true},
		{"example.com. 3600 IN SOA ns hm 1 2 3 4 5\n", true},
		{"@\tIN 1h\tsoa ns hm (\n", true},
		{"@ SOA ns hm (\r\n", true},
		{"@ SOA ( ns hm 1\n", true},
		{"@ NS ns\n@ SOA ns hm 1 2 3 4 5\n", true},
		{"$TTL 1h\nwww A 192.0.2.1\n", false},                 // part of a zone at best
		{"# Zones\n\n$ORIGIN example.com.\n", false},          // a document
		{"The SOA record names the primary server\n", false},  // prose
		{"#!/bin/sh\necho '@ IN SOA a b 1 2 3 4 5'\n", false}, // a script
		{"zones:\n  - $ORIGIN example.com.\n", false},         // YAML
		{"$ORIGIN\n", false},                                  // no origin
		{"$ORIGIN example.com.\n\x00", false},                 // binary
		{"", false},
	} {
		if got := looksLikeZone([]byte(tt.text)); got != tt.want {
			t.Errorf("%q: %v", tt.text, got)
		}
	}
}

func TestZoneName(t *testing.T) {
	for name, want := range map[string][2]bool{
		"example.com.zone": {true, true}, "EXAMPLE.ZONE": {true, true}, "example.db": {true, true}, "db.example.com": {true, true},
		"example.hosts": {true, true}, "example.com": {true, false}, "README.md": {true, false},
		"db.example.com~": {false, false}, "example.com.zone.bak": {false, false}, "db.example.com.jnl": {false, false},
	} {
		may, sure := zoneName(name)
		if may != want[0] || sure != want[1] {
			t.Errorf("%s: %v, %v", name, may, sure)
		}
	}
}

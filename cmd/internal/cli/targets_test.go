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
	for name, want := range map[string]guess{
		"example.com.zone": surelyZone, "EXAMPLE.ZONE": surelyZone,
		"example.db": likeZone, "db.example.com": likeZone, "example.hosts": likeZone,
		"example.com": maybeZone, "README.md": maybeZone, "DB.pl": maybeZone,
		"db.example.com~": noZone, "example.com.zone.bak": noZone, "db.example.com.jnl": noZone,
	} {
		if got := zoneName(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestLooksLikeMarkup(t *testing.T) {
	for text, want := range map[string]bool{
		"<?xml version=\"1.0\"?>": true, "\ufeff\n <html>": true, "{}": true, "[1]": true,
		"$TTL 1\n": false, "; <x>\n": false, "": false, "\tA 192.0.2.1": false,
	} {
		if got := looksLikeMarkup([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

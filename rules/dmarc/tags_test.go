package dmarc

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// What can be said by the ABNF of dmarc-fo, in capitals too; all else that the
// letters can be put together to is not valid.
func TestValidOptions(t *testing.T) {
	valid := map[string]bool{}
	for _, s := range strings.Fields("0 1 d s 0:d 0:s 1:d 1:s d:0 d:1 s:0 s:1 d:s s:d " +
		"0:d:s 0:s:d 1:d:s 1:s:d d:0:s s:0:d d:1:s s:1:d d:s:0 d:s:1 s:d:0 s:d:1 D 1:S") {
		valid[s] = true
	}
	all := []string{""}
	for n := 0; n < len(all) && len(all[n]) < 7; n++ {
		for _, c := range "01dsDS:x " {
			if s := all[n] + string(c); len(s) < 6 || strings.Count(s, ":") > 1 {
				all = append(all, s)
			}
		}
		if len(all) > 200000 {
			break
		}
	}
	for _, s := range all {
		lower := strings.ToLower(s)
		if got, want := validOptions(s), valid[lower] || valid[s]; got != want {
			t.Fatalf("%q: got %v", s, got)
		}
	}
	for s := range valid {
		if !validOptions(s) {
			t.Errorf("%q is valid", s)
		}
	}
	for _, s := range []string{"0:1", "1:d:d", "1:", ":1", "1:d:s:0", "\x10", "\x11", "2"} {
		if validOptions(s) {
			t.Errorf("%q is not valid", s)
		}
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		uri      string
		verdict  verdict
		repaired string
	}{
		{"mailto:a@example.com", goodURI, ""},
		{"MAILTO:a%21b@example.com?subject=x", goodURI, ""},
		{"", emptyItem, ""},
		{"a@example.com", noScheme, "mailto:a@example.com"},
		{`"a@example.com"`, noScheme, "mailto:a@example.com"},
		{"a@example.com!10m", noScheme, "mailto:a@example.com"},
		{"mail:a@example.com", badScheme, "mailto:a@example.com"},
		{"email:a@example.com!5m", badScheme, "mailto:a@example.com"},
		{"mailto=a@example.com", badScheme, "mailto:a@example.com"},
		{"https://example.com/a@b.c", webScheme, ""},
		{"xmpp:a@example.com", webScheme, ""},
		{"mailto://a@example.com", slashes, "mailto:a@example.com"},
		{"mailto://", garbled, ""},
		{"mailto:<a@example.com>", garbled, "mailto:a@example.com"},
		{"mailto:a@example.com!", badSize, "mailto:a@example.com"},
		{"mailto:a@example.com!10 mb", blanks, ""},
		{"mailto:a@example.com!10mb", badSize, "mailto:a@example.com"},
		{"mailto:a!b@example.com", badSize, ""},
		{"mailto:a@example.com!10m", sized, "mailto:a@example.com"},
		{"mailto: a@example.com", blanks, "mailto:a@example.com"},
		{"mailto:a@example.com b@example.com", blanks, "mailto:a@example.com,mailto:b@example.com"},
		{"mailto:a@example.com or nobody", blanks, ""},
		{"a@localhost", garbled, ""},
		{"mailto:", garbled, ""},
		{"none", garbled, ""},
		{"a@b@example.com", garbled, ""},
		{"é@example.com", garbled, ""},
	} {
		v, repaired := judge(c.uri)
		if v != c.verdict || repaired != c.repaired {
			t.Errorf("%q: got %d, %q; want %d, %q", c.uri, v, repaired, c.verdict, c.repaired)
		}
	}
}

// What a repaired URI is, is good.
func FuzzJudge(f *testing.F) {
	for _, s := range []string{"a@example.com", "mailto: a@b.c d@e.f", "mail=a@b.c", "mailto:a@b.c!5mb", "mailto://a@b.c", "<a@b.c>!"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, ",") {
			return
		}
		v, repaired := judge(s)
		readable := v == goodURI || v == webScheme || v == slashes || v == sized
		if ValidURI(s) != readable && v != badScheme {
			t.Fatalf("%q: verdict %d", s, v)
		}
		if repaired == "" {
			return
		}
		for item := range strings.SplitSeq(repaired, ",") {
			if v, _ := judge(item); v != goodURI {
				t.Fatalf("%q: repaired as %q, whose %q is %d", s, repaired, item, v)
			}
		}
	})
}

func TestTagFixes(t *testing.T) {
	for _, c := range []struct {
		name, before, after string // the text at _dmarc
		upTo                rules.Safety
		left                []string
	}{
		{"removed tags", "v=DMARC1; p=reject; pct=100; rf=afrf; ri=3600; adkim=s", "v=DMARC1; p=reject; adkim=s", rules.Safe, nil},
		{"pct of a policy of none", "v=DMARC1; p=none; pct=0", "v=DMARC1; p=none", rules.Safe, nil},
		{"pct=0", "v=DMARC1; p=reject; pct=0", "v=DMARC1; p=reject; t=y", rules.Unsafe, []string{"dmarc-test-mode"}},
		{"pct=0 is not touched by safe fixes", "v=DMARC1; p=reject; pct=0", "", rules.Safe, []string{"dmarc-removed-tag"}},
		{"pct in part", "v=DMARC1; p=reject; pct=50", "", rules.Unsafe, []string{"dmarc-removed-tag"}},
		{"pct beside t", "v=DMARC1; p=reject; pct=0; t=y", "v=DMARC1; p=reject; t=y", rules.Unsafe, []string{"dmarc-test-mode"}},
		{"pct beside an empty t", "v=DMARC1; p=reject; pct=0; t=", "", rules.Unsafe, []string{"dmarc-removed-tag", "dmarc-syntax"}},
		{"order", "v=DMARC1;rua=mailto:a@example.com; P = reject;sp=reject", "v=DMARC1; P = reject;rua=mailto:a@example.com;sp=reject", rules.Safe, nil},
		{"order, last", "v=DMARC1; t=n; p=none", "v=DMARC1; p=none; t=n", rules.Safe, nil},
		{"unknown tag", "v=DMARC1; p=none; rau=mailto:a@example.com; adkm=s", "v=DMARC1; p=none; rua=mailto:a@example.com; adkim=s", rules.Unsafe, nil},
		{"unknown tag of another value", "v=DMARC1; p=none; rau=a@example.com", "", rules.Unsafe, []string{"dmarc-unknown-tag"}},
		{"letters", "v=DMARC1; p=none; adkim=relaxed; aspf='s'; t=no", "v=DMARC1; p=none; adkim=r; aspf=s; t=n", rules.Safe, nil},
		{"letters that change what is done", "v=DMARC1; p=none; adkim=strict", "", rules.Safe, []string{"dmarc-align-invalid"}},
		{"letters changed", "v=DMARC1; p=none; adkim=strict; psd=no", "v=DMARC1; p=none; adkim=s; psd=n", rules.Unsafe, nil},
		{"options", "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=0:1:D", "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=1:d", rules.Safe, nil},
		{"options unknown", "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=all", "", rules.Unsafe, []string{"dmarc-fo-invalid"}},
		{"options without ruf", "v=DMARC1; p=none; fo=1", "v=DMARC1; p=none", rules.Unsafe, nil},
		{"addresses", "v=DMARC1; p=none; rua=a@example.com,malito:b@example.com; ruf=c@example.com", "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com; ruf=mailto:c@example.com", rules.Safe, nil},
		{"an address without policy", "v=DMARC1; sp=reject; rua=a@example.com", "", rules.Safe, []string{"dmarc-p-missing-no-rua", "dmarc-uri-scheme"}},
		{"lists", "v=DMARC1; p=none; rua=,mailto:a@example.com b@example.com,, mailto: c@example.com ,", "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com, mailto:c@example.com", rules.Safe, nil},
		{"sizes", "v=DMARC1; p=none; rua=mailto:a@example.com!10m, mailto:b@example.com!5", "v=DMARC1; p=none; rua=mailto:a@example.com, mailto:b@example.com", rules.Safe, nil},
		{"web", "v=DMARC1; p=none; rua=https://example.com", "", rules.Unsafe, []string{"dmarc-uri-scheme"}},
		{"all at once", " v=dmarc1 rua=a@example.com!10m; p=Reject; pct=100;; adkim=relaxed", "v=DMARC1; p=Reject; rua=mailto:a@example.com; adkim=r", rules.Safe, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, header+"_dmarc IN TXT \""+c.before+"\"\n", Rules(), c.upTo)
			var want []string
			if c.after != "" {
				want = []string{`-_dmarc.example.com. 3600 IN TXT "` + c.before + `"`, `+_dmarc.example.com. 3600 IN TXT "` + c.after + `"`}
			}
			if !slices.Equal(changes, want) {
				t.Errorf("changes:\n got %q\nwant %q", changes, want)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func TestZoneFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		changes, left []string
	}{
		{
			"ignored below", "_dmarc IN TXT \"v=DMARC1; p=none\"\n_dmarc.a IN TXT \"v=DMARC1; p=none; sp=reject; np=reject\"",
			[]string{`-_dmarc.a.example.com. 3600 IN TXT "v=DMARC1; p=none; sp=reject; np=reject"`, `+_dmarc.a.example.com. 3600 IN TXT "v=DMARC1; p=none"`},
			nil,
		},
		{"not ignored without a record above", "_dmarc.a IN TXT \"v=DMARC1; p=none; sp=reject\"", nil, nil},
		{"not ignored if two are above", "_dmarc IN TXT \"v=DMARC1; p=none\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"\n_dmarc.a IN TXT \"v=DMARC1; p=none; sp=reject\"", nil, []string{"dmarc-multiple"}},
		{
			"SPF twice", "@ IN TXT \"v=spf1 -all\"\n_dmarc IN TXT \"v=spf1 -all\"\n_dmarc IN TXT \"v=DMARC1; p=reject\"",
			[]string{`-_dmarc.example.com. 3600 IN TXT "v=spf1 -all"`},
			nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, header+c.zone+"\n", Rules(), rules.Unsafe)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

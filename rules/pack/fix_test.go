package pack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone/masterfile"
)

const (
	head = `$ORIGIN example.com.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1.example.net.
`
	goodMX      = "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n"
	goodSPF     = "@ IN TXT \"v=spf1 a mx include:spf.webmo.fr ~all\"\n"
	goodDMARC   = "_dmarc IN TXT \"v=DMARC1; p=none\"\n"
	goodRecords = "autoconfig IN CNAME autoconfig.webmo.fr.\npop IN CNAME pop.webmo.fr.\n" +
		"imap IN CNAME imap.webmo.fr.\nsmtp IN CNAME smtp.webmo.fr.\n"
)

func TestFixes(t *testing.T) {
	tests := []struct {
		name   string
		zone   string // what stands below head
		detect bool   // instead of forcing the pack
		upTo   rules.Safety
		want   []string
		left   []string
	}{
		{
			name: "the second MX in the TTL of the first",
			zone: "@ 60 IN MX 10 mx.webmo.fr.\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Safe,
			want: []string{"+example.com. 60 IN MX 20 mxsecondary.webmo.fr."},
		},
		{
			name: "foreign MX stay without --unsafe, and nothing is put beside them",
			zone: "@ IN MX 1 aspmx.l.google.com.\n@ IN MX 5 alt1.aspmx.l.google.com.\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Safe,
			left: []string{"pack-mx-foreign"},
		},
		{
			name: "foreign MX are replaced",
			zone: "@ IN MX 1 aspmx.l.google.com.\n@ IN MX 5 alt1.aspmx.l.google.com.\n@ IN MX 5 alt2.aspmx.l.google.com. ; third\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{
				"-example.com. 3600 IN MX 1 aspmx.l.google.com.",
				"-example.com. 3600 IN MX 5 alt1.aspmx.l.google.com.",
				"-example.com. 3600 IN MX 5 alt2.aspmx.l.google.com.",
				"+example.com. 3600 IN MX 10 mx.webmo.fr.",
				"+example.com. 3600 IN MX 20 mxsecondary.webmo.fr.",
			},
		},
		{
			name: "a foreign MX goes and the missing one comes",
			zone: "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mx.example.net. ; old\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{"-example.com. 3600 IN MX 20 mx.example.net.", "+example.com. 3600 IN MX 20 mxsecondary.webmo.fr."},
		},
		{
			name: "a foreign MX goes",
			zone: "@ IN MX 5 mx.example.net.\n" + goodMX + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{"-example.com. 3600 IN MX 5 mx.example.net."},
		},
		{
			name: "the null MX is replaced",
			zone: "@ IN MX 0 .\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{"-example.com. 3600 IN MX 0 .", "+example.com. 3600 IN MX 10 mx.webmo.fr.", "+example.com. 3600 IN MX 20 mxsecondary.webmo.fr."},
		},
		{
			name: "preferences",
			zone: "@ IN MX 20 mx.webmo.fr.\n@ IN MX 10 mxsecondary.webmo.fr.\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{
				"-example.com. 3600 IN MX 20 mx.webmo.fr.", "-example.com. 3600 IN MX 10 mxsecondary.webmo.fr.",
				"+example.com. 3600 IN MX 10 mx.webmo.fr.", "+example.com. 3600 IN MX 20 mxsecondary.webmo.fr.",
			},
		},
		{
			name: "one preference",
			zone: "@ IN MX 10 mx.webmo.fr.\n@ IN MX 10 mxsecondary.webmo.fr.\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{"-example.com. 3600 IN MX 10 mxsecondary.webmo.fr.", "+example.com. 3600 IN MX 20 mxsecondary.webmo.fr."},
		},
		{
			name: "an exchange with two records is left to the rule about that",
			zone: "@ IN MX 10 mx.webmo.fr.\n@ IN MX 5 mxsecondary.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n" + goodSPF + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			left: []string{"pack-mx-preference"},
		},
		{
			name: "the include before all, where the strings are cut",
			zone: goodMX + "@ IN TXT \"v=spf1 mx \" \"~all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Safe,
			want: []string{`-example.com. 3600 IN TXT "v=spf1 mx " "~all"`, `+example.com. 3600 IN TXT "v=spf1 mx include:spf.webmo.fr " "~all"`},
		},
		{
			name: "the include before a redirect of the zone",
			zone: goodMX + "@ IN TXT \"v=spf1 a redirect=_s.example.com\"\n_s IN TXT \"v=spf1 mx -all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Safe,
			want: []string{`-example.com. 3600 IN TXT "v=spf1 a redirect=_s.example.com"`, `+example.com. 3600 IN TXT "v=spf1 a include:spf.webmo.fr redirect=_s.example.com"`},
		},
		{
			name: "the include at the end",
			zone: goodMX + "@ IN TXT \"v=spf1 a \"\n" + goodDMARC + goodRecords,
			upTo: rules.Safe,
			want: []string{`-example.com. 3600 IN TXT "v=spf1 a "`, `+example.com. 3600 IN TXT "v=spf1 a include:spf.webmo.fr "`},
		},
		{
			name: "no include over ten lookups",
			zone: goodMX + "@ IN TXT \"v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net a:h.example.net ~all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			left: []string{"pack-spf-include"},
		},
		{
			name: "an include as the tenth lookup",
			zone: goodMX + "@ IN TXT \"v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net ~all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Safe,
			want: []string{
				`-example.com. 3600 IN TXT "v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net ~all"`,
				`+example.com. 3600 IN TXT "v=spf1 a mx a:a.example.net a:b.example.net a:c.example.net a:d.example.net a:e.example.net a:f.example.net a:g.example.net include:spf.webmo.fr ~all"`,
			},
		},
		{
			name: "several SPF records are left to the rule about that",
			zone: goodMX + "@ IN TXT \"v=spf1 mx ~all\"\n@ IN TXT \"v=spf1 a ~all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			left: []string{"pack-spf-include"},
		},
		{
			name: "a qualifier is not taken away unasked",
			zone: goodMX + "@ IN TXT \"v=spf1 mx -include:spf.webmo.fr ~all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Safe,
			left: []string{"pack-spf-include"},
		},
		{
			name: "a qualifier",
			zone: goodMX + "@ IN TXT \"v=spf1 mx -include:SPF.webmo.fr ~all\"\n" + goodDMARC + goodRecords,
			upTo: rules.Unsafe,
			want: []string{`-example.com. 3600 IN TXT "v=spf1 mx -include:SPF.webmo.fr ~all"`, `+example.com. 3600 IN TXT "v=spf1 mx include:spf.webmo.fr ~all"`},
		},
		{
			name: "SPF in the TTL of the other TXT records",
			zone: goodMX + "@ 60 IN TXT \"site-verification=1\"\n" + goodDMARC + goodRecords,
			upTo: rules.Safe,
			want: []string{`+example.com. 60 IN TXT "v=spf1 mx include:spf.webmo.fr ~all"`},
		},
		{
			name: "aliases elsewhere and names with other data",
			zone: goodMX + goodSPF + goodDMARC + "autoconfig 60 IN CNAME autoconfig.example.net.\npop IN A 192.0.2.7\npop IN A 192.0.2.8\npop IN TXT \"x\"\nimap IN CNAME imap.webmo.fr.\nsmtp IN CNAME smtp.webmo.fr.\n",
			upTo: rules.Unsafe,
			want: []string{
				"-autoconfig.example.com. 60 IN CNAME autoconfig.example.net.", "+autoconfig.example.com. 60 IN CNAME autoconfig.webmo.fr.",
				"-pop.example.com. 3600 IN A 192.0.2.7", "-pop.example.com. 3600 IN A 192.0.2.8", `-pop.example.com. 3600 IN TXT "x"`,
				"+pop.example.com. 3600 IN CNAME pop.webmo.fr.",
			},
		},
		{
			name: "aliases elsewhere stay without --unsafe",
			zone: goodMX + goodSPF + goodDMARC + "autoconfig IN CNAME autoconfig.example.net.\npop IN A 192.0.2.7\n",
			upTo: rules.Safe,
			want: []string{"+imap.example.com. 3600 IN CNAME imap.webmo.fr.", "+smtp.example.com. 3600 IN CNAME smtp.webmo.fr."},
			left: []string{"pack-record-wrong", "pack-record-conflict"},
		},
		{
			name: "the host of an MX becomes an alias once the MX is gone",
			zone: "@ IN MX 10 smtp\nsmtp IN A 192.0.2.25\nautoconfig IN CNAME autoconfig.webmo.fr.\npop IN CNAME pop.webmo.fr.\nimap IN CNAME imap.webmo.fr.\n" + goodSPF + goodDMARC,
			upTo: rules.Unsafe,
			want: []string{
				"-example.com. 3600 IN MX 10 smtp.example.com.", "+example.com. 3600 IN MX 10 mx.webmo.fr.", "+example.com. 3600 IN MX 20 mxsecondary.webmo.fr.",
				"-smtp.example.com. 3600 IN A 192.0.2.25", "+smtp.example.com. 3600 IN CNAME smtp.webmo.fr.",
			},
		},
		{
			name: "a name that other records point at does not become an alias",
			zone: goodMX + goodSPF + goodDMARC + "pop IN A 192.0.2.7\n@ IN NS pop\n_imap._tcp IN SRV 0 1 143 imap\nautoconfig IN CNAME autoconfig.webmo.fr.\nsmtp IN CNAME smtp.webmo.fr.\n",
			upTo: rules.Unsafe,
			left: []string{"pack-record-missing", "pack-record-conflict"},
		},
		{
			name: "beside a wildcard alias of the zone",
			zone: goodMX + goodSPF + "* 60 IN CNAME www\nwww IN A 192.0.2.1\n" + strings.ReplaceAll(goodRecords, "pop IN", "pop.sub IN"),
			upTo: rules.Safe,
			want: []string{`+_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=none"`, "+pop.example.com. 3600 IN CNAME pop.webmo.fr."},
		},
		{
			name: "nothing is put beside an alias at _dmarc",
			zone: goodMX + goodSPF + "_dmarc IN CNAME d1\nd1 IN CNAME d2\n" + goodRecords,
			upTo: rules.Unsafe,
			left: []string{"pack-dmarc-missing"},
		},
		{
			name:   "MX are not added unasked where only SPF points at the host",
			zone:   goodSPF + goodDMARC + goodRecords,
			detect: true,
			upTo:   rules.Safe,
			left:   []string{"pack-mx-missing"},
		},
		{
			name:   "MX are added if asked where only SPF points at the host",
			zone:   goodSPF + goodDMARC + goodRecords,
			detect: true,
			upTo:   rules.Unsafe,
			want:   []string{"+example.com. 3600 IN MX 10 mx.webmo.fr.", "+example.com. 3600 IN MX 20 mxsecondary.webmo.fr."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rs := forced(t)
			if tt.detect {
				rs = detected(t)
			}
			changes, left := ruletest.Fixed(t, head+tt.zone, rs, tt.upTo)
			slices.Sort(changes)
			slices.Sort(tt.want)
			if !slices.Equal(changes, tt.want) {
				t.Errorf("changes:\n%s\nwant:\n%s", strings.Join(changes, "\n"), strings.Join(tt.want, "\n"))
			}
			slices.Sort(left)
			slices.Sort(tt.left)
			if !slices.Equal(left, tt.left) {
				t.Errorf("left %q, want %q", left, tt.left)
			}
		})
	}
}

// The records that replace others take their lines.
func TestFixedLines(t *testing.T) {
	src := head + `@ MX 1 a.example.net.
@ MX 2 b.example.net.
@ MX 3 c.example.net.
autoconfig CNAME x.example.net. ; autoconfig
@ TXT "v=spf1 mx ~all" ; spf
` + goodDMARC + `pop CNAME pop.webmo.fr.
imap CNAME imap.webmo.fr.
smtp CNAME smtp.webmo.fr.
`
	want := head + `@ MX 10 mx.webmo.fr.
@ MX 20 mxsecondary.webmo.fr.
autoconfig CNAME autoconfig.webmo.fr. ; autoconfig
@ TXT "v=spf1 mx include:spf.webmo.fr ~all" ; spf
` + goodDMARC + `pop CNAME pop.webmo.fr.
imap CNAME imap.webmo.fr.
smtp CNAME smtp.webmo.fr.
`
	z := read(t, src)
	e, err := rules.NewEngine(forced(t), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := e.Fix(z, rules.Unsafe)
	if err != nil || len(res.Left) > 0 {
		t.Fatal(err, res.Left)
	}
	files, err := masterfile.Edit(z, res.Changes)
	if err != nil || len(files) != 1 {
		t.Fatal(err, files)
	}
	if got := string(files[0].New); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

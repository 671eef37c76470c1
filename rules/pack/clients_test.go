package pack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// clientPacks are hosts with servers of each kind.
func clientPacks(t *testing.T) pack.Selector {
	t.Helper()
	var s pack.Selector
	for _, src := range []string{
		`id: here
name: Here
kind: mailbox
confidence: documented
checked: 2026-11-21
sources:
- title: a page
variables:
- {name: n, about: the number of the server}
clients:
- {protocol: imap, host: imap.here.example, port: 993, security: tls, advice: recommended}
- {protocol: pop3, host: pop.here.example, port: 995, security: tls}
- {protocol: smtp, host: smtp.here.example, port: 465, security: tls, advice: recommended}
- {protocol: smtp, host: smtp.here.example, port: 587, security: starttls}
- {protocol: imap, host: 'imap{n}.here.example', port: 993, security: tls}
- {protocol: imap, host: maybe.here.example, port: 993, security: tls, unconfirmed: true}
- {protocol: smtp, host: half.here.example, port: 465, security: tls}
- {protocol: smtp, host: half.here.example, port: 2525, security: starttls, unconfirmed: true}
- {protocol: imap, host: half.here.example, port: 1143, security: starttls, unconfirmed: true}
- {protocol: pop3, host: half.here.example, port: 110, security: none, unconfirmed: true}
- {protocol: imap, host: back.here.example, port: 993, security: tls, advice: retired}
- {protocol: imap, host: back.here.example, port: 993, security: tls, unconfirmed: true}
- {protocol: imap, host: old.here.example, port: 143, security: none, advice: retired}
`,
		`id: gone
name: Gone
kind: settings
status: closed
confidence: documented
checked: 2026-11-21
sources:
- title: a page
clients:
- {protocol: imap, host: imap.gone.example, port: 993, security: tls}
- {protocol: smtp, host: smtp.gone.example, port: 465, security: tls}
`,
		`id: plain
name: Plain
kind: settings
confidence: documented
checked: 2026-11-21
sources:
- title: a page
clients:
- {protocol: imap, host: imap.plain.example, port: 143, security: none, advice: discouraged}
- {protocol: pop3, host: both.plain.example, port: 110, security: none, advice: discouraged}
- {protocol: pop3, host: both.plain.example, port: 110, security: starttls}
`,
		`id: unsure
name: Unsure
kind: settings
confidence: memory
checked: 2026-11-21
sources:
- title: a page
clients:
- {protocol: imap, host: imap.unsure.example, port: 993, security: tls}
- {protocol: imap, host: old.unsure.example, port: 993, security: tls, advice: retired}
`,
	} {
		p, err := pack.Parse("test.yaml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		s.All = append(s.All, p)
	}
	return s
}

func TestClients(t *testing.T) {
	ruletest.Zones(t, "testdata/clients/*.zone", pack.Rules(clientPacks(t)))
}

func TestClientFixes(t *testing.T) {
	list := pack.Rules(clientPacks(t))
	for _, tt := range []struct {
		name, zone string
		want, left []string
	}{
		{
			"a port is written",
			"_imaps._tcp 60 IN SRV 3 7 9993 imap.here.example.\n",
			[]string{"-_imaps._tcp.example.com. 60 IN SRV 3 7 9993 imap.here.example.", "+_imaps._tcp.example.com. 60 IN SRV 3 7 993 imap.here.example."},
			nil,
		},
		{
			"what leads to a server that is gone is removed",
			"imap IN CNAME imap.gone.example.\n_submissions._tcp IN SRV 0 1 465 smtp.gone.example.\n",
			[]string{"-imap.example.com. 3600 IN CNAME imap.gone.example.", "-_submissions._tcp.example.com. 3600 IN SRV 0 1 465 smtp.gone.example."},
			nil,
		},
		{
			"a port without TLS is not written",
			"_imap._tcp IN SRV 0 1 1143 imap.plain.example.\n", nil,
			[]string{"pack-client-port"},
		},
		{
			"the rest is for a person",
			"_imap._tcp IN SRV 0 1 143 imap.here.example.\n_imaps._tcp IN SRV 0 1 993 smtp.here.example.\n_imap._tcp.a IN SRV 0 1 143 imap.plain.example.\n",
			nil,
			[]string{"pack-client-port", "pack-client-port", "pack-client-plain"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, head+tt.zone, list, rules.Unsafe)
			if !slices.Equal(changes, tt.want) || !slices.Equal(left, tt.left) {
				t.Errorf("changes %q, left %q", changes, left)
			}
			if safe, _ := ruletest.Fixed(t, head+tt.zone, list, rules.Safe); len(safe) > 0 {
				t.Errorf("without --unsafe: %q", safe)
			}
		})
	}
}

func TestClientMessages(t *testing.T) {
	list := pack.Rules(clientPacks(t))
	for _, tt := range []struct {
		zone, message, fix string
		level              rules.Severity
	}{
		{
			"imap IN CNAME imap.gone.example.",
			"imap.example.com. leads mail programs to imap.gone.example., a server that Gone has given up: they find nothing there, or someone else. Remove the record, or name the server that has the mailboxes now.",
			"remove imap CNAME imap.gone.example.", rules.Warning,
		},
		{
			"imap IN CNAME old.unsure.example.",
			"imap.example.com. leads mail programs to old.unsure.example., a server that Unsure has given up: they find nothing there, or someone else. Remove the record, or name the server that has the mailboxes now. (",
			"remove imap CNAME old.unsure.example.", rules.Info,
		},
		{
			"_imaps._tcp IN SRV 0 1 9993 imap.here.example.",
			"Here has no _imaps service on port 9993 of imap.here.example., so mail programs that believe the record do not connect. Write 993.",
			"write port 993", rules.Warning,
		},
		{
			"_imap._tcp IN SRV 0 1 1143 imap.plain.example.",
			"Plain has no _imap service on port 1143 of imap.plain.example., so mail programs that believe the record do not connect. Remove the record.",
			"remove the record, or name a server with TLS", rules.Warning,
		},
		{
			"_imap._tcp IN SRV 0 1 143 imap.here.example.",
			"The settings that Here gives for imap.here.example. have no port 143 with STARTTLS, so mail programs may find no answer there. Offer _imaps with port 993 instead.",
			"offer _imaps with port 993", rules.Info,
		},
		{
			"_imaps._tcp IN SRV 0 1 993 smtp.here.example.",
			"_imaps._tcp.example.com. names smtp.here.example. for IMAP, but Here gives that server for submission only, so mail programs may find no answer. Name its server for IMAP.",
			"name imap.here.example., the server of here for IMAP", rules.Warning,
		},
		{
			"_sieve._tcp IN SRV 0 1 4190 imap.here.example.",
			"_sieve._tcp.example.com. names imap.here.example. for ManageSieve, but Here gives that server for IMAP only, so mail programs may find no answer. Name its server for ManageSieve.",
			"name a server for ManageSieve, or remove the record", rules.Info,
		},
		{
			"_imap._tcp IN SRV 0 1 143 imap.plain.example.",
			"Port 143 of imap.plain.example. has no TLS, so mail programs send passwords and mail in the clear. Offer a service with TLS instead.",
			"offer a service with TLS of the host, or remove the record", rules.Warning,
		},
	} {
		fs := ruletest.Lint(t, "test.zone", head+tt.zone+"\n", list)
		if len(fs) != 1 {
			t.Errorf("%s: %d findings", tt.zone, len(fs))
			continue
		}
		if f := fs[0]; !strings.HasPrefix(f.Message, tt.message) || f.Fix.Description != tt.fix || f.Severity != tt.level {
			t.Errorf("%s: %s (%s)", f.Severity, f.Message, f.Fix.Description)
		}
	}
}

// With all rules, one mistake of a record is one finding.
func TestClientOnce(t *testing.T) {
	list := all.Rules(clientPacks(t))
	const rest = head + "@ IN TXT \"v=spf1 -all\"\n@ IN MX 10 mx.example.net.\n_dmarc IN TXT \"v=DMARC1; p=reject\"\n"
	var before []string
	for _, f := range ruletest.Lint(t, "test.zone", rest, list) {
		before = append(before, f.Rule.ID)
	}
	for src, want := range map[string]string{
		"_imaps._tcp IN SRV 0 1 9993 imap.here.example.": "pack-client-port",
		"_imaps._tcp IN SRV 0 1 995 imap.here.example.":  "srv-port-wrong",
		"_imaps._tcp IN SRV 0 1 143 imap.here.example.":  "srv-port-tls",
		"_imaps._tcp IN SRV 0 1 0 imap.here.example.":    "srv-port-zero",
		"_imaps._tcp IN SRV 0 1 995 pop.here.example.":   "pack-client-port",
		"autodiscover IN CNAME imap.gone.example.":       "pack-client-retired",
		"_imap._tcp IN SRV 0 1 143 imap.plain.example.":  "pack-client-plain",
	} {
		ids := ruletest.IDs(ruletest.Lint(t, "test.zone", rest+src+"\n", list))
		ids = slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(before, id) })
		if !slices.Equal(ids, []string{want}) {
			t.Errorf("%s: %q, want %s", src, ids, want)
		}
	}
}

// The record that a pack wants takes the place of one to a server that is gone.
func TestClientRetiredOfPack(t *testing.T) {
	s := clientPacks(t)
	s.Forced = []*pack.Pack{webmo(t)}
	zone := head + goodMX + goodSPF + goodDMARC + "autoconfig IN CNAME autoconfig.webmo.fr.\npop IN CNAME pop.webmo.fr.\nimap IN CNAME imap.gone.example.\nsmtp IN CNAME smtp.webmo.fr.\n"
	changes, left := ruletest.Fixed(t, zone, pack.Rules(s), rules.Unsafe)
	want := []string{"-imap.example.com. 3600 IN CNAME imap.gone.example.", "+imap.example.com. 3600 IN CNAME imap.webmo.fr."}
	if !slices.Equal(changes, want) || len(left) > 0 {
		t.Errorf("changes %q, left %q", changes, left)
	}
	if ids := ruletest.IDs(ruletest.Lint(t, "test.zone", zone, pack.Rules(s))); !slices.Equal(ids, []string{"pack-record-wrong"}) {
		t.Errorf("%q", ids)
	}
}

package domainconnect_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func seeds(f *testing.F, add func(src string)) {
	add(head + "]}")
	for _, r := range []string{
		`{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":"%p%","ttl":60}`,
		`{"type":"SPFM","host":"%a%","spfRules":"include:x.example.net redirect=y.example.net exp=z ~all"},{"type":"TXT","host":"%a%","data":"v=spf1 a -all"}`,
		`{"type":"NS","host":"s","pointsTo":"ns.example.net"},{"type":"TXT","host":"t.u","data":"%a%","txtConflictMatchingMode":"Prefix","txtConflictMatchingPrefix":"%"}`,
		`{"type":"SRV","name":"%a%","service":"sip","protocol":"tls","priority":1,"weight":2,"port":3,"target":"."},{"type":"CNAME","host":"*","pointsTo":"@"}`,
		`{"type":"CAA","host":"@","data":"0 issue \"%a%\"","groupId":"g","essential":"OnApply"},{"type":"AAAA","host":"x","pointsTo":"%a%"}`,
		`{"type":"TXT","host":"_dmarc","data":"\"v=DMARC1; p=%a%\""},{"type":"A","host":"w","pointsTo":"192.0.2.1"}`,
	} {
		add(head + r + "]}")
	}
}

func FuzzParse(f *testing.F) {
	seeds(f, func(src string) { f.Add([]byte(src)) })
	f.Fuzz(func(t *testing.T, src []byte) {
		tpl, err := domainconnect.Parse("x.json", src)
		if (tpl == nil) == (err == nil) {
			t.Fatalf("%v, %v", tpl, err)
		}
		if err != nil {
			var e *domainconnect.Error
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 || !errors.Is(err, domainconnect.ErrInvalidTemplate) {
				t.Fatal(err)
			}
			return
		}
		tpl.Variables(nil)
	})
}

// Applied a second time a template changes nothing.
func FuzzApply(f *testing.F) {
	zones := "@ MX 10 mx.example.com.\n@ TXT \"v=spf1 a -all\"\ns NS ns.example.net.\nx.s A 192.0.2.1\nw CNAME x\nt TXT %\nu NS ns.example.net.\n* TXT \"v=spf1\"\n"
	seeds(f, func(src string) {
		f.Add(src, zones, "x", "")
		f.Add(src, zones+"x TXT \"v=spf1 include:x redirect=y\"\nx TXT \"v=spf1 ?all\"\n", "+a:b//2", "b")
	})
	f.Fuzz(func(t *testing.T, src, text, value, host string) {
		tpl, err := domainconnect.Parse("x.json", []byte(src))
		if err != nil {
			t.Skip()
		}
		z, err := masterfile.Parse("z", []byte(text), masterfile.Options{Origin: zone.MustName("example.com")})
		if err != nil {
			t.Skip()
		}
		params := map[string]string{"a": value, "p": value}
		cs, _, err := domainconnect.Apply(z, tpl, params, nil, host)
		if err != nil {
			var e *domainconnect.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return
		}
		next, ok := z.Apply(cs)
		if !ok {
			t.Fatalf("not changes of the zone: %v", cs)
		}
		more, _, err := domainconnect.Apply(next, tpl, params, nil, host)
		if err != nil || len(more) > 0 {
			t.Fatalf("first %v\nthen %v, %v", cs, more, err)
		}
	})
}

// What a template is converted to is a pack that can be read, or the template
// has a mistake of its own.
func FuzzConvert(f *testing.F) {
	seeds(f, func(src string) {
		f.Add(src, "", "")
		f.Add(src, "{x}", "b")
	})
	f.Fuzz(func(t *testing.T, src, value, host string) {
		tpl, err := domainconnect.Parse("x.json", []byte(src))
		if err != nil {
			t.Skip()
		}
		o := domainconnect.Options{Host: host, Checked: day}
		if value != "" {
			o.Params = map[string]string{"a": value}
		}
		c, err := domainconnect.Convert(tpl, o)
		switch {
		case err != nil && strings.Contains(err.Error(), "as a rule pack"):
			t.Fatal(err)
		case err == nil && c.Pack == nil:
			t.Fatal("no pack")
		}
	})
}

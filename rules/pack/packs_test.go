package pack_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

// asked is one thing that a pack asks for, as lines of a zone.
type asked struct {
	what  string // the kind and the owner
	level pack.Level
	line  string
	other string // the same with another value; "" if there is none
	rules []string
}

// fill puts values into a text with variables.
func fill(v string, with pack.Bindings) string {
	for range 2 {
		for k, x := range with {
			v = strings.ReplaceAll(v, "{"+k+"}", x)
		}
	}
	return v
}

// values returns what the variables of a pack stand for in example.com.
func values(p *pack.Pack) pack.Bindings {
	out := pack.Bindings{"domain": "example.com", "domain-dashes": "example-com", "m365-token": "example-com"}
	for k, v := range examples(p) {
		if strings.HasPrefix(v, "MIIBIj") {
			v = rsaKey
		}
		out[k] = v
	}
	for _, v := range p.Variables {
		if _, ok := out[v.Name]; !ok {
			out[v.Name] = fill(v.Default, out)
		}
	}
	return out
}

// quoted returns a text as strings of a TXT record.
func quoted(text string) string {
	var out []string
	for part := range slices.Chunk([]byte(text), 200) {
		out = append(out, zone.Quote(string(part)))
	}
	return strings.Join(out, " ")
}

func absolute(name string) string {
	if strings.HasSuffix(name, ".") {
		return name
	}
	return name + "."
}

// asks returns what a pack asks for, with the values of its variables.
func asks(p *pack.Pack) []asked {
	with := values(p)
	var out []asked
	if p.MX != nil {
		for _, x := range p.MX.Records {
			name := absolute(fill(x.Exchange.Text, with))
			out = append(out, asked{
				"MX " + name, p.MX.Level, fmt.Sprintf("@ IN MX %d %s\n", x.Preference, name),
				fmt.Sprintf("@ IN MX %d mx.elsewhere.example.\n", x.Preference),
				[]string{"pack-mx-missing"},
			})
		}
	}
	if p.SPF != nil {
		out = append(out, asked{"SPF", p.SPF.Level, "@ IN TXT " + zone.Quote(spfOf(p)) + "\n", "@ IN TXT \"v=spf1 ip4:192.0.2.99 ?all\"\n", []string{"pack-spf-missing"}})
	}
	if d := p.DMARC; d != nil {
		line := "_dmarc IN TXT " + zone.Quote(d.Create) + "\n"
		if d.CNAME != nil {
			line = "_dmarc IN CNAME " + absolute(fill(d.CNAME.Text, with)) + "\n"
		}
		out = append(out, asked{"DMARC", d.Level, line, "", []string{"pack-dmarc-missing"}})
	}
	for i := range p.Records {
		r := &p.Records[i]
		name := fill(r.Name.Text, with)
		k := asked{what: fmt.Sprintf("%s %s", r.Type, name), level: r.Level, rules: []string{"pack-record-missing"}}
		if r.Purpose == pack.ForVerification {
			k.level = pack.Optional
		}
		write := func(format string, args ...any) string {
			return fmt.Sprintf(name+" IN "+r.Type.String()+" "+format+"\n", args...)
		}
		switch {
		case r.Type == zone.TypeMX:
			k.line, k.other = write("%d %s", r.Preference, absolute(fill(r.Target.Text, with))), write("%d mx.elsewhere.example.", r.Preference)
		case r.Type == zone.TypeSRV:
			k.line = write("%d %d %d %s", r.Preference, r.Weight, r.Port, absolute(fill(r.Target.Text, with)))
			k.other = write("0 0 %d mx.elsewhere.example.", r.Port)
		case r.Target != nil:
			k.line, k.other = write("%s", absolute(fill(r.Target.Text, with))), write("elsewhere.example.")
		case r.Text != nil:
			k.line, k.other = write("%s", quoted(fill(r.Text.Text, with))), write("%q", "something else")
		case len(r.Addresses) > 0:
			k.line, k.other = write("%s", r.Addresses[0].Addr()), write("192.0.2.99")
			if r.Type == zone.TypeAAAA {
				k.other = write("2001:db8::99")
			}
		default:
			k.line = write("%s", fill(r.Data.Text, with))
		}
		out = append(out, k)
	}
	return out
}

// spfOf returns the SPF record that a pack asks for.
func spfOf(p *pack.Pack) string {
	if p.SPF.Create != "" {
		return p.SPF.Create
	}
	terms := []string{"v=spf1"}
	for _, v := range p.SPF.Terms {
		terms = append(terms, fill(v.Text, values(p)))
	}
	if p.SPF.All != "" {
		terms = append(terms, p.SPF.All)
	}
	return strings.Join(terms, " ")
}

// rsaKey is a DKIM key of 2048 bits, for packs whose examples are shortened.
const rsaKey = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtZbDe5urqCG2LGvbOPjaxAA2m8XzHOS+X+NNJF7zcVhMjpxhe7Xwei18" +
	"sSIoi1JU9YBCDiz+N1NN56B3h3VFI5o73ee+ALEDb4HMHJDegIcZXLVc9mnsDuAIE/Umfq/Zrtu/lU3MEzs4Vz76KCIwbSyfeGHE" +
	"+CxLpXjOHOB/PMJoQU7qOOp8Orx84laFaXXNmvvsLT0YtxXNzLrIpfvwqaxGYaSbzT+04/zsZKQSeQdkViIA+fYAhM9VPetMfH0S" +
	"faUv9swXWAtmS8JsXLhCGxScVcATdT3sBmsXARf38eJsMSWziBEdcPZ9U43uq3p1UoxnIAc3ui8R5rWECYtXgwIDAQAB"

// web is a zone with a web site and without mail.
const web = head + "@ IN NS ns2.example.net.\n@ IN A 192.0.2.1\nwww IN A 192.0.2.1\n"

// theRest returns what a good zone has besides, of which the pack says nothing.
func theRest(p *pack.Pack) string {
	rest := ""
	if p.DMARC == nil && p.Kind != pack.NoMail {
		rest += "_dmarc IN TXT \"v=DMARC1; p=none\"\n"
	}
	if p.MX == nil {
		rest += "@ IN MX 10 mail.other.example.\n"
	}
	if p.SPF == nil {
		rest += "@ IN TXT \"v=spf1 ip4:192.0.2.25 -all\"\n"
	}
	if p.MX == nil {
		return rest
	}
	for _, x := range p.MX.Records {
		name, own := strings.CutSuffix(fill(x.Exchange.Text, values(p)), ".example.com")
		if own && !slices.ContainsFunc(p.Records, func(r pack.Record) bool { return r.Name.Text == name }) {
			rest += name + " IN A 192.0.2.2\n"
		}
	}
	return rest
}

// zoneOf returns the zone that a pack asks for, without what is skipped.
func zoneOf(as []asked, skip func(int) bool) string {
	var s strings.Builder
	s.WriteString(web)
	for i, k := range as {
		if skip == nil || !skip(i) {
			s.WriteString(k.line)
		}
	}
	return s.String()
}

// bad returns the findings above advice, with their messages.
func bad(fs []rules.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Severity > rules.Info {
			out = append(out, fmt.Sprintf("%s %s: %s", f.Severity, f.Rule.ID, f.Message))
		}
	}
	return out
}

func wanted(as []asked) []asked {
	return slices.DeleteFunc(slices.Clone(as), func(k asked) bool { return k.level == pack.Obsolete || k.level == pack.Forbidden })
}

func askingPacks() []*pack.Pack {
	return slices.DeleteFunc(pack.Builtin(), func(p *pack.Pack) bool {
		return p.MX == nil && p.SPF == nil && p.DMARC == nil && len(p.Records) == 0
	})
}

// untold are the packs that no zone is recognised by: all their names are
// values of the customer.
var untold = []string{"cpanel-bluehost", "cpanel-godaddy", "mailcow", "mailinabox", "mailu", "neo", "no-mail", "plesk", "stalwart"}

// The zone that a pack asks for is recognised as the pack's, and no rule has
// anything against it.
func TestPackZonesAreClean(t *testing.T) {
	for _, p := range askingPacks() {
		t.Run(p.ID, func(t *testing.T) {
			src := zoneOf(wanted(asks(p)), nil) + theRest(p)
			for what, s := range map[string]pack.Selector{
				"detected": {All: pack.Builtin()},
				"forced":   {Forced: []*pack.Pack{p}, All: pack.Builtin(), Given: examples(p)},
			} {
				for _, b := range bad(ruletest.Lint(t, "test.zone", src, all.Rules(s))) {
					t.Errorf("%s: %s", what, b)
				}
			}
			var ids []string
			for _, d := range (pack.Selector{All: pack.Builtin()}).Detect(read(t, src)) {
				ids = append(ids, d.Pack.ID)
			}
			want := []string{p.ID}
			if slices.Contains(untold, p.ID) {
				want = nil
			}
			if !slices.Equal(ids, want) {
				t.Errorf("recognised as %v", ids)
			}
			if t.Failed() {
				t.Log(src)
			}
		})
	}
}

// ofPack returns the findings of the rules of this package for a pack. Facts
// that the host does not confirm are no ground for an error.
func ofPack(t *testing.T, p *pack.Pack, src string) []rules.Finding {
	t.Helper()
	fs := ruletest.Lint(t, "test.zone", src, pack.Rules(pack.Selector{Forced: []*pack.Pack{p}, All: pack.Builtin(), Given: examples(p)}))
	for _, f := range fs {
		if f.Pack == p.ID && f.Severity == rules.Error && !p.Confidence.Confirmed() {
			t.Errorf("%s: %s", f.Rule.ID, f.Message)
		}
	}
	return slices.DeleteFunc(fs, func(f rules.Finding) bool { return f.Pack != p.ID })
}

// told reports whether one of the findings is by a rule.
func told(fs []rules.Finding, ids ...string) bool {
	return slices.ContainsFunc(fs, func(f rules.Finding) bool { return slices.Contains(ids, f.Rule.ID) })
}

// atMost are the greatest severities of the absence of a record.
var atMost = map[pack.Level]rules.Severity{pack.Required: rules.Error, "": rules.Error, pack.Recommended: rules.Warning}

func TestPackRecordsAreMissed(t *testing.T) {
	for _, p := range askingPacks() {
		t.Run(p.ID, func(t *testing.T) {
			as := wanted(asks(p))
			for i, k := range as {
				rest := zoneOf(as, func(j int) bool { return i == j }) + theRest(p)
				fs := ofPack(t, p, rest)
				most := atMost[k.level]
				if k.level == pack.Recommended && k.what != "DMARC" {
					most = rules.Info
				}
				for _, f := range fs {
					if f.Severity > most {
						t.Errorf("without %s: %s %s: %s", k.what, f.Severity, f.Rule.ID, f.Message)
					}
				}
				switch {
				case most == 0, p.MX != nil && p.MX.AnySubset && strings.HasPrefix(k.what, "MX "):
				case p.ID == "stalwart" && strings.Contains(k.what, "_domainkey"):
					// It has two keys, and one says that mail is signed.
				case !told(fs, k.rules...):
					t.Errorf("without %s: %s", k.what, ruletest.IDs(fs))
				}
				if k.level == pack.Required && len(bad(fs)) == 0 && !(p.MX != nil && p.MX.AnySubset) && p.ID != "stalwart" {
					t.Errorf("without %s: only advice", k.what)
				}
				if k.other == "" || strings.HasPrefix(k.what, "TXT @") {
					continue
				}
				fs = ofPack(t, p, rest+k.other)
				ids := append([]string{"pack-mx-foreign", "pack-record-wrong", "pack-spf-include"}, k.rules...)
				if most > 0 && !told(fs, ids...) {
					t.Errorf("with %q: %s", k.other, ruletest.IDs(fs))
				}
			}
		})
	}
}

func TestPackContradictions(t *testing.T) {
	for _, p := range askingPacks() {
		t.Run(p.ID, func(t *testing.T) {
			as := wanted(asks(p))
			whole := zoneOf(as, nil) + theRest(p)
			fs := ofPack(t, p, whole+"@ IN MX 1 mx.elsewhere.example.\n")
			if p.MX != nil && told(fs, "pack-mx-foreign") != p.MX.Exclusive {
				t.Errorf("a foreign MX: %s", ruletest.IDs(fs))
			}
			for i, k := range as {
				if !strings.HasPrefix(k.what, "CNAME ") {
					continue
				}
				name, _, _ := strings.Cut(k.line, " ")
				fs := ofPack(t, p, zoneOf(as, func(j int) bool { return i == j })+theRest(p)+name+" IN A 192.0.2.7\n")
				if !told(fs, "pack-record-conflict") {
					t.Errorf("an address at %s: %s", name, ruletest.IDs(fs))
				}
			}
			if p.SPF == nil {
				return
			}
			list := all.Rules(pack.Selector{Forced: []*pack.Pack{p}, All: pack.Builtin(), Given: examples(p)})
			if fs := ruletest.Lint(t, "test.zone", whole+"@ IN TXT \"v=spf1 ip4:192.0.2.99 -all\"\n", list); !told(fs, "spf-multiple") {
				t.Errorf("a second SPF record: %s", ruletest.IDs(fs))
			}
		})
	}
}

// unrelated are TXT records as zones have them.
const unrelated = `@ IN TXT "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ"
@ IN TXT "MS=ms73014928"
@ IN TXT "facebook-domain-verification=22rm551cu4k0ab0bxsw536tlds4h95"
@ IN TXT "atlassian-domain-verification=jjDFu7oRkd4vZ2yZQx4J5GVuAFPIw1mOBhVzrYbM"
@ IN TXT "apple-domain=30afIBcvSuDV2PLX"
@ IN TXT "a note; with a semicolon, v=spf and include:nothing"
_acme-challenge IN TXT "gfj9Xq_Rg85nM2pAcK9w1vN7y0d4LzEhTb3sU6oQiJk"
shop IN CNAME shops.myshopify.com.
`

// together returns a zone that several packs ask for, with one SPF record, and
// the DMARC record of the first that has one.
func together(packs ...*pack.Pack) string {
	var s strings.Builder
	s.WriteString(web)
	terms, last := []string{"v=spf1"}, ""
	policy := ""
	for i, p := range packs {
		for _, k := range wanted(asks(p)) {
			switch {
			case k.what == "SPF":
				for _, term := range strings.Fields(spfOf(p))[1:] {
					end := strings.HasSuffix(term, "all") || strings.HasPrefix(term, "redirect=")
					switch {
					case end && i == 0:
						last = term
					case strings.HasPrefix(term, "redirect="):
						terms = append(terms, "include:"+term[len("redirect="):])
					case !end && !slices.Contains(terms, term):
						terms = append(terms, term)
					}
				}
			case k.what == "DMARC":
				if policy == "" {
					policy = k.line
				}
			case i > 0 && strings.HasPrefix(k.what, "MX ") && packs[0].MX != nil && !strings.Contains(k.line, "feedback-smtp"):
			case i > 0 && strings.Contains(s.String(), "\n"+strings.Fields(k.line)[0]+" IN CNAME "):
				s.WriteString("x" + k.line) // senders let the customer choose the name
			default:
				s.WriteString(k.line)
			}
		}
	}
	rest := *packs[0]
	if policy != "" {
		rest.DMARC = &pack.DMARC{}
	}
	if len(terms) > 1 || last != "" {
		rest.SPF = &pack.SPF{}
		s.WriteString("@ IN TXT " + quoted(strings.Join(append(terms, cmp.Or(last, "~all")), " ")) + "\n")
	}
	s.WriteString(policy + theRest(&rest))
	return s.String()
}

func find(t *testing.T, id string) *pack.Pack {
	t.Helper()
	p, err := pack.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A host with two senders and other texts gives no false alarm.
func TestHostWithSenders(t *testing.T) {
	pairs := [][]string{
		{"sendgrid", "mailchimp"}, {"amazon-ses", "brevo"}, {"postmark", "mailgun"}, {"resend", "mandrill"}, {"mailjet", "sendgrid"},
	}
	s := pack.Selector{All: pack.Builtin()}
	list := all.Rules(s)
	for _, p := range askingPacks() {
		if p.Kind == pack.Sender || p.Kind == pack.NoMail {
			continue
		}
		for _, pair := range pairs {
			a, b := find(t, pair[0]), find(t, pair[1])
			t.Run(p.ID+"/"+strings.Join(pair, "+"), func(t *testing.T) {
				src := together(p, a, b) + unrelated
				for _, b := range bad(ruletest.Lint(t, "test.zone", src, list)) {
					t.Error(b)
				}
				want := []string{p.ID, a.ID, b.ID}
				if p.ID == "workmail" { // which signs by the servers of Amazon SES
					want = slices.DeleteFunc(want, func(id string) bool { return id == "amazon-ses" })
				}
				var ids []string
				for _, d := range s.Detect(read(t, src)) {
					ids = append(ids, d.Pack.ID)
				}
				want = slices.DeleteFunc(want, func(id string) bool { return slices.Contains(untold, id) })
				slices.Sort(want)
				slices.Sort(ids)
				if !slices.Equal(ids, want) {
					t.Errorf("recognised as %v", ids)
				}
				if t.Failed() {
					t.Log(src)
				}
			})
		}
	}
}

// A sender that only SPF tells may have been set up otherwise, or long ago: what
// it asks for is advice. That there is no DMARC record is a warning all the same.
func TestSenderBySPF(t *testing.T) {
	src := web + mxs("10 mail.example.net") + spfRecord("v=spf1 include:spf.brevo.com include:mailgun.org ~all")
	for with, want := range map[string][]string{
		goodDMARC: nil,
		"":        {"pack-dmarc-missing"},
	} {
		var got []string
		fs := ruletest.Lint(t, "test.zone", src+with, all.Rules(pack.Selector{All: pack.Builtin()}))
		for _, f := range fs {
			if f.Severity > rules.Info {
				got = append(got, f.Rule.ID)
			}
		}
		if !slices.Equal(got, want) || !told(fs, "pack-record-missing") {
			t.Errorf("got %q of %v", got, ruletest.IDs(fs))
		}
	}
	none := ruletest.Lint(t, "test.zone", web+mxs("10 mx.simply.com"), all.Rules(pack.Selector{All: pack.Builtin()}))
	if i := slices.IndexFunc(none, func(f rules.Finding) bool { return f.Rule.ID == "pack-dmarc-missing" }); i < 0 || none[i].Severity != rules.Warning {
		t.Errorf("an alias for the policy: %v", none)
	}
}

// What a sender lacks is told for the name that it was set up for.
func TestSenderBelowApex(t *testing.T) {
	src := web + "k2._domainkey.sub IN CNAME dkim2.mcsv.net.\n" + goodDMARC
	fs := ruletest.Lint(t, "test.zone", src, detected(t))
	want := "k3._domainkey.sub CNAME dkim3.mcsv.net., which mailchimp asks for, is missing"
	if len(fs) != 1 || !strings.HasPrefix(fs[0].Message, want) || fs[0].Name.String() != "k3._domainkey.sub.example.com." {
		t.Errorf("%v", fs)
	}
}

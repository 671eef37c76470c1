package dkim

import (
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// TestNeighbours checks what is said of keys that stand in another zone.
func TestNeighbours(t *testing.T) {
	const ed = "v=DKIM1; k=ed25519; p=" + rawKey
	for _, c := range []struct{ name, other, want string }{
		{"a key", `x TXT "` + ed + `"`, ""},
		{"a key over a CNAME", "x CNAME y\ny TXT \"" + ed + `"`, ""},
		{"a key beside another text", `x TXT "` + ed + "\"\nx TXT z", ""},
		{"nothing", "y A 192.0.2.1", "warning: s._domainkey.example.com. leads to x.example.net., where there is nothing, so signatures with this selector fail. Have the key published there, or remove the CNAME if nothing signs with it."},
		{"no text", "x A 192.0.2.1", "no TXT record"},
		{"no key", `x TXT "v=spf1 -all"`, "no DKIM key"},
		{"an empty record", `x TXT ""`, "no DKIM key"},
		{"revoked", `x TXT "v=DKIM1; p="`, "info: a key that is revoked"},
		{"truncated", `x TXT "p=` + exampleKey[:200] + `"`, "a key that verifiers cannot read"},
		{"short", `x TXT "p=` + key768 + `"`, "a key of 768 bits, which verifiers must refuse"},
		{"two", `x TXT "` + ed + "\"\nx TXT \"p=" + key1024 + `"`, "not one DKIM key but 2"},
		{"another version", `x TXT "v=DKIM2; k=ed25519; p=` + rawKey + `"`, "a key with another version than DKIM1"},
		{"below a delegation", "x NS ns.example.org.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			other, err := masterfile.Parse("x", []byte("$TTL 60\n@ SOA ns h 1 2 3 4 5\n"+c.other+"\n"), masterfile.Options{Origin: zone.MustName("example.net")})
			if err != nil {
				t.Fatal(err)
			}
			e, err := rules.NewEngine(Rules(), rules.Options{Servers: []resolve.Server{resolve.NewZones([]*zone.Zone{other})}})
			if err != nil {
				t.Fatal(err)
			}
			z, err := masterfile.Parse("test.zone", []byte(rules.ExampleHeader+"s._domainkey CNAME x.example.net.\n"), masterfile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range e.Run(z) {
				got += f.Severity.String() + ": " + f.Message
			}
			if want := said(c.want); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// said completes a message of dkim-cname-target from what there is at the
// target.
func said(what string) string {
	const before, after = "s._domainkey.example.com. leads to x.example.net., where there is ", ", so signatures with this selector fail. Have the key published there, or remove the CNAME if nothing signs with it."
	switch {
	case what == "" || len(what) > 100:
		return what
	case what[:5] == "info:":
		return "info: " + before + what[6:] + after
	}
	return "warning: " + before + what + after
}

package domainconnect_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/pack/domainconnect"
)

// A zone that a template was applied to satisfies the pack that the template is
// converted to.
func TestAppliedSatisfiesPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tpl, err := domainconnect.Parse("x.json", someTemplate(t))
		if err != nil {
			t.Fatal(err)
		}
		z := someZone(t)
		params := map[string]string{"t": "5", "v": rapid.SampledFrom(someValues).Draw(t, "value"), "ip6": "2001:db8::2"}
		cs, _, err := domainconnect.Apply(z, tpl, params, nil, "")
		if err != nil {
			return
		}
		next, ok := z.Apply(cs)
		if !ok {
			t.Fatal("not changes of the zone")
		}
		c, err := domainconnect.Convert(tpl, domainconnect.Options{Checked: day, Params: params})
		if err != nil {
			return
		}
		e, err := rules.NewEngine(pack.Rules(pack.Selector{Forced: []*pack.Pack{c.Pack}}), rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range e.Run(next) {
			if f.Severity >= rules.Warning {
				t.Fatalf("%s: %s\n%s", f.Rule.ID, f.Message, c.YAML)
			}
		}
	})
}

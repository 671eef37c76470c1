package pack_test

import (
	"os"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack"
)

func TestKinds(t *testing.T) {
	var k pack.Kind
	err := k.UnmarshalText([]byte("none of them"))
	if want := "not one of " + strings.Join(pack.Kinds(), ", "); err == nil || err.Error() != want {
		t.Errorf("Kinds says %s, the format %v", want, err)
	}
	for _, name := range pack.Kinds() {
		if pack.Kind(name).Does() == "" {
			t.Errorf("nothing is said of %s", name)
		}
	}
}

func TestWriteTable(t *testing.T) {
	var b strings.Builder
	if err := pack.WriteTable(&b, []*pack.Pack{webmo(t), host(t, "some-other-host", "other.example", "memory", true), find(t, "orange-fr"), find(t, "mailchimp"), find(t, "opera-mail")}); err != nil {
		t.Fatal(err)
	}
	want := `ID               NAME                                      KIND              CONFIDENCE   CHECKS
webmo            Magic Online / Nuxit (webmo.fr platform)  mailbox           vendor-page  2 MX, SPF, DMARC, 4 CNAME
some-other-host  A host                                    mailbox           memory       1 MX
orange-fr        Orange / Wanadoo                          settings          documented   client settings
mailchimp        Mailchimp                                 sender            template     SPF, DMARC, 2 CNAME
opera-mail       Opera Mail (myopera.com)                  settings, closed  documented   client settings
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

// What a person reads of packs of several kinds, one of them with every key.
func TestWriteText(t *testing.T) {
	packs := map[string]*pack.Pack{"webmo": webmo(t)}
	for _, file := range []string{"full", "gateway", "sender", "settings"} {
		p, err := pack.Load("testdata/show/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		packs[file] = p
	}
	for file, p := range packs {
		want, err := os.ReadFile("testdata/show/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := p.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s: got\n%s", file, b.String())
		}
	}
}

// Every builtin pack can be shown, and says what is in braces.
func TestWriteTextOfAll(t *testing.T) {
	for _, p := range pack.Builtin() {
		var b strings.Builder
		if err := p.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, v := range p.Variables {
			if !strings.Contains(text, "\n  {"+v.Name+"}: ") {
				t.Errorf("%s does not say what {%s} is", p.ID, v.Name)
			}
		}
		if strings.Contains(text, "%!") || strings.Contains(text, "\n\n\n") {
			t.Errorf("%s:\n%s", p.ID, text)
		}
		for line := range strings.Lines(text) {
			if strings.HasSuffix(line, " \n") {
				t.Errorf("%s: blanks at the end of %q", p.ID, line)
			}
		}
	}
}

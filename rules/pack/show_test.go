package pack_test

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack"
)

func TestWriteTable(t *testing.T) {
	var b strings.Builder
	if err := pack.WriteTable(&b, []*pack.Pack{webmo(t), host(t, "some-other-host", "other.example", "memory", true)}); err != nil {
		t.Fatal(err)
	}
	want := `ID               NAME                                      CHECKS                     CONFIDENCE
webmo            Magic Online / Nuxit (webmo.fr platform)  2 MX, SPF, DMARC, 4 CNAME  vendor-page
some-other-host  A host                                    1 MX                       memory
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

func TestWriteText(t *testing.T) {
	var b strings.Builder
	if err := webmo(t).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if b.String() != webmoText {
		t.Errorf("got\n%s", b.String())
	}
}

const webmoText = `webmo: Magic Online / Nuxit (webmo.fr platform)

For the shared, performance and mail packages whose mailboxes lie at webmo.fr.
The host's page prints its DMARC record for the domain itself, where no
receiver looks; it belongs at _dmarc. The host asks its customers to speak to
its support before they change these records, and gives DKIM keys by support
ticket only.

Records in a customer's zone, where @ is the domain itself:

  @           MX     10 mx.webmo.fr.                          required
  @           MX     20 mxsecondary.webmo.fr.                 required
  @           TXT    "v=spf1 a mx include:spf.webmo.fr ~all"  required
  _dmarc      TXT    "v=DMARC1; p=none"                       recommended
  autoconfig  CNAME  autoconfig.webmo.fr.                     required
  pop         CNAME  pop.webmo.fr.                            required
  imap        CNAME  imap.webmo.fr.                           required
  smtp        CNAME  smtp.webmo.fr.                           required

MX: no other host's MX may stand beside these. Other preferences in the same order are as good.

SPF: any record that passes include:spf.webmo.fr is as good. The host's pages print:

  v=spf1 ptr include:spf.webmo.fr ~all
  v=spf1 a mx include:spf.webmo.fr ~all

DMARC: any valid record at _dmarc is as good.

A zone is recognised by:

  an MX record that names a server at or below webmo.fr.
  if it has no MX, an SPF record that includes spf.webmo.fr.
  if it has no MX, an autoconfig CNAME to a name at or below webmo.fr.

Confidence: vendor-page. Checked on 2026-11-21 against:

  IMAP, POP and SMTP settings (Nuxit)
  https://assistance.nuxit.com/en/knowledge-base/parametres-imap-pop-et-smtp/
  IMAP, POP and SMTP settings (Magic Online), 2022-12-01
  https://assistance.groupemagiconline.com/en/wp-json/wp/v2/ht-kb/5636
  SPF, DKIM and DMARC (Magic Online), 2022-11-28
  https://assistance.groupemagiconline.com/en/wp-json/wp/v2/ht-kb/5050
  DNS entries for SPF and DKIM (Nuxit)
  https://assistance.nuxit.com/en/knowledge-base/entrees-dns-spf-et-dkim/
`

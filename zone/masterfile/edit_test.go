package masterfile_test

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

var apex = zone.MustName("example.com")

func mustParse(t *testing.T, src string) *zone.Zone {
	t.Helper()
	z, err := masterfile.Parse("example.com.zone", []byte(src), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// edited applies changes to the text of a zone and returns the new text.
func edited(t *testing.T, z *zone.Zone, cs ...zone.Change) string {
	t.Helper()
	es, err := masterfile.Edit(z, cs)
	if err != nil {
		t.Fatal(err)
	}
	if len(es) != 1 {
		t.Fatalf("%d files changed, want 1", len(es))
	}
	return string(es[0].New)
}

func one(t *testing.T, z *zone.Zone, name string, typ zone.Type) zone.Record {
	t.Helper()
	n, err := zone.ParseName(name, apex)
	if err != nil {
		t.Fatal(err)
	}
	rs := z.RRset(n, typ)
	if len(rs) == 0 {
		t.Fatalf("no %s %s", name, typ)
	}
	return rs[0]
}

func name(s string) zone.Name {
	n, err := zone.ParseName(s, apex)
	if err != nil {
		panic(err)
	}
	return n
}

const head = "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1 host 2026010100 7200 3600 1209600 3600\n"

func TestEdit(t *testing.T) {
	mx := func(p uint16, host string) zone.Change {
		return zone.Add(zone.NewMX(apex, 3600, p, zone.MustName(host)))
	}
	tests := []struct {
		name      string
		src, want string
		changes   func(t *testing.T, z *zone.Zone) []zone.Change
	}{
		{
			"add behind the RRset, in its manner",
			head + "@       IN  NS  ns1\n@       IN  MX  10  a.example.net.\t; primary\nwww     IN  A   192.0.2.1\n",
			head + "@       IN  NS  ns1\n@       IN  MX  10  a.example.net.\t; primary\n@       IN  MX  20  b.example.net.\nwww     IN  A   192.0.2.1\n",
			func(*testing.T, *zone.Zone) []zone.Change { return []zone.Change{mx(20, "b.example.net")} },
		},
		{
			"a deleted record hands its owner on",
			head + "mail\t\tA\t192.0.2.1 ; first\n\t\tA\t192.0.2.2\n; end\n",
			head + "mail\t\tA\t192.0.2.2\n; end\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				return []zone.Change{zone.Remove(one(t, z, "mail", zone.TypeA))}
			},
		},
		{
			"CR LF and no line end at the end",
			strings.ReplaceAll(head, "\n", "\r\n") + "@ IN MX 10 a.example.net.",
			strings.ReplaceAll(head, "\n", "\r\n") + "@ IN MX 10 a.example.net.\r\n@ IN MX 20 b.example.net.",
			func(*testing.T, *zone.Zone) []zone.Change { return []zone.Change{mx(20, "b.example.net")} },
		},
		{
			"the serial keeps comments and layout",
			"$ORIGIN example.com.\n$TTL 1h\n@ IN SOA ns1 host (\n\t2026010100 ; serial\n\t2h ; refresh\n\t1h\n\t2w\n\t1h ) ; end\n",
			"$ORIGIN example.com.\n$TTL 1h\n@ IN SOA ns1 host (\n\t2026010101 ; serial\n\t2h ; refresh\n\t1h\n\t2w\n\t1h ) ; end\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				soa := one(t, z, "@", zone.TypeSOA)
				return []zone.Change{zone.Replace(soa, soa.WithSerial(2026010101))}
			},
		},
		{
			"only the string that changes is written anew",
			head + "k TXT ( \"v=DKIM1; \" ; one\n  \"p=AAAA\" ; two\n  \"BBBB\" )\n",
			head + "k TXT ( \"v=DKIM1; \" ; one\n  \"p=AACC\" ; two\n  \"BBBB\" )\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				k := one(t, z, "k", zone.TypeTXT)
				return []zone.Change{zone.Replace(k, k.WithText(13, 15, "CC"))}
			},
		},
		{
			"a record moves to another owner in its line",
			head + "_dmarc.example.com   IN TXT \"v=DMARC1; p=none\" ; ours\n\tTXT \"x\"\n",
			head + "_dmarc               IN TXT \"v=DMARC1; p=none\" ; ours\n_dmarc.example.com\tTXT \"x\"\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				return zone.Move(one(t, z, "_dmarc.example.com", zone.TypeTXT), name("_dmarc"))
			},
		},
		{
			"a TTL that others inherit is written out",
			"$ORIGIN example.com.\n@ 3600 IN SOA ns1 host 1 2 3 4 5\na 60 A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n",
			"$ORIGIN example.com.\n@ 3600 IN SOA ns1 host 1 2 3 4 5\nb 60 A 192.0.2.2\nc A 192.0.2.3\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				return []zone.Change{zone.Remove(one(t, z, "a", zone.TypeA))}
			},
		},
		{
			"below another $ORIGIN names are written so that they hold",
			"$TTL 3600\n$ORIGIN sub.example.com.\nexample.com. IN SOA ns1 host 1 2 3 4 5\nexample.com. IN NS ns1\nwww IN A 192.0.2.1\n",
			"$TTL 3600\n$ORIGIN sub.example.com.\nexample.com. IN SOA ns1 host 1 2 3 4 5\nexample.com. IN NS ns1\nexample.com. IN MX 20 b.example.net.\n_dmarc.example.com. IN TXT \"v=DMARC1; p=none\"\nwww IN A 192.0.2.1\nnew IN A 192.0.2.1\n",
			func(*testing.T, *zone.Zone) []zone.Change {
				a := zone.Record{Name: name("new.sub"), Type: zone.TypeA, Class: zone.ClassIN, TTL: 3600, Data: "\xc0\x00\x02\x01"}
				return []zone.Change{mx(20, "b.example.net"), zone.Add(zone.NewTXT(name("_dmarc"), 3600, "v=DMARC1; p=none")), zone.Add(a)}
			},
		},
		{
			"a comment that became data goes",
			head + "_dmarc TXT v=DMARC1; p=none ; it\n",
			head + "_dmarc TXT \"v=DMARC1; p=none ; it\"\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				r := one(t, z, "_dmarc", zone.TypeTXT)
				return []zone.Change{zone.Replace(r, r.WithText(0, 8, "v=DMARC1; p=none ; it"))}
			},
		},
		{
			"a parenthesis before such a comment stays",
			head + "_dmarc TXT ( v=DMARC1\n ) ; p=none\n",
			head + "_dmarc TXT ( \"v=DMARC1; p=none\"\n ) ; p=none\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				r := one(t, z, "_dmarc", zone.TypeTXT)
				return []zone.Change{zone.Replace(r, r.WithText(0, 8, "v=DMARC1; p=none"))}
			},
		},
		{
			"typographic quotes of a comment that became data go with it",
			head + "_dmarc TXT “v=DMARC1; p=none”\n",
			head + "_dmarc TXT \"v=DMARC1; p=none\"\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				r := one(t, z, "_dmarc", zone.TypeTXT)
				return []zone.Change{zone.Replace(r, r.WithText(0, len(r.Text()), "v=DMARC1; p=none"))}
			},
		},
		{
			"a long string is split",
			head + "k TXT \"" + strings.Repeat("a", 300) + "\"\n",
			head + "k TXT \"" + strings.Repeat("a", 255) + "\" \"" + strings.Repeat("a", 45) + "\"\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				r := one(t, z, "k", zone.TypeTXT)
				return []zone.Change{zone.Replace(r, r)}
			},
		},
		{
			"a CNAME takes the place of an A",
			head + "www A 192.0.2.9\nimap A 192.0.2.1\n     AAAA 2001:db8::1\nsmtp A 192.0.2.2\n",
			head + "www A 192.0.2.9\nimap CNAME imap.webmo.fr.\nsmtp A 192.0.2.2\n",
			func(t *testing.T, z *zone.Zone) []zone.Change {
				return []zone.Change{
					zone.Remove(one(t, z, "imap", zone.TypeA)),
					zone.Remove(one(t, z, "imap", zone.TypeAAAA)),
					zone.Add(zone.NewName(name("imap"), zone.TypeCNAME, 3600, zone.MustName("imap.webmo.fr"))),
				}
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mustParse(t, tt.src)
			if got := edited(t, z, tt.changes(t, z)...); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

package zone_test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

func TestParseType(t *testing.T) {
	for s, want := range map[string]zone.Type{
		"A": 1, "a": 1, "mx": 15, "Txt": 16, "AAAA": 28, "TYPE1": 1, "type65280": 65280, "TYPE65534": 65534, "TYPE127": 127, "TYPE256": 256,
		"SPF": 99, "HTTPS": 65, "NSEC3PARAM": 51, "TYPE099": 99,
	} {
		if got, ok := zone.ParseType(s); !ok || got != want {
			t.Errorf("%s: got %d, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "B", "TYPE", "TYPEx", "TYPE-1", "TYPE65536", "TYPE100000", "TYPE0", "TYPE65535", "TYPE128", "TYPE255", "TYPE41", "ANY", "OPT", "AXFR", "IXFR", "TSIG", "MAILB", "IN", "A ", "TYPE 1", "TYPE+1", "None", "Reserved"} {
		if got, ok := zone.ParseType(s); ok {
			t.Errorf("%q is type %s", s, got)
		}
	}
}

// Every type that may stand in a zone is read as it is printed.
func TestTypeString(t *testing.T) {
	for i := 1; i < 65535; i++ {
		typ := zone.Type(i)
		got, ok := zone.ParseType(typ.String())
		if meta := i >= 128 && i <= 255 || i == int(dns.TypeOPT); ok == meta || ok && got != typ {
			t.Errorf("%d is printed %s, read %d, %v", i, typ, got, ok)
		}
	}
	for typ, want := range map[zone.Type]string{zone.TypeMX: "MX", zone.TypeCAA: "CAA", 65280: "TYPE65280"} {
		if typ.String() != want {
			t.Errorf("got %s, want %s", typ, want)
		}
	}
}

func TestClass(t *testing.T) {
	for s, want := range map[string]zone.Class{"IN": 1, "in": 1, "CH": 3, "chaos": 3, "HS": 4, "Hesiod": 4, "CS": 2, "CSNET": 2, "CLASS1": 1, "class65280": 65280, "CLASS254": 254} {
		got, ok := zone.ParseClass(s)
		if !ok || got != want {
			t.Errorf("%s: got %d, %v", s, got, ok)
		}
		if again, ok := zone.ParseClass(got.String()); !ok || again != got {
			t.Errorf("%s is printed %s", s, got)
		}
	}
	for _, s := range []string{"", "I", "INN", "CLASS", "CLASSx", "CLASS65536", "TYPE1", "1"} {
		if got, ok := zone.ParseClass(s); ok {
			t.Errorf("%q is class %s", s, got)
		}
	}
	if zone.ClassIN.String() != "IN" || zone.ClassCH.String() != "CH" || zone.ClassHS.String() != "HS" || !strings.HasPrefix(zone.Class(2).String(), "CLASS") {
		t.Error("classes are printed wrongly")
	}
}

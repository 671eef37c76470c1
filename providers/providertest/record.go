package providertest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

func record(t testing.TB, line string) zone.Record {
	t.Helper()
	f := strings.SplitN(line, " ", 4)
	if len(f) != 4 {
		t.Fatalf("%q: want owner, TTL, type, RDATA", line)
	}
	name, err := zone.ParseName(f[0], Apex)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	ttl, err := strconv.ParseUint(f[1], 10, 31)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	typ, ok := zone.ParseType(f[2])
	if !ok {
		t.Fatalf("%q: unknown type", line)
	}
	r, err := providers.ParseRecord(name, typ, uint32(ttl), f[3])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

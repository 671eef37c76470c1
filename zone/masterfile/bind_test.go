package masterfile_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// bind reads zones of example.com with named-compilezone of BIND 9.
type bind struct {
	program, dir string
}

func newBIND(t *testing.T) bind {
	p, err := exec.LookPath("named-compilezone")
	if err != nil {
		t.Skip("named-compilezone is not installed (Debian: bind9-utils)")
	}
	return bind{p, t.TempDir()}
}

// read returns the records that BIND reads, or what it says if it refuses the
// zone. The checks that BIND makes beyond reading are off.
func (b bind) read(files []string) (records []zone.Record, refusal string, err error) {
	for i, text := range files {
		name := fmt.Sprintf("f%d", i)
		if i == 0 {
			name = "example.com.zone"
		}
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			return nil, "", err
		}
	}
	c := exec.Command(b.program, "-i", "none", "-k", "ignore", "-m", "ignore", "-M", "ignore", "-n", "ignore",
		"-r", "ignore", "-S", "ignore", "-T", "ignore", "-W", "ignore", "-F", "raw", "-o", "out", "example.com", "example.com.zone")
	c.Dir = b.dir
	said, err := c.CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil, string(said), nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("named-compilezone: %w\n%s", err, said)
	}
	raw, err := os.ReadFile(filepath.Join(b.dir, "out"))
	if err != nil {
		return nil, "", err
	}
	records, err = decodeRaw(raw)
	return records, "", err
}

// decodeRaw reads BIND's raw format: a header of 24 octets, then RRsets, each
// with its length, class, type, covered type, TTL, number of records, owner and
// RDATA, all in network order.
func decodeRaw(b []byte) ([]zone.Record, error) {
	if len(b) < 24 || binary.BigEndian.Uint32(b) != 2 {
		return nil, errors.New("not a zone in BIND's raw format")
	}
	if v := binary.BigEndian.Uint32(b[4:]); v != 1 {
		return nil, fmt.Errorf("version %d of BIND's raw format", v)
	}
	var out []zone.Record
	for b = b[24:]; len(b) > 0; {
		set := b[:binary.BigEndian.Uint32(b)]
		b = b[len(set):]
		class, typ := zone.Class(binary.BigEndian.Uint16(set[4:])), zone.Type(binary.BigEndian.Uint16(set[6:]))
		ttl, n := binary.BigEndian.Uint32(set[10:]), binary.BigEndian.Uint32(set[14:])
		end := 20 + binary.BigEndian.Uint16(set[18:])
		owner := set[20:end]
		set = set[end:]
		for range n {
			data := set[2 : 2+binary.BigEndian.Uint16(set)]
			set = set[2+len(data):]
			out = append(out, zone.Record{Name: zone.Name(folded(string(owner))), Type: typ, Class: class, TTL: ttl, Data: string(data)})
		}
	}
	return out, nil
}

// folded puts ASCII letters in lower case; no length octet of a name is one.
func folded(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// hasNames are the types with names in their RDATA. BIND keeps the case of
// those, the model does not, so all of that RDATA is compared in lower case.
var hasNames = map[string]bool{
	"NS": true, "CNAME": true, "PTR": true, "DNAME": true, "MX": true, "SRV": true, "SOA": true, "MB": true, "MG": true,
	"MR": true, "MINFO": true, "RP": true, "TALINK": true, "AFSDB": true, "RT": true, "KX": true, "LP": true, "PX": true,
	"NAPTR": true, "SVCB": true, "HTTPS": true, "NSEC": true, "RRSIG": true, "HIP": true,
}

// sets brings records into the form that a server serves: sorted and each once.
func sets(rs []zone.Record) []zone.Record {
	out := slices.Clone(rs)
	for i, r := range out {
		if hasNames[r.Type.String()] {
			out[i].Data = folded(r.Data)
		}
	}
	slices.SortFunc(out, func(a, b zone.Record) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Data, b.Data))
	})
	return slices.CompactFunc(out, zone.Record.Same)
}

func TestParseAsBIND(t *testing.T) {
	b := newBIND(t)
	// In an RRset with several TTLs, BIND gives all records the first, and takes
	// that as the last one written too.
	d := dialect{oneTTL: true, includes: true, oddOwners: true, rawControl: true, comments: true, bareSOA: true, backslash: true, types: slices.Concat(usualTypes, rareTypes)}
	rapid.Check(t, func(t *rapid.T) {
		w := genZone(d).Draw(t, "zone")
		shown := strings.Join(w.files, "\n-----\n")
		want, refusal, err := b.read(w.files)
		if err != nil {
			t.Fatalf("%v\n%s", err, shown)
		}
		if refusal != "" {
			t.Fatalf("BIND refuses a zone that the test believes to be good: %s\n%s", refusal, shown)
		}
		if !sameRecords(t, "generator and BIND", sets(w.want), sets(want)) ||
			!sameRecords(t, "zonelint and BIND", sets(b.zonelint(t)), sets(want)) {
			t.Logf("\n%s", shown)
		}
	})
}

// zonelint reads the files that read wrote.
func (b bind) zonelint(t *rapid.T) []zone.Record {
	z, err := masterfile.Load(filepath.Join(b.dir, "example.com.zone"), masterfile.Options{Origin: apex})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range z.Problems {
		t.Errorf("%s: %s", filepath.Base(p.Span.String()), p.Message)
	}
	return slices.Collect(z.Records())
}

func TestDecodeRaw(t *testing.T) {
	if _, err := decodeRaw(bytes.Repeat([]byte{0}, 50)); err == nil {
		t.Error("no error for what is not in raw format")
	}
}

// compare checks that zonelint and BIND take a zone with the same records, or
// both do not; differ says why one may take what the other does not.
func (b bind) compare(t *testing.T, text, differ string) {
	t.Helper()
	lines := strings.Join(strings.Split(text, "\n")[3:], "\n")
	want, refusal, err := b.read([]string{text})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	z, err := masterfile.Load(filepath.Join(b.dir, "example.com.zone"), masterfile.Options{Origin: apex})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	taken := len(z.Problems) == 0
	switch {
	case differ != "" && taken == (refusal == ""):
		t.Errorf("no difference now:\n%.200s", lines)
	case differ != "":
	case taken && refusal != "":
		t.Errorf("only BIND refuses:\n%.200s%s", lines, refusal)
	case !taken && refusal == "":
		t.Errorf("only zonelint refuses:\n%.200s%s", lines, z.Problems[0].Message)
	case taken:
		// BIND leaves records outside of the zone out.
		got := zone.Filter(z.Records(), func(r zone.Record) bool { return r.Name.Within(apex) })
		sameRecords(t, fmt.Sprintf("zonelint and BIND on %.200q", lines), sets(got), sets(want))
	}
}

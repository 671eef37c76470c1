package resolve

import (
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// CheckReply reads what stands behind the id of a reply to a query.
func CheckReply(t *testing.T, name zone.Name, typ zone.Type, tail []byte) {
	q := newQuery(name, typ, true)
	wire := append([]byte{byte(q.Id >> 8), byte(q.Id)}, tail...)
	m, ours, err := readMessage(q, wire)
	if !ours || err != nil {
		return
	}
	links, err := readReply(name, typ, m)
	if err != nil {
		return
	}
	if len(links) == 0 || links[0].name != name {
		t.Fatalf("the reply to a question about %s begins with %v", name, links)
	}
	for i, l := range links {
		for _, r := range l.reply.Records {
			if r.Name != l.name || r.Class != zone.ClassIN || r.Type != typ && r.Type != zone.TypeCNAME || r.Type == zone.TypeA && len(r.Data) != 4 {
				t.Fatalf("%v in the answer about %s", r, l.name)
			}
		}
		if i > 0 && links[i-1].reply.Records[0].Target() != l.name {
			t.Fatalf("%s is not what %s leads to", l.name, links[i-1].name)
		}
	}
}

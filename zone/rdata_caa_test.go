package zone

import "testing"

func TestCAA(t *testing.T) {
	name := MustName("example.com")
	r := NewCAA(name, 300, 128, "issue", "ca.example; a=b")
	if f, tag, value, ok := r.CAA(); f != 128 || tag != "issue" || value != "ca.example; a=b" || !ok {
		t.Errorf("%d %q %q %v", f, tag, value, ok)
	}
	if got, want := r.WithCAA(0, "issuewild", "").String(), `example.com. 300 IN CAA 0 issuewild ""`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, r := range []Record{{}, NewTXT(name, 300, "x"), {Type: TypeCAA}, {Type: TypeCAA, Data: "\x00"}, {Type: TypeCAA, Data: "\x00\x06issue"}} {
		if _, _, _, ok := r.CAA(); ok {
			t.Errorf("%q is taken for a CAA record", r.Data)
		}
	}
	if _, tag, value, ok := (Record{Type: TypeCAA, Data: "\x00\x00"}).CAA(); tag != "" || value != "" || !ok {
		t.Error("an empty tag")
	}
}

package spf

import (
	"slices"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "v=spf1", "v=spf1 -all", "V=SPF1  a mx:%{d2r}.example.com/24//64  ~all ",
		"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:spf.example.com. ?exists:%{ir}.%{l1r+-}._spf.%{d} redirect=_spf.%{d} exp=e.%{o}",
		" \"v=spf1; mx, include: example.com -all;\"", "v=spf1\tmx\u00a0–all", "v=spf1 ip4:192.0.2.1include:example.com~all",
		"v = spf1 mx -all", "v=spf10 mx", "spf1 include:a.example -all", "v=spf1 redirect:a.example redirect=b.example redirect=b.example",
		"v=spf1 ipv4:1.2.3.4 a:1.2.3.4 ip4:::1 mx /24 - all --all inlcude:a.example %{", "v=spf1 a/24/64 mx//129 ip4:1.2.3.4/255.255.0.0",
		"v=spf1 \u200b ; a:ä.example x=%z exp=%{c}.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		r := Parse(text)
		if r.Text != text {
			t.Fatalf("the text is %q", r.Text)
		}
		if r.Form == Other {
			if len(r.Terms)+len(r.Faults) > 0 {
				t.Fatalf("%d terms, %d faults of a text that is no SPF", len(r.Terms), len(r.Faults))
			}
			return
		}
		if (r.Form == SPF) != (hasPrefixFold(text, "v=spf1 ") || strings.EqualFold(text, "v=spf1")) {
			t.Fatalf("form %d against RFC 7208, section 4.5", r.Form)
		}
		if r.Form == Meant && len(r.Faults) == 0 {
			t.Fatal("a text is no SPF record but has no fault")
		}
		checkPlaces(t, r)
		checkRepairs(t, r)
		if r.Valid() {
			checkRendered(t, r)
		}
	})
}

// checkPlaces checks that terms and faults lie in the text, in its order.
func checkPlaces(t *testing.T, r *Record) {
	at := 0
	for i, m := range r.Terms {
		if m.From < at || m.To <= m.From || m.To > len(r.Text) {
			t.Fatalf("term %d at %d-%d behind %d", i, m.From, m.To, at)
		}
		at = m.To
	}
	at = 0
	for i, f := range r.Faults {
		if f.From < at || f.To < f.From || f.To > len(r.Text) || f.Kind == 0 {
			t.Fatalf("fault %d (%d) at %d-%d behind %d", i, f.Kind, f.From, f.To, at)
		}
		at = f.From
		if f.Term < -1 || f.Term >= len(r.Terms) {
			t.Fatalf("fault %d of term %d", i, f.Term)
		}
		if f.Term >= 0 && !r.Terms[f.Term].Faulty {
			t.Fatalf("term %d has fault %d and is not faulty", f.Term, i)
		}
		if f.Term >= 0 && (f.From < r.Terms[f.Term].From || f.From > r.Terms[f.Term].To) {
			t.Fatalf("fault %d at %d lies outside of its term %d", i, f.From, f.Term)
		}
	}
}

// checkRepairs checks that every repair takes its fault away and that all
// together leave what cannot be repaired.
func checkRepairs(t *testing.T, r *Record) {
	edits := r.repairs(true)
	at, text := 0, ""
	for _, e := range edits {
		if e.From < at || e.To < e.From || e.To > len(r.Text) {
			t.Fatalf("edit %+v behind %d", e, at)
		}
		text += r.Text[at:e.From] + e.Text
		at = e.To
	}
	text += r.Text[at:]
	left := 0
	for _, f := range r.Faults {
		if f.Repair == nil || !f.Sure {
			left++
		}
	}
	// A repair may bring to light what the fault hid, so fewer may be left but
	// also others; none may be left where all are repaired and sure.
	if left == 0 && len(r.Faults) > 0 && len(Parse(text).Faults) >= len(r.Faults) {
		t.Fatalf("%q has %s\nafter the repair %q has %s", r.Text, describe(r), text, describe(Parse(text)))
	}
}

// checkRendered checks that what was understood says the same as the text.
func checkRendered(t *testing.T, r *Record) {
	again := Parse(r.String())
	if !again.Valid() {
		t.Fatalf("%q is rendered as %q: %s", r.Text, r.String(), describe(again))
	}
	bare := func(ms []Term) []Term {
		out := slices.Clone(ms)
		for i := range out {
			out[i].From, out[i].To = 0, 0
		}
		return out
	}
	if !slices.Equal(bare(r.Terms), bare(again.Terms)) {
		t.Fatalf("%q is rendered as %q", r.Text, r.String())
	}
}

package octodns

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Files implements zone.Editor.
func (s *source) Files() []string {
	names := make([]string, len(s.files))
	for i, f := range s.files {
		names[i] = f.name
	}
	return names
}

// Reread implements zone.Editor.
func (s *source) Reread(_ *zone.Zone, edits []zone.FileEdit) *zone.Zone {
	texts := map[string][]byte{}
	for _, e := range edits {
		texts[e.Name] = e.New
	}
	again := make([]*file, len(s.files))
	for i, f := range s.files {
		again[i] = &file{name: f.name, path: f.path, src: f.src, provider: f.provider, include: f.include, shared: f.shared, from: f.from}
		if text, ok := texts[f.name]; ok {
			again[i].src = text
		}
	}
	return readFiles(again, s.named, s.origin, s.opts)
}

// verify reads the new texts and compares the records with those intended.
func (s *source) verify(z *zone.Zone, cs zone.ChangeSet, edits []zone.FileEdit) error {
	want, ok := z.Apply(cs)
	if !ok {
		return errors.New("the records to be changed are not in the zone")
	}
	got := s.Reread(z, edits)
	if had := mistakes(z); len(mistakes(got)) > len(had) {
		for _, p := range mistakes(got) {
			if !slices.ContainsFunc(had, func(q zone.Problem) bool { return p.Message == q.Message }) {
				return fmt.Errorf("the edited text could not be read again (%s: %s); nothing was changed", p.Span, p.Message)
			}
		}
		return errors.New("the edited text could not be read again; nothing was changed")
	}
	if !slices.Equal(contents(want), contents(got)) {
		return fmt.Errorf("the edited text of zone %s would not hold exactly the intended records; nothing was changed", z.Apex)
	}
	return nil
}

// mistakes are the problems of a zone that are some.
func mistakes(z *zone.Zone) []zone.Problem {
	return slices.DeleteFunc(slices.Clone(z.Problems), func(p zone.Problem) bool { return p.Kind == zone.ProblemComputed })
}

// content is what matters of a record. octoDNS does not know how a text is cut
// into strings.
type content struct {
	name zone.Name
	typ  zone.Type
	ttl  uint32
	data string
}

// contents returns what matters of the records of a zone, in an order of its
// own.
func contents(z *zone.Zone) []content {
	out := make([]content, 0, z.Len())
	for r := range z.Records() {
		c := content{r.Name, r.Type, r.TTL, r.Data}
		if r.Type == zone.TypeTXT || r.Type == zone.TypeSPF {
			c.data = r.Text()
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b content) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.typ, b.typ), cmp.Compare(a.ttl, b.ttl), cmp.Compare(a.data, b.data))
	})
	return out
}

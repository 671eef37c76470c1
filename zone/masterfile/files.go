package masterfile

import "github.com/zonelint/zonelint/zone"

// Files implements zone.Editor: the file that was named, then those that it
// includes.
func (s *source) Files() []string {
	names := make([]string, len(s.files))
	for i, f := range s.files {
		names[i] = f.name
	}
	return names
}

// Reread implements zone.Editor.
func (s *source) Reread(_ *zone.Zone, edits []zone.FileEdit) *zone.Zone {
	texts := make([][]byte, len(s.files))
	for i, f := range s.files {
		texts[i] = f.src
		for _, e := range edits {
			if e.Name == f.name {
				texts[i] = e.New
			}
		}
	}
	_, got := s.layout(texts)
	return got
}

// Is reports whether a zone was read from a master file.
func Is(z *zone.Zone) bool {
	_, ok := z.Source.(*source)
	return ok
}

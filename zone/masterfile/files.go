package masterfile

import "github.com/zonelint/zonelint/zone"

// Files returns the names of the files that a zone was read from, as spans show
// them: the one that was named, then those that it includes. It is nil for a
// zone that is from no master file.
func Files(z *zone.Zone) []string {
	s, ok := z.Source.(*source)
	if !ok {
		return nil
	}
	names := make([]string, len(s.files))
	for i, f := range s.files {
		names[i] = f.name
	}
	return names
}

// Reread returns the zone that its files give with the edits made, as reading
// them from the disk would once they are written. It is nil for a zone that is
// from no master file.
func Reread(z *zone.Zone, edits []FileEdit) *zone.Zone {
	s, ok := z.Source.(*source)
	if !ok {
		return nil
	}
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

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

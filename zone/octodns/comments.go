package octodns

import "github.com/zonelint/zonelint/zone"

// remark is a comment of a file.
type remark struct {
	start, end int
}

// comment returns the comment on the last line of a value.
func (s *source) comment(zone.Loc) (zone.Comment, bool) { return zone.Comment{}, false }

// Comment implements zone.Source.
func (s *source) Comment(loc zone.Loc) string {
	c, _ := s.comment(loc)
	return c.Text
}

// Comments implements zone.Source.
func (s *source) Comments(containing string) []zone.Comment { return nil }

package report

// jsonLines is one finding of the JSON format a line, and nothing else.
type jsonLines struct{}

func (jsonLines) Open() string         { return "" }
func (jsonLines) Between() string      { return "" }
func (jsonLines) Close(Summary) []byte { return nil }

func (jsonLines) Append(buf []byte, r *Result) []byte {
	for _, f := range r.Findings {
		buf = append(append(buf, JSON(findingOf(f))...), '\n')
	}
	return buf
}

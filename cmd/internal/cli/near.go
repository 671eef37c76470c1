package cli

import "strings"

// didYouMean offers words that are near to one that is unknown.
func didYouMean(like []string) string { return "did you mean " + strings.Join(like, " or ") + "?" }

package tagvalue

import "strings"

// junk is what people paste before a record or a tag without seeing it: blanks,
// quotes, a no-break space, a zero-width space, a byte order mark.
var junk = [...]string{" ", "\t", "\r", "\n", `"`, "'", "\u00a0", "\u200b", "\ufeff", "\u201c", "\u201d", "\u2018", "\u2019", "\u201e", "\xa0"}

// SkipJunk returns where in text, from the offset i, something else stands than
// blanks, quotes and characters that cannot be seen.
func SkipJunk(text string, i int) int {
	for i < len(text) && (text[i] <= '\'' || text[i] >= 0x80) { // the last of junk in ASCII
		n := 0
		for _, j := range junk {
			if strings.HasPrefix(text[i:], j) {
				n = len(j)
				break
			}
		}
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// SkipBlanks returns where in text, from the offset i, something else stands
// than spaces and tabs.
func SkipBlanks(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i
}

package report

import "strings"

// prose makes Markdown of a text of unknown origin: what could be markup, a
// link, a mention or a reference there is set as code, in which none of that
// is. Names, addresses and records read better so, too.
func prose(s string) string {
	s = Escape(s)
	var b strings.Builder
	for s != "" {
		if s[0] == ' ' {
			b.WriteByte(' ')
			s = strings.TrimLeft(s, " ")
			continue
		}
		word := nextWord(s)
		s = s[len(word):]
		head, core, tail := peel(word)
		b.WriteString(head)
		if harmless(core) {
			b.WriteString(core)
		} else {
			b.WriteString(code(core))
		}
		b.WriteString(tail)
	}
	return b.String()
}

// nextWord returns what a text begins with: a quotation to its end, or a word
// to the next blank.
func nextWord(s string) string {
	end := strings.IndexByte(s, ' ')
	if end < 0 {
		end = len(s)
	}
	if q := strings.IndexByte(s[:end], '"'); q == 0 || q > 0 && s[q-1] == '(' {
		if closing := strings.IndexByte(s[q+1:], '"'); closing >= 0 {
			end = q + 1 + closing + 1
			if blank := strings.IndexByte(s[end:], ' '); blank >= 0 {
				return s[:end+blank]
			}
			return s
		}
	}
	return s[:end]
}

// peel takes the punctuation of the sentence off a word.
func peel(word string) (head, core, tail string) {
	core = strings.TrimLeft(word, "(")
	head = word[:len(word)-len(core)]
	rest := strings.TrimRight(strings.TrimSuffix(core, ")."), ",;:)")
	if strings.HasSuffix(rest, `\`) && len(rest) < len(core) {
		rest = core[:len(rest)+1] // an escaped character
	}
	tail = core[len(rest):]
	core = rest
	// The dot of a word without another one ends the sentence, that of
	// mx.example.com. may be the name's.
	if bare, ok := strings.CutSuffix(core, "."); ok && (!strings.Contains(bare, ".") || strings.HasSuffix(bare, `"`)) {
		core, tail = bare, "."+tail
	}
	return head, core, tail
}

// harmless reports whether a word means the same in Markdown wherever it
// stands: letters with hyphens and apostrophes between them, a short number, or
// a quotation of such.
func harmless(word string) bool {
	if len(word) > 1 && word[0] == '"' && word[len(word)-1] == '"' {
		for part := range strings.SplitSeq(word[1:len(word)-1], " ") {
			if part == "" || !harmless(part) || part[0] == '"' {
				return false
			}
		}
		return len(word) > 2
	}
	letters, digits := 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		case c >= '0' && c <= '9':
			digits++
		case (c == '-' || c == '\'') && i > 0 && i < len(word)-1:
		default:
			return false
		}
	}
	// A commit is a hexadecimal number for GitHub, GH-1 an issue.
	return digits == 0 || letters == 0 && digits <= 5
}

// code is an inline code span, fenced so that nothing in it ends it.
func code(s string) string {
	if s == "" {
		return ""
	}
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return fence + s + fence
}

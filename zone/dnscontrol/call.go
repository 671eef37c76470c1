package dnscontrol

// maxCall is how many octets of a call are looked at.
const maxCall = 64 << 10

// expression is a call as far as it was read.
type expression struct {
	word int // end of the function's name
	end  int // behind the closing parenthesis, or of the line
}

// readCall reads the call that begins at start: a name and what stands in
// parentheses behind it.
func readCall(src []byte, start int) expression {
	limit := min(len(src), start+maxCall)
	i := start
	for i < limit && name(src[i]) {
		i++
	}
	e := expression{word: i}
	for i < limit && (src[i] == ' ' || src[i] == '\t') {
		i++
	}
	if i == limit || src[i] != '(' {
		e.end = lineEnd(src, start, limit)
		return e
	}
	depth := 0
	for i < limit {
		switch c := src[i]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				e.end = i + 1
				return e
			}
		case '"', '\'', '`':
			i = literalEnd(src, i, limit)
			continue
		case '/':
			if i+1 < limit && (src[i+1] == '/' || src[i+1] == '*') {
				i = commentEnd(src, i, limit)
				continue
			}
		}
		i++
	}
	e.end = lineEnd(src, start, limit)
	return e
}

func name(c byte) bool {
	return c == '_' || c == '$' || c == '.' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// lineEnd returns where the line ends, without the blanks before.
func lineEnd(src []byte, start, limit int) int {
	end := start
	for i := start; i < limit && src[i] != '\n' && src[i] != '\r'; i++ {
		if src[i] != ' ' && src[i] != '\t' {
			end = i + 1
		}
	}
	return end
}

// literalEnd returns where the string literal at i ends, behind its quote.
func literalEnd(src []byte, i, limit int) int {
	quote := src[i]
	for i++; i < limit; i++ {
		switch src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return limit
}

// commentEnd returns where the comment at i ends.
func commentEnd(src []byte, i, limit int) int {
	line := src[i+1] == '/'
	for i += 2; i < limit; i++ {
		if line && src[i] == '\n' || !line && src[i] == '*' && i+1 < limit && src[i+1] == '/' {
			return min(i+2, limit)
		}
	}
	return limit
}

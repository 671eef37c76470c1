package masterfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestLexer(t *testing.T) {
	names := map[masterfile.Kind]string{
		masterfile.BOM: "bom", masterfile.Blank: "blank", masterfile.Newline: "newline", masterfile.Comment: "comment",
		masterfile.Open: "open", masterfile.Close: "close", masterfile.Word: "word", masterfile.String: "string",
	}
	tests := []struct{ src, want string }{
		{"", ``},
		{"a IN\tA 192.0.2.1\n", `word"a" blank" " word"IN" blank"\t" word"A" blank" " word"192.0.2.1" newline"\n"`},
		{"\ufeffa", `bom"\ufeff" word"a"`},
		{"a\ufeff", `word"a\ufeff"`},
		{"\ufeff\ufeff", `bom"\ufeff" word"\ufeff"`},
		{" \t \n\n", `blank" \t " newline"\n" newline"\n"`},
		{"a\r\nb\rc\r", `word"a" newline"\r\n" word"b" newline"\r" word"c" newline"\r"`},
		{"; c\r\n;d", `comment"; c" newline"\r\n" comment";d"`},
		{"; a\rb\n", `comment"; a\rb" newline"\n"`},
		{";", `comment";"`},
		{"a;b", `word"a" comment";b"`},
		{`a\;b`, `word"a\\;b"`},
		{`a\`, `word"a\\"`},
		{"a\\\nb", `word"a\\" newline"\n" word"b"`},
		{"a\\\r\nb", `word"a\\" newline"\r\n" word"b"`},
		{`\\;x`, `word"\\\\" comment";x"`},
		{`a\"b"c"`, `word"a\\\"b" string"\"c\""`},
		{"(a)b( )", `open"(" word"a" close")" word"b" open"(" blank" " close")"`},
		{`a\(b\)`, `word"a\\(b\\)"`},
		{`"a b;(c)"`, `string"\"a b;(c)\""`},
		{`"a""b"`, `string"\"a\"" string"\"b\""`},
		{`"a\"b"`, `string"\"a\\\"b\""`},
		{`"a\\"b`, `string"\"a\\\\\"" word"b"`},
		{"\"open\nb", `string"\"open" newline"\n" word"b"`},
		{"\"open\r\nb", `string"\"open" newline"\r\n" word"b"`},
		{"\"lone\rcr\"", `string"\"lone\rcr\""`},
		{"\"over\\\nlines\"", `string"\"over\\\nlines\""`},
		{`"`, `string"\""`},
		{`"\`, `string"\"\\"`},
		{"\xff\x00\v", `word"\xff\x00\v"`},
	}
	for _, tt := range tests {
		var got []string
		l := masterfile.NewLexer([]byte(tt.src))
		for tok, ok := l.Next(); ok; tok, ok = l.Next() {
			got = append(got, fmt.Sprintf("%s%q", names[tok.Kind], tt.src[tok.Start:tok.End]))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.src, s, tt.want)
		}
	}
}

package dkim

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
)

// The records are written as the text of s._domainkey; several are parted by a
// line feed. The strings of the result are joined.
func TestFixes(t *testing.T) {
	const good = "v=DKIM1; k=ed25519; p=" + rawKey
	whole := "v=DKIM1; k=rsa; p=" + exampleKey
	for _, c := range []struct {
		name, text string
		upTo       rules.Safety
		want       string // what is left, "" if nothing changed
		left       []string
	}{
		{"version in small letters", "v=dkim1; k=ed25519; p=" + rawKey, rules.Safe, good, nil},
		{"version late", "k=ed25519; v=DKIM1; p=" + rawKey, rules.Safe, "v=DKIM1; k=ed25519; p=" + rawKey, nil},
		{"version late and wrong", "k=ed25519; p=" + rawKey + "; v=dkim", rules.Safe, good, nil},
		{"version of a key that is void", "v=DKIM2; k=ed25519; p=abc", rules.Unsafe, "", []string{"dkim-version", "dkim-ed25519-len"}},
		{"semicolons", "v=DKIM1 k=ed25519,p=" + rawKey + ";; n=a", rules.Safe, good + "; n=a", nil},
		{"colons", "v=DKIM1; k:ed25519; p=" + rawKey, rules.Safe, good, nil},
		{"quotes", `\"v=DKIM1; k=ed25519; \" \"p=` + rawKey + `\"`, rules.Safe, good, nil},
		{"the same tag again", "v=DKIM1; k=ed25519; p=" + rawKey + "; k=ed25519", rules.Safe, good, nil},
		{"another value again", "v=DKIM1; k=ed25519; p=" + rawKey + "; k=rsa", rules.Unsafe, "", []string{"dkim-dup-tag"}},
		{"P", "v=DKIM1; k=ed25519; P=" + rawKey, rules.Safe, good, nil},
		{"a key without a tag", "v=DKIM1; k=rsa; " + exampleKey, rules.Safe, whole, nil},
		{"PEM", "v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY----- " + exampleKey + " -----END PUBLIC KEY-----", rules.Safe, whole, nil},
		{"the alphabet of URLs", "v=DKIM1; k=rsa; p=" + strings.NewReplacer("+", "-", "/", "_").Replace(exampleKey), rules.Safe, whole, nil},
		{"padding", "v=DKIM1; k=ed25519; p=" + strings.TrimSuffix(rawKey, "="), rules.Safe, good, nil},
		{"needless padding", "v=DKIM1; k=ed25519; p=" + rawKey + "=", rules.Safe, good, nil},
		{"truncated", "v=DKIM1; k=rsa; p=" + exampleKey[:200], rules.Unsafe, "", []string{"dkim-base64"}},
		{"Ed25519 in DER", "v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA" + rawKey, rules.Safe, good, nil},
		{"RSA as Ed25519", "v=DKIM1; k=ed25519; p=" + exampleKey, rules.Safe, whole, nil},
		{"Ed25519 as RSA", "v=DKIM1; p=" + rawKey, rules.Safe, "", []string{"dkim-key-der"}},
		{"Ed25519 as RSA, unsafe", "v=DKIM1; p=" + rawKey, rules.Unsafe, good, nil},
		{"trailing octets", "v=DKIM1; k=rsa; p=" + exampleKey + "AAAA", rules.Safe, whole, nil},
		{"the type in capitals", "v=DKIM1; k=Ed25519; p=" + rawKey, rules.Safe, good, nil},
		{"an unknown type that the key proves", "v=DKIM1; k=rsa-sha256; p=" + exampleKey, rules.Safe, whole, nil},
		{"an empty type that the key proves", "v=DKIM1; k=; p=" + exampleKey, rules.Safe, whole, nil},
		{"an unknown type", "v=DKIM1; k=x; p=" + rawKey, rules.Unsafe, "", []string{"dkim-k-unknown"}},
		{"h", "v=DKIM1; h=sha1; k=ed25519; p=" + rawKey, rules.Unsafe, good, nil},
		{"h with commas", "v=DKIM1; h=sha1,sha256; k=ed25519; p=" + rawKey, rules.Safe, "v=DKIM1; h=sha1:sha256; k=ed25519; p=" + rawKey, nil},
		{"s", "v=DKIM1; s=mail; k=ed25519; p=" + rawKey, rules.Unsafe, good, nil},
		{"t=y", "v=DKIM1; t=y; k=ed25519; p=" + rawKey, rules.Unsafe, good, nil},
		{"t=y beside s", "v=DKIM1; t=y:s; k=ed25519; p=" + rawKey, rules.Unsafe, "v=DKIM1; t=s; k=ed25519; p=" + rawKey, nil},
		{"t with a comma", "v=DKIM1; t=s,s; k=ed25519; p=" + rawKey, rules.Safe, "v=DKIM1; t=s:s; k=ed25519; p=" + rawKey, nil},
		{"an empty t", "v=DKIM1; t=; k=ed25519; p=" + rawKey, rules.Safe, good, nil},
		{"g and q", "v=DKIM1; g=*; q=dns; k=ed25519; p=" + rawKey, rules.Safe, good, nil},
		{"g of one address", "v=DKIM1; g=a; k=ed25519; p=" + rawKey, rules.Safe, "", []string{"dkim-old-tags"}},
		{"split over two records", "v=DKIM1; k=rsa; p=" + exampleKey[:200] + "\n" + exampleKey[200:], rules.Safe, whole, nil},
		{"split over two records without a version", "p=" + exampleKey[:200] + "\n" + exampleKey[200:], rules.Safe, "p=" + exampleKey, nil},
		{"split, the rest first", exampleKey[200:] + "; t=s\nv=DKIM1; k=rsa; p=" + exampleKey[:200], rules.Safe, whole + "; t=s", nil},
		{"split over three records", "v=DKIM1; k=rsa; p=" + exampleKey[:200] + "\n" + exampleKey[200:300] + "\n" + exampleKey[300:], rules.Unsafe, whole, nil},
		{"split and not whole", "v=DKIM1; k=rsa; p=" + exampleKey[:200] + "\n" + exampleKey[200:300], rules.Unsafe, "", []string{"dkim-multiple-txt"}},
		{"twice the same", good + "\n" + "v=DKIM1;k=ed25519;p=" + rawKey, rules.Safe, good, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var src strings.Builder
			src.WriteString(rules.ExampleHeader)
			for text := range strings.SplitSeq(c.text, "\n") {
				src.WriteString("s._domainkey IN TXT (")
				for part := range slices.Chunk([]byte(text), 200) {
					src.WriteString(" \"" + string(part) + "\"")
				}
				src.WriteString(" )\n")
			}
			changes, left := ruletest.Fixed(t, src.String(), Rules(), c.upTo)
			got := ""
			for _, line := range changes {
				if text, ok := strings.CutPrefix(line, "+s._domainkey.example.com. 3600 IN TXT "); ok {
					got += strings.Trim(strings.ReplaceAll(text, `" "`, ""), `"`)
				}
			}
			if c.name == "twice the same" && len(changes) == 1 && strings.HasPrefix(changes[0], "-") {
				got = c.want // one is removed and the other stays as it is
			}
			if got != c.want {
				t.Errorf("got %q, want %q (changes %q)", got, c.want, changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left %q, want %q", left, c.left)
			}
		})
	}
}

// TestMoves checks where keys that stand in a wrong place are moved to.
func TestMoves(t *testing.T) {
	const good = "v=DKIM1; k=ed25519; p=" + rawKey
	for _, c := range []struct {
		name, owner, text, want string
		left                    []string
	}{
		{"without the underscore", "s1.domainkey", good, "s1._domainkey.example.com.", nil},
		{"misspelt", "s1._domainkeys.a", good, "s1._domainkey.a.example.com.", nil},
		{"without the dot", "s1_domainkey", good, "s1._domainkey.example.com.", nil},
		{"without a selector", "_domainkey", good, "", []string{"dkim-misplaced"}},
		{"a key with a fault of its own", "s1.domainkey", "v=DKIM1; p=" + key1024, "", []string{"dkim-misplaced"}},
		{"a policy", "_domainkey", "o=-", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+c.owner+" IN TXT \""+c.text+"\"\n", Rules(), rules.Unsafe)
			got := ""
			for _, change := range changes {
				if strings.HasPrefix(change, "+") {
					got, _, _ = strings.Cut(change[1:], " ")
				}
			}
			if got != c.want || !slices.Equal(left, c.left) {
				t.Errorf("moved to %q, left %v; want %q, %v", got, left, c.want, c.left)
			}
		})
	}
}

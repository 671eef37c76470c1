package clients_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/zonelint/zonelint/cmd/internal/clients"
)

// Whatever the host and the user are called, the files are well-formed and hold
// nothing but what they should.
func FuzzFiles(f *testing.F) {
	f.Add("Host", "me@example.com")
	f.Add("<Host> & \"Söhne\"", "o'neil&<co>@example.com")
	f.Add("]]><!--", "%EMAILADDRESS%@example.com")
	f.Add("\x00\x1b[31m\u202e\ufffe", "\xff@")
	f.Fuzz(func(t *testing.T, name, user string) {
		h := host(t, usual)
		h.Name = name
		a, err := clients.NewAccount(h, "example.com", user, "")
		if err != nil {
			t.Fatal(err)
		}
		shown := strings.Map(func(r rune) rune {
			if r == utf8.RuneError || !unicode.IsPrint(r) {
				return -1
			}
			return r
		}, user)
		config, err := a.Autoconfig()
		if err != nil || len(elements(t, config)) != 18 {
			t.Errorf("%s, %v", config, err)
		}
		answer, err := a.Autodiscover()
		if err != nil {
			t.Fatal(err)
		}
		if got := elements(t, answer); shown == user && strings.TrimSpace(user) == user && user != "" && !slices.Contains(got, "Response/Account/Protocol/LoginName = "+user) {
			t.Errorf("%q in %q", user, got)
		}
		profile, err := a.Mobileconfig()
		if err != nil {
			t.Fatal(err)
		}
		if got := plist(t, profile); shown == user && user != "" && !slices.Contains(got, "PayloadContent.EmailAddress: "+user) {
			t.Errorf("%q in %q", user, got)
		}
	})
}

package clients_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestMobileconfig(t *testing.T) {
	doc, err := account(t, host(t, usual), "", "").Mobileconfig()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, plist(t, doc), `
PayloadType: Configuration
PayloadVersion: 1
PayloadIdentifier: com.example.mail
PayloadUUID: CFBFF0D1-9375-5685-968C-48CE8B15AE17
PayloadDisplayName: Mail of example.com
PayloadDescription: Sets up the mail of example.com. The user name is your whole address.
PayloadOrganization: example.com
PayloadContent.PayloadType: com.apple.mail.managed
PayloadContent.PayloadVersion: 1
PayloadContent.PayloadIdentifier: com.example.mail.account
PayloadContent.PayloadUUID: 533EE8A3-07E8-5A06-B6C9-98940A56FE2F
PayloadContent.PayloadDisplayName: Mail of example.com
PayloadContent.EmailAccountDescription: example.com
PayloadContent.EmailAccountType: EmailTypeIMAP
PayloadContent.IncomingMailServerAuthentication: EmailAuthPassword
PayloadContent.IncomingMailServerHostName: imap.example.net
PayloadContent.IncomingMailServerPortNumber: 993
PayloadContent.IncomingMailServerUseSSL: true
PayloadContent.OutgoingMailServerAuthentication: EmailAuthPassword
PayloadContent.OutgoingMailServerHostName: smtp.example.net
PayloadContent.OutgoingMailServerPortNumber: 587
PayloadContent.OutgoingMailServerUseSSL: true
PayloadContent.OutgoingPasswordSameAsIncomingPassword: true
`)

	again, _ := account(t, host(t, usual), "", "").Mobileconfig()
	if string(again) != string(doc) {
		t.Error("the same domain gives another profile")
	}
	one, _ := account(t, host(t, usual), `<a&"b>@example.com`, "").Mobileconfig()
	keys := plist(t, one)
	for _, want := range []string{
		`PayloadContent.EmailAddress: <a&"b>@example.com`,
		`PayloadContent.IncomingMailServerUsername: <a&"b>@example.com`,
		`PayloadContent.OutgoingMailServerUsername: <a&"b>@example.com`,
		"PayloadDescription: Sets up the mail of example.com.",
	} {
		if !slices.Contains(keys, want) {
			t.Errorf("no %s in %q", want, keys)
		}
	}
	if slices.Contains(keys, "PayloadUUID: CFBFF0D1-9375-5685-968C-48CE8B15AE17") || slices.Contains(keys, "PayloadIdentifier: com.example.mail") {
		t.Error("the profile of one user takes the place of that for all")
	}
}

// What the device asks for is explained; POP3 is taken where there is no IMAP.
func TestMobileconfigOtherUsers(t *testing.T) {
	for user, want := range map[string]string{
		"local-part": " The user name is what stands before the @ of your address.",
		"account":    " The user name is the one that your mail host gave you.",
	} {
		doc, err := account(t, host(t, fmt.Sprintf(`clients:
- {protocol: pop3, host: pop.example.net, port: 995, security: tls, user: %s, auth: app-password}
- {protocol: smtp, host: smtp.example.net, port: 465, security: tls, user: %[1]s, auth: app-password}
`, user)), "", "").Mobileconfig()
		if err != nil {
			t.Fatal(err)
		}
		keys := plist(t, doc)
		text := "PayloadDescription: Sets up the mail of example.com." + want + " The password is one that you make for this device in the settings of your mail host."
		if !slices.Contains(keys, text) || !slices.Contains(keys, "PayloadContent.EmailAccountType: EmailTypePOP") {
			t.Errorf("%q", keys)
		}
	}
	one, _ := account(t, host(t, `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls, user: local-part}
- {protocol: smtp, host: smtp.example.net, port: 465, security: tls, user: account, auth: app-password}
`), "me@example.com", "").Mobileconfig()
	keys := plist(t, one)
	if !slices.Contains(keys, "PayloadContent.OutgoingPasswordSameAsIncomingPassword: false") ||
		!slices.Contains(keys, "PayloadDescription: Sets up the mail of example.com. The password for sending is one that you make for this device in the settings of your mail host.") {
		t.Errorf("%q", keys)
	}
	if !slices.Contains(keys, "PayloadContent.IncomingMailServerUsername: me") || slices.ContainsFunc(keys, func(s string) bool { return strings.Contains(s, "OutgoingMailServerUsername") }) {
		t.Errorf("%q", keys)
	}
}

// plist returns the keys of a property list with their values, and fails if its
// dictionaries are not pairs.
func plist(t *testing.T, doc []byte) []string {
	t.Helper()
	var out []string
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	key, prefix := "", ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		text := ""
		switch start.Name.Local {
		case "plist", "dict":
			continue
		case "array":
			prefix, key = key+".", ""
			continue
		case "true", "false":
			text = start.Name.Local
			_ = d.Skip()
		default:
			if err := d.DecodeElement(&text, &start); err != nil {
				t.Fatal(err)
			}
		}
		if start.Name.Local == "key" {
			if key != "" {
				t.Errorf("the key %s has no value", key)
			}
			key = text
			continue
		}
		if key == "" {
			t.Errorf("%q has no key", text)
		}
		out = append(out, prefix+key+": "+text)
		key = ""
	}
}

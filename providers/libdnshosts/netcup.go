package libdnshosts

import (
	"fmt"
	"regexp"

	"github.com/libdns/netcup"

	"github.com/zonelint/zonelint/providers"
)

// netcupUnauthorized are words of the API about the credentials.
var netcupUnauthorized = regexp.MustCompile(`(?i)login failed|api.?key|api.?password|customer.?number|session`)

// Netcup describes netcup, through libdns/netcup v1.0.0 (read 2026-11). It writes
// the preference of an MX record into its host name, and deletes the first record
// of a name and type, whatever its text. Reading is in order: one answer has the
// whole zone, MX records have their preference, and the TTL is that of the zone.
func Netcup() *providers.Provider {
	capabilities := providers.Capabilities{
		ReadOnly: "the package for netcup's API deletes the first record of a name and type, whatever it says, and writes MX records wrongly; make the changes in netcup's control panel",
	}
	return &providers.Provider{
		Name:  "netcup",
		Title: "netcup",
		URL:   "https://helpcenter.netcup.com/en/wiki/general/our-api/",
		Variables: []providers.Variable{
			{Name: "NETCUP_CUSTOMER_NUMBER", Use: "the customer number"},
			{Name: "NETCUP_API_KEY", Use: "an API key, made in the control panel under Master data, API", Secret: true},
			{Name: "NETCUP_API_PASSWORD", Use: "the API password", Secret: true},
		},
		Capabilities: capabilities,
		Notes:        []string{"All records of a zone have one TTL. The API cannot list the zones."},
		Open: func(env func(string) string) (providers.Backend, error) {
			p := &netcup.Provider{CustomerNumber: env("NETCUP_CUSTOMER_NUMBER"), APIKey: env("NETCUP_API_KEY"), APIPassword: env("NETCUP_API_PASSWORD")}
			return providers.NewLibDNS(p, providers.LibDNSOptions{
				Capabilities: capabilities,
				QuotedText:   true, // where it begins with a quote
				Classify: func(err error) error {
					if netcupUnauthorized.MatchString(err.Error()) {
						return fmt.Errorf("%w: %w", providers.ErrUnauthorized, err)
					}
					return err
				},
			}), nil
		},
	}
}

package clients

import (
	"slices"

	"github.com/zonelint/zonelint/rules/pack"
)

// Formats are the names of all formats; the last three are files for mail
// programs.
var Formats = []string{"text", "json", "autoconfig", "mobileconfig", "autodiscover"}

// Host is a mail host with its settings for a domain.
type Host struct {
	*pack.Pack
	// Why is what in a zone points at the host; "" if the user named it.
	Why      string
	Settings []pack.Setting
}

// missing returns the variables that the settings lack, each once.
func (h *Host) missing() []string {
	var out []string
	for _, s := range h.Settings {
		for _, v := range s.Missing {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// about says what a variable of the pack is and how to give it.
func (h *Host) about(variable string) (what, how string) {
	for _, v := range h.Variables {
		if v.Name == variable {
			return v.About, "--var " + variable + "=VALUE"
		}
	}
	return "the domain of the mail addresses, in some form", "--domain NAME"
}

// protocolNames are the protocols as people write them.
var protocolNames = map[pack.Protocol]string{pack.IMAP: "IMAP", pack.POP3: "POP3", pack.Submission: "SMTP", pack.ManageSieve: "ManageSieve"}

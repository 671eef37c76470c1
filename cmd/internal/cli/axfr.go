package cli

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/zone"
)

// namesTransfer reports whether arguments name zones to be transferred.
func namesTransfer(args []string) bool { return slices.ContainsFunc(args, rfc2136.IsTarget) }

// transferTargets reads arguments that all name zones to be transferred, each
// zone once.
func transferTargets(args []string) ([]rfc2136.Target, error) {
	var out []rfc2136.Target
	from := map[zone.Name]rfc2136.Target{}
	for _, arg := range args {
		if !rfc2136.IsTarget(arg) {
			return nil, usagef("check them in two runs", "%s and a zone to be transferred (%s)", arg, args[slices.IndexFunc(args, rfc2136.IsTarget)])
		}
		t, err := rfc2136.ParseTarget(arg)
		if err != nil {
			return nil, usagef("write axfr://ns1.example.net/example.com, axfr://192.0.2.1:5353/example.com or axfr://[2001:db8::1]/example.com", "%v", err)
		}
		switch old, twice := from[t.Zone]; {
		case !twice:
			from[t.Zone] = t
			out = append(out, t)
		case old.Server != t.Server:
			return nil, usagef("check them in two runs", "%s and %s are the same zone on two servers", old, t)
		}
	}
	return out, nil
}

// transfer reads a zone. An error is one line without credentials.
func (a *app) transfer(ctx context.Context, t rfc2136.Target) (*providers.Snapshot, error) {
	s, err := t.Transfer(ctx, os.Getenv)
	if err != nil {
		return nil, &providerError{strings.Join(strings.Fields(transferSecret().Text(err.Error())), " "), err}
	}
	return s, nil
}

// transferSecret knows the credential of transfers.
func transferSecret() *providers.Redactor {
	return providers.NewRedactor(os.Getenv(rfc2136.SecretVariable))
}

// fixTransfer says what to do in place of fixing a zone that was transferred.
func fixTransfer(args []string) error {
	arg := args[slices.IndexFunc(args, rfc2136.IsTarget)]
	t, err := rfc2136.ParseTarget(arg)
	if err != nil {
		t.Server, t.Zone = "SERVER", "\x04ZONE\x00"
	}
	return usagef("if the server takes updates (RFC 2136), run: "+rfc2136.ServerVariable+"="+report.Escape(strings.TrimSuffix(t.Server, ":53"))+" zonelint fix --provider rfc2136 "+report.Escape(t.Zone.String())+"; else fix the file that it loads",
		"%s can be read and not written", arg)
}

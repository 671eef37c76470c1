package cli

import (
	"io"
	"os"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/rules/transport"
	"github.com/zonelint/zonelint/zone"
)

// maxPolicy is how large an MTA-STS policy may be, in octets. Senders need not
// take more than 64 KiB (RFC 8461, section 3.2).
const maxPolicy = 1 << 20

// policiesOf reads the policies of --mta-sts-policy.
func policiesOf(c *urfave.Context) ([]*transport.Policy, error) {
	var out []*transport.Policy
	for _, arg := range c.StringSlice("mta-sts-policy") {
		file, domain := arg, zone.Name("")
		// A path may hold "=" too; what stands before that of a domain is a name.
		if before, after, ok := strings.Cut(arg, "="); ok && strings.Contains(before, ".") && !strings.ContainsAny(before, `/\`) {
			if n, err := zone.ParseName(before, zone.Root); err == nil {
				file, domain = after, n
			}
		}
		text, err := readPolicy(file)
		if err != nil {
			return nil, usagef("", "--mta-sts-policy %s: %s", arg, describe(err))
		}
		if len(text) > maxPolicy {
			return nil, usagef("", "--mta-sts-policy %s: the file is larger than %d octets", arg, maxPolicy)
		}
		p := transport.ParsePolicy(file, text)
		p.Domain = domain
		out = append(out, p)
	}
	return out, nil
}

func readPolicy(file string) ([]byte, error) {
	if newStrays(currentDir()).leave(file) {
		return nil, errStray
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxPolicy+1))
}

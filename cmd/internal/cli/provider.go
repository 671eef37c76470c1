package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/all"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

// providerFlags choose zones at a provider in place of files.
func providerFlags() []urfave.Flag {
	return []urfave.Flag{
		providerFlag(),
		&urfave.BoolFlag{Name: "all-zones", Category: groupProvider, Usage: "take every zone that the credentials see"},
	}
}

func providerFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "provider", Category: groupProvider, Usage: "`NAME`: take zones from this DNS provider instead of files; the arguments are names of zones, and without one it is the only zone that the credentials see (\"zonelint providers\" tells the names and the variables with the credentials)"}
}

// jsonProvider is a provider as "zonelint providers --format json" tells it.
type jsonProvider struct {
	Name      string         `json:"name"`
	Title     string         `json:"title"`
	URL       string         `json:"url"`
	Variables []jsonVariable `json:"variables"`
	Atomic    bool           `json:"atomic"`
	MaxOps    int            `json:"max_changes_at_once,omitempty"`
	ReadOnly  string         `json:"read_only,omitempty"`
	Limits    []string       `json:"limits"`
	Notes     []string       `json:"notes"`
}

type jsonVariable struct {
	Name     string `json:"name"`
	Use      string `json:"use"`
	Secret   bool   `json:"secret"`
	Optional bool   `json:"optional"`
}

func (a *app) providersCommand() *urfave.Command {
	return &urfave.Command{
		Name:  "providers",
		Usage: "list the DNS providers whose zones can be checked and changed",
		Description: "Lists the providers that --provider takes, how they make changes, what they cannot store, " +
			"and the environment variables that hold the credentials.",
		Flags: []urfave.Flag{listFormatFlag()},
		Action: func(c *urfave.Context) error {
			if err := noArguments(c); err != nil {
				return err
			}
			json, err := wantsJSON(c)
			if err != nil {
				return err
			}
			if json {
				return a.print(jsonLines(jsonProviders(all.Providers())))
			}
			return a.print(providerTable(all.Providers()))
		},
	}
}

func jsonProviders(list []*providers.Provider) []jsonProvider {
	var out []jsonProvider
	for _, p := range list {
		j := jsonProvider{Name: p.Name, Title: p.Title, URL: p.URL, Variables: []jsonVariable{}, Limits: []string{}, Notes: []string{}}
		for _, v := range p.Variables {
			j.Variables = append(j.Variables, jsonVariable(v))
		}
		j.Atomic, j.MaxOps, j.ReadOnly = p.Capabilities.Atomic && !p.Capabilities.OneRRset, p.Capabilities.MaxOps, p.Capabilities.ReadOnly
		j.Limits = append(j.Limits, p.Capabilities.Words()...)
		j.Notes = append(j.Notes, p.Notes...)
		out = append(out, j)
	}
	return out
}

// providerTable is a table, and below it what does not fit into its lines.
func providerTable(list []*providers.Provider) []byte {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROVIDER\tNAME\tVARIABLES\tCHANGES")
	for _, p := range list {
		var needed []string
		for _, v := range p.Variables {
			if !v.Optional {
				needed = append(needed, v.Name)
			}
		}
		words := p.Capabilities.Words()
		changes := "everything can be stored"
		if len(words) > 0 {
			changes = words[0] // how changes are made
		}
		if p.Capabilities.ReadOnly != "" {
			changes = "none: read only"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Name, p.Title, strings.Join(needed, " "), changes)
	}
	w.Flush()
	for _, p := range list {
		fmt.Fprintf(&b, "\n%s\n", p.Title)
		for _, v := range p.Variables {
			optional := ""
			if v.Optional {
				optional = " (optional)"
			}
			fmt.Fprintf(&b, "  %s%s: %s\n", v.Name, optional, v.Use)
		}
		words := p.Capabilities.Words()
		if why := p.Capabilities.ReadOnly; why != "" {
			fmt.Fprintf(&b, "  Read only: %s.\n", why)
			words = nil
		}
		if len(words) > 1 {
			fmt.Fprintf(&b, "  Limits: %s.\n", strings.Join(words[1:], ", "))
		}
		for _, n := range p.Notes {
			fmt.Fprintf(&b, "  %s\n", n)
		}
		fmt.Fprintf(&b, "  %s\n", p.URL)
	}
	fmt.Fprintln(&b, "\nNot read, since what the packages for their APIs say of a zone may be wrong; --provider NAME tells why:")
	for i, h := range all.UnfitNames() {
		fmt.Fprint(&b, [...]string{"  ", ", "}[min(i, 1)], h)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// account is a provider with the credentials of the environment.
type account struct {
	*app
	provider *providers.Provider
	backend  providers.Backend
	redactor *providers.Redactor
}

// openAccount opens the provider of that name. No request is made.
func (a *app) openAccount(name string) (*account, error) {
	p := all.Find(name)
	if p == nil {
		if why := all.Unfit(name); why != "" {
			return nil, usagef("export the zone into a file and check that, or have it transferred: axfr://SERVER/ZONE", "zones at %s are not read: %s", strings.ToLower(name), why)
		}
		names := all.Names()
		if like := spelling.Near(name, names); len(like) > 0 {
			return nil, usagef(didYouMean(like), "no provider is called %q", name)
		}
		return nil, usagef("the providers are "+strings.Join(names, ", "), "no provider is called %q", name)
	}
	var missing []string
	for _, v := range p.Variables {
		if !v.Optional && os.Getenv(v.Name) == "" {
			missing = append(missing, fmt.Sprintf("%s (%s)", v.Name, v.Use))
		}
	}
	if len(missing) > 0 {
		return nil, usagef("", "%s needs the environment variable %s", p.Title, strings.Join(missing, " and "))
	}
	b, r, err := p.Backend(os.Getenv)
	if err != nil {
		return nil, err
	}
	return &account{a, p, b, r}, nil
}

// names returns the zones that the arguments name; without any the one that the
// credentials see, or all of them.
func (acc *account) names(ctx context.Context, args []string, every bool) ([]zone.Name, error) {
	var out []zone.Name
	for _, arg := range args {
		n, err := zone.ParseName(arg, zone.Root)
		if err != nil {
			return nil, usagef("give a domain name like example.com", "%q: %v", arg, err)
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) > 0 {
		if every {
			return nil, usagef("leave one of them out", "--all-zones and the names of zones")
		}
		return out, nil
	}
	seen, err := acc.backend.Zones(ctx)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil, usagef("name them", "%s cannot list the zones", acc.provider.Title)
	case err != nil:
		return nil, acc.failure("", err)
	case len(seen) == 0:
		return nil, fmt.Errorf("%s: the credentials see no zone", acc.provider.Title)
	case len(seen) > 1 && !every:
		return nil, usagef("name the zones that are meant, or give --all-zones", "%s: the credentials see %d zones: %s", acc.provider.Title, len(seen), someNames(seen))
	}
	return seen, nil
}

// someNames lists names, as many as are of use on a screen.
func someNames(names []zone.Name) string {
	const most = 20
	var out []string
	for _, n := range names[:min(len(names), most)] {
		out = append(out, n.String())
	}
	if more := len(names) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// snapshot reads a zone.
func (acc *account) snapshot(ctx context.Context, name zone.Name) (*providers.Snapshot, error) {
	s, err := acc.backend.Snapshot(ctx, name)
	if err != nil {
		return nil, acc.failure(name, err)
	}
	return s, nil
}

// failure says which provider, and which zone, an error is about, in one line
// and without credentials.
func (acc *account) failure(name zone.Name, err error) error {
	text := strings.Join(strings.Fields(acc.redactor.Text(err.Error())), " ")
	place := acc.provider.Title
	if name != "" && !strings.Contains(text, strings.TrimSuffix(name.String(), ".")) {
		place += ", " + name.String()
	}
	if !strings.HasPrefix(text, acc.provider.Title) || strings.Contains(place, ",") {
		text = place + ": " + strings.TrimPrefix(text, acc.provider.Title+": ")
	}
	if next := nextStep(acc.provider, err); next != "" {
		text += "; " + next
	}
	return &providerError{text, err}
}

// providerError is an error of a provider in words for people.
type providerError struct {
	text string
	err  error
}

func (e *providerError) Error() string { return e.text }
func (e *providerError) Unwrap() error { return e.err }

// nextStep says what to do about an error of a provider.
func nextStep(p *providers.Provider, err error) string {
	switch {
	case errors.Is(err, providers.ErrUnauthorized):
		var names []string
		for _, v := range p.Variables {
			if v.Secret {
				names = append(names, v.Name)
			}
		}
		if len(names) > 0 {
			return "check " + strings.Join(names, " and ")
		}
	case errors.Is(err, providers.ErrGuard) && strings.Contains(err.Error(), "at most "):
		return "see --max-changes and --max-deletes"
	case errors.Is(err, providers.ErrStale):
		return "make a new plan"
	}
	return ""
}

// checkProviderUse refuses flags that have no meaning with --provider, and those
// that have none without it.
func checkProviderUse(c *urfave.Context) error {
	transfer := namesTransfer(c.Args().Slice())
	with, without := []string{"write", "since", "source", "origin", "stdin-filename", "include-root", "jobs", "max-file-size", "max-records", "max-generate", "max-include-depth", "max-include-files"},
		[]string{"all-zones", "dry-run", "yes", "plan", "plan-out", "max-changes", "max-deletes", "wait", "wait-timeout"}
	if c.IsSet("provider") && transfer {
		return usagef("leave one of them out", "--provider and axfr:// are two ways to read a zone")
	}
	if c.IsSet("provider") || transfer {
		for _, f := range with {
			if c.IsSet(f) {
				live := "--provider"
				if transfer {
					live = "axfr://"
				}
				return usagef("leave one of them out", "--%s has no meaning with %s", f, live)
			}
		}
	}
	if c.IsSet("provider") {
		return nil
	}
	for _, f := range without {
		if c.IsSet(f) {
			return usagef("name the provider with --provider", "--%s is for zones at a provider", f)
		}
	}
	return nil
}

// tellUnread says on standard error which records of a zone could not be read.
func (a *app) tellUnread(s *providers.Snapshot, r *providers.Redactor) {
	for _, u := range s.Unread {
		what := "a record"
		if u.Name != "" {
			what = u.Name.String()
			if u.Type != 0 {
				what += " " + u.Type.String()
			}
		}
		a.complain("%s: %s is not among the records: %s", s.Apex, what, r.Text(u.Reason))
	}
}

// place says where a zone is, as a target's name.
func (acc *account) place(name zone.Name) string {
	return report.Escape(name.String()) + " at " + acc.provider.Title
}

package cli

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/providers"
)

// maxPins bounds how many zones of a mail host are written down by name.
const maxPins = 200

// config returns the configuration, with comments.
func (s *survey) config() []byte {
	w := &configWriter{}
	w.comment("yaml-language-server: $schema=" + config.SchemaURL)
	w.comment("Configuration of zonelint. \"zonelint config verify\" finds mistakes in it,")
	w.comment("\"zonelint config show FILE\" tells what holds for a zone.")
	w.line("")
	s.writeFound(w)
	w.line("")
	w.comment("In folders look at these files only, and not at those. A file that is named is")
	w.comment("checked anyway.")
	w.comment("files:")
	w.comment("  include: [zones]")
	w.comment("  exclude: [zones/old]")
	w.line("")
	w.comment("Files that do not tell what they are, or the name of their zone.")
	w.comment("sources:")
	w.comment("- files: [legacy/example.txt]")
	w.comment("  source: zone")
	w.comment("  origin: example.com")
	w.line("")
	s.writeHosts(w)
	w.comment("Other severities: error, warning, info, or off (\"zonelint rules\" lists the rules).")
	w.comment("severity:")
	w.comment("  spf-ptr: off")
	w.line("")
	w.comment("Findings that are not shown, nor fixed. Each needs a reason.")
	w.comment("ignore:")
	w.comment("- rule: spf-ptr")
	w.comment("  zone: example.com")
	w.comment("  name: '@'")
	w.comment("  type: TXT")
	w.comment("  reason: the old scanner has no other name")
	w.line("")
	w.comment("check exits with 1 on findings of this severity or worse.")
	w.line("fail-on: error")
	w.line("")
	w.comment("What fix changes and deletes at most in a zone at a DNS provider.")
	w.comment(fmt.Sprintf("max-changes: %d", providers.DefaultMaxChanges))
	w.comment(fmt.Sprintf("max-deletes: %d", providers.DefaultMaxDeletes))
	return w.Bytes()
}

// writeFound says in comments what was found.
func (s *survey) writeFound(w *configWriter) {
	if s.total == 0 {
		w.comment("Found: no zone.")
	} else {
		w.comment("Found:")
	}
	for _, from := range slices.Sorted(maps.Keys(s.sources)) {
		w.comment(fmt.Sprintf("  %s: %s", from, report.Count(s.sources[from], "zone")))
	}
	for _, path := range shortened(s.tools.octodns) {
		w.comment("  octoDNS: " + path)
	}
	for _, path := range shortened(s.tools.dnscontrol) {
		w.comment("  DNSControl: " + path + "; check what it gives: dnscontrol print-ir --raw | zonelint check -")
	}
	for _, path := range shortened(s.tools.terraform) {
		w.comment("  Terraform: " + path + "; check a plan: terraform show -json PLAN | zonelint check -")
	}
}

// shortened returns the first of many paths.
func shortened(paths []string) []string {
	const most = 10
	if len(paths) > most {
		return append(slices.Clone(paths[:most]), fmt.Sprintf("and %d more", len(paths)-most))
	}
	return paths
}

// writeHosts writes the packs of the zones down.
func (s *survey) writeHosts(w *configWriter) {
	w.comment("The mail hosts of the zones. Where none is given it is recognised by the records;")
	w.comment("with one given, a zone that no longer shows it is found.")
	if s.unknown > 0 {
		w.comment(fmt.Sprintf("In %s no mail host is recognised: only the general rules run there.", report.Count(s.unknown, "zone")))
	}
	if len(s.groups) == 0 {
		w.comment("zones:")
		w.comment("- match: ['*.example.com', example.com]")
		w.comment("  packs: [webmo]")
		w.line("")
		return
	}
	if len(s.groups) == 1 && s.unknown == 0 && len(s.groups[0].loose) == 0 {
		w.comment(titles(s.groups[0]))
		w.line("packs: [" + packIDs(s.groups[0].packs) + "]")
		w.line("")
		return
	}
	begun := false
	for _, g := range s.groups {
		switch {
		case len(g.pin) > maxPins || w.Len() > maxWritten:
			w.comment(fmt.Sprintf("%s of %s: too many to name; a pattern may match them.", report.Count(len(g.pin), "zone"), titles(g)))
		case len(g.pin) > 0:
			if !begun {
				w.line("zones:")
				begun = true
			}
			w.comment(titles(g))
			w.line("- match:")
			for _, name := range g.pin {
				w.line("  - " + scalar(name))
			}
			w.line("  packs: [" + packIDs(g.packs) + "]")
		}
		if len(g.loose) > 0 {
			w.comment(fmt.Sprintf("Left to be recognised as %s, since other things would be found with it given, or several files hold the zone: %s.", titles(g), strings.Join(shortened(g.loose), ", ")))
		}
	}
	w.line("")
}

// maxWritten is from how many octets on no more names are written.
const maxWritten = config.MaxFile / 2

// titles are the names of the hosts of a group.
func titles(g *hostGroup) string {
	var out []string
	for _, p := range g.packs {
		out = append(out, p.Name)
	}
	return strings.Join(out, " and ")
}

// plainName is a name that YAML takes for nothing else than text.
var plainName = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$`)

// scalar writes a name as YAML.
func scalar(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", "''") + "'"
}

// configWriter writes lines.
type configWriter struct{ bytes.Buffer }

func (w *configWriter) line(s string) { w.WriteString(s + "\n") }

// comment writes a comment; nothing in it ends it.
func (w *configWriter) comment(s string) { w.line("# " + report.Escape(s)) }

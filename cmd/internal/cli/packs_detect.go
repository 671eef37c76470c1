package cli

import (
	"fmt"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

func (a *app) packsDetectCommand() *urfave.Command {
	return &urfave.Command{
		Name:      "detect",
		Usage:     "say which hosts a zone points at, and why",
		ArgsUsage: "[FILE|DIR|GLOB|-]...",
		Description: "Shows the packs that zones are checked against if no --pack is given, with every record that tells it; then what points at other hosts, and why their packs do not apply. " +
			"Files are found as by \"zonelint check\".\n\n" +
			"Exits with 0, recognised or not, 2 on wrong usage, 3 if a file could not be read.",
		Flags: slices.Concat([]urfave.Flag{
			&urfave.StringSliceFlag{Name: "pack", Category: groupRules, Usage: "`FILE`: look for this pack too, a .yaml file; repeatable"},
			listFormatFlag(), colorFlag(),
		}, configFlags(), readingFlags(), planFlags()),
		Action: a.detectPacks,
	}
}

func (a *app) detectPacks(c *urfave.Context) error {
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	l, err := a.newLint(c)
	if err != nil {
		return err
	}
	defer l.loader.close()
	selector := l.base.selector
	selector.All, selector.Forced = withPacks(selector.All, selector.Forced), nil
	detector := pack.NewDetector(selector)
	l.window = 4096 // what waits is text, not zones
	paint := report.Painter(colors(color, a.Out))
	var out []byte
	zones := 0
	t, err := l.run(c.Context, func(z *zone.Zone, r *result) {
		observed := detector.Observe(z)
		if json {
			r.chunks = [][]byte{report.JSON(detectedJSON(r.target.name, z, observed))}
			return
		}
		r.chunks = [][]byte{[]byte(detectedText(r.target.name, z, observed, paint))}
	}, func(r *result) {
		switch {
		case zones == 0:
		case json:
			out = append(out, ",\n"...)
		default:
			out = append(out, '\n')
		}
		zones++
		out = append(out, r.chunks[0]...)
	})
	if err != nil {
		return err
	}
	if json {
		out = slices.Concat([]byte("{\"version\":1,\"zones\":["), out, []byte("]}\n"))
	}
	if err := a.print(out); err != nil {
		return err
	}
	return t.failure()
}

// withPacks returns packs with more, which take the places of those with the
// same id.
func withPacks(packs, more []*pack.Pack) []*pack.Pack {
	for _, p := range more {
		packs = slices.DeleteFunc(packs, func(o *pack.Pack) bool { return o.ID == p.ID })
	}
	return append(packs, more...)
}

// detectedText says what a zone shows of packs.
func detectedText(file string, z *zone.Zone, observed []pack.Observation, paint report.Painter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", paint.Bold(report.EscapeLine(z.Apex.String())), report.Escape(file))
	if !slices.ContainsFunc(observed, func(k pack.Observation) bool { return k.Applies || k.Unclear != nil }) {
		b.WriteString(fill(unrecognised(z), "  ", helpWidth))
	}
	for _, k := range observed {
		fmt.Fprintf(&b, "  %s\n", observationTitle(k, paint))
		width := 0
		for _, s := range k.Signs {
			width = max(width, len(s.Text))
		}
		for _, s := range k.Signs {
			line := fmt.Sprintf("    %-*s", width, s.Text)
			if at := s.Record.Span(s.Part); !at.IsZero() {
				line += "  " + at.String()
			}
			b.WriteString(report.EscapeLine(line) + "\n")
		}
	}
	return b.String()
}

// observationTitle says which pack it is, what it does for the zone, and whether it
// applies.
func observationTitle(k pack.Observation, paint report.Painter) string {
	role, _, _ := strings.Cut(k.Pack.Kind.Does(), ":")
	switch {
	case k.Unclear != nil:
		ids := []string{k.Pack.ID}
		for _, o := range k.Unclear {
			ids = append(ids, o.ID)
		}
		return paint.Bold(strings.Join(ids, " or ")) + ": unclear; " + k.Reason + "; choose with --pack"
	case !k.Applies:
		return k.Pack.ID + ": not taken; " + k.Reason
	case k.Behind != nil:
		role += " behind the gateway " + k.Behind.ID
	}
	return paint.Bold(k.Pack.ID) + ": " + report.Escape(k.Pack.Name) + ", " + role
}

// unrecognised says what of a zone might have told a host, and what to do.
func unrecognised(z *zone.Zone) string {
	var hosts []string
	for _, r := range z.RRset(z.Apex, zone.TypeMX) {
		if r.Target() == zone.Root {
			return "No host: the null MX says that the domain takes no mail. The pack no-mail checks such a domain: --pack no-mail."
		}
		hosts = append(hosts, report.Escape(r.Target().String()))
	}
	seen := "it has no MX record, and neither an SPF record nor an autoconfig CNAME of a known host."
	if len(hosts) > 0 {
		seen = "its MX records name " + strings.Join(hosts, ", ") + ", which no pack knows."
	}
	return "No host is recognised: " + seen + " Choose a pack with --pack ID (\"zonelint packs\" lists them), or write one (\"zonelint packs schema\")."
}

// jsonDetected is a zone as "zonelint packs detect --format json" tells it.
type jsonDetected struct {
	Zone  string            `json:"zone"`
	File  string            `json:"file"`
	Packs []jsonObservation `json:"packs"`
}

type jsonObservation struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Kind    string     `json:"kind"`
	Applies bool       `json:"applies"`
	Behind  string     `json:"behind,omitempty"`  // id of the gateway
	Unclear []string   `json:"unclear,omitempty"` // ids of the packs that it may be as well
	Reason  string     `json:"reason,omitempty"`  // why it does not apply
	Signs   []jsonSign `json:"signs"`
}

type jsonSign struct {
	By        string `json:"by"` // mx, address, spf, autoconfig, target or name
	Text      string `json:"text"`
	Name      string `json:"name"`
	Type      string `json:"type"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
}

func detectedJSON(file string, z *zone.Zone, observed []pack.Observation) jsonDetected {
	out := jsonDetected{Zone: z.Apex.String(), File: file, Packs: []jsonObservation{}}
	for _, k := range observed {
		j := jsonObservation{ID: k.Pack.ID, Name: k.Pack.Name, Kind: string(k.Pack.Kind), Applies: k.Applies, Reason: k.Reason, Signs: []jsonSign{}}
		if k.Behind != nil {
			j.Behind = k.Behind.ID
		}
		for _, o := range k.Unclear {
			j.Unclear = append(j.Unclear, o.ID)
		}
		for _, s := range k.Signs {
			g := jsonSign{By: s.By.String(), Text: s.Text, Name: s.Record.Name.String(), Type: s.Record.Type.String()}
			if at := s.Record.Span(s.Part); !at.IsZero() {
				g.File, g.Line, g.Column, g.EndLine, g.EndColumn = at.File, at.Start.Line, at.Start.Column, at.End.Line, at.End.Column
			}
			j.Signs = append(j.Signs, g)
		}
		out.Packs = append(out.Packs, j)
	}
	return out
}

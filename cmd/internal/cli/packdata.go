package cli

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// jsonPack is a pack as "zonelint packs show --format json" tells it.
type jsonPack struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	About       string       `json:"about"`
	Confidence  string       `json:"confidence"`
	Checked     string       `json:"checked"`
	MXExclusive bool         `json:"mx_exclusive"`
	SPFIncludes []string     `json:"spf_includes"`
	Records     []packRecord `json:"records"`
	Sources     []packSource `json:"sources"`
}

// packRecord is a record that a host asks for.
type packRecord struct {
	Name  string `json:"name"` // relative to the domain, which is @
	Type  string `json:"type"`
	Data  string `json:"data"` // as it stands in a master file
	Level string `json:"level"`
	Note  string `json:"note,omitempty"`
}

type packSource struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Date  string `json:"date,omitempty"`
}

func jsonPackOf(p *pack.Pack) jsonPack {
	out := jsonPack{
		ID: p.ID, Name: p.Name, About: p.About, Confidence: string(p.Confidence), Checked: string(p.Checked),
		SPFIncludes: []string{}, Records: packRecords(p), Sources: []packSource{},
	}
	if p.MX != nil {
		out.MXExclusive = p.MX.Exclusive
	}
	if p.SPF != nil {
		for _, v := range p.SPF.Terms {
			if name, ok := strings.CutPrefix(v.Text, "include:"); ok {
				out.SPFIncludes = append(out.SPFIncludes, strings.TrimSuffix(name, ".")+".")
			}
		}
	}
	for _, s := range p.Sources {
		out.Sources = append(out.Sources, packSource{s.Title, s.URL, string(s.Date)})
	}
	return out
}

// packRecords returns the records of a customer's zone that a host asks for,
// with TXT data as zonelint would create it.
func packRecords(p *pack.Pack) []packRecord {
	out := []packRecord{}
	if p.MX != nil {
		note := ""
		if p.MX.Exclusive {
			note = "no other MX beside these"
		}
		for _, x := range p.MX.Records {
			out = append(out, packRecord{"@", "MX", fmt.Sprintf("%d %s.", x.Preference, strings.TrimSuffix(x.Exchange.Text, ".")), string(p.MX.Level), note})
		}
	}
	if p.SPF != nil {
		var terms []string
		for _, v := range p.SPF.Terms {
			terms = append(terms, v.Text)
		}
		out = append(out, packRecord{"@", "TXT", zone.Quote(p.SPF.Record()), string(p.SPF.Level), "or any SPF record with " + strings.Join(terms, " and ")})
	}
	if p.DMARC != nil {
		t, data := p.DMARC.Record()
		out = append(out, packRecord{"_dmarc", t.String(), data, string(p.DMARC.Level), "or any valid DMARC record"})
	}
	for i := range p.Records {
		r := &p.Records[i]
		out = append(out, packRecord{r.Name.Text, r.Type.String(), r.RData(), string(r.Level), r.About})
	}
	return out
}

package cli

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// jsonPackLine is a pack in the list of packs.
type jsonPackLine struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`
	Status     string   `json:"status"`
	Checks     []string `json:"checks"` // "2 MX", "SPF"
	Confidence string   `json:"confidence"`
	Checked    string   `json:"checked"`
}

func packList(packs []*pack.Pack) []jsonPackLine {
	out := []jsonPackLine{}
	for _, p := range packs {
		status := p.Status
		if status == "" {
			status = pack.Active
		}
		checks := p.Checks()
		if checks == nil {
			checks = []string{}
		}
		out = append(out, jsonPackLine{p.ID, p.Name, string(p.Kind), string(status), checks, string(p.Confidence), string(p.Checked)})
	}
	return out
}

// jsonPack is a pack as "zonelint packs show --format json" tells it: as its file
// does, by the same schema, and the records as they stand in a zone.
type jsonPack struct {
	Pack    *pack.Pack   `json:"pack"`
	Records []packRecord `json:"records"`
}

// packRecord is a record of which a host says something.
type packRecord struct {
	Name    string `json:"name"` // relative to the domain, which is @
	Type    string `json:"type"`
	Data    string `json:"data"`              // as it stands in a master file, with variables in braces
	Level   string `json:"level"`             // required, recommended, optional, obsolete or forbidden
	Purpose string `json:"purpose,omitempty"` // dkim, verification, clients, bounces or tracking
	About   string `json:"about,omitempty"`
}

// packRecords returns the records of a customer's zone of which a host says
// something, with TXT data as zonelint would create it.
func packRecords(p *pack.Pack) []packRecord {
	out := []packRecord{}
	if p.MX != nil {
		for _, x := range p.MX.Records {
			out = append(out, packRecord{Name: "@", Type: "MX", Data: fmt.Sprintf("%d %s.", x.Preference, strings.TrimSuffix(x.Exchange.Text, ".")), Level: string(p.MX.Level)})
		}
	}
	if p.SPF != nil {
		out = append(out, packRecord{Name: "@", Type: "TXT", Data: zone.Quote(p.SPF.Record()), Level: string(p.SPF.Level)})
	}
	if p.DMARC != nil {
		t, data := p.DMARC.Record()
		out = append(out, packRecord{Name: "_dmarc", Type: t.String(), Data: data, Level: string(p.DMARC.Level)})
	}
	for i := range p.Records {
		r := &p.Records[i]
		out = append(out, packRecord{r.Name.Text, r.Type.String(), r.RData(), string(r.Level), string(r.Purpose), r.About})
	}
	return out
}

package clients

import (
	"cmp"

	"github.com/zonelint/zonelint/rules/pack"
)

// Document is the settings for scripts. Fields are only ever added to it.
type Document struct {
	Version int        `json:"version"`
	Domain  string     `json:"domain"` // without final dot; "" if none was given
	Hosts   []jsonHost `json:"hosts"`
}

type jsonHost struct {
	Pack         string         `json:"pack"`
	Name         string         `json:"name"`
	Status       string         `json:"status"`
	Confidence   string         `json:"confidence"`
	Checked      string         `json:"checked"`
	RecognisedBy string         `json:"recognised_by"` // "" if the user named the pack
	Settings     []jsonSetting  `json:"settings"`
	Variables    []jsonVariable `json:"variables"` // that are not known
}

type jsonSetting struct {
	Protocol    string   `json:"protocol"`
	Host        string   `json:"host"` // with unknown variables in braces
	Port        uint16   `json:"port"`
	Security    string   `json:"security"`
	Advice      string   `json:"advice"` // "" is as good as others
	User        string   `json:"user"`
	Auth        string   `json:"auth"`
	Note        string   `json:"note"`
	Unconfirmed bool     `json:"unconfirmed"`
	Missing     []string `json:"missing"`
}

type jsonVariable struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// JSON returns the document of some hosts.
func JSON(hosts []Host, domain string) Document {
	d := Document{Version: 1, Domain: domain, Hosts: []jsonHost{}}
	for i := range hosts {
		h := &hosts[i]
		j := jsonHost{
			Pack: h.ID, Name: h.Name, Status: string(cmp.Or(h.Status, pack.Active)), Confidence: string(h.Confidence), Checked: string(h.Checked),
			RecognisedBy: h.Why, Settings: []jsonSetting{}, Variables: []jsonVariable{},
		}
		for _, s := range h.Settings {
			j.Settings = append(j.Settings, jsonSetting{
				Protocol: string(s.Protocol), Host: s.Server, Port: s.Port, Security: string(s.Security), Advice: string(advice(s)),
				User: string(cmp.Or(s.User, pack.WholeAddress)), Auth: string(cmp.Or(s.Auth, pack.Password)),
				Note: s.Note, Unconfirmed: s.Unconfirmed, Missing: append([]string{}, s.Missing...),
			})
		}
		for _, v := range h.missing() {
			what, _ := h.about(v)
			j.Variables = append(j.Variables, jsonVariable{v, what})
		}
		d.Hosts = append(d.Hosts, j)
	}
	return d
}

// advice returns what to think of a setting: without encryption none is good.
func advice(s pack.Setting) pack.Advice {
	switch {
	case s.Retired:
		return pack.Retired
	case s.Security == pack.Plain:
		return pack.Discouraged
	}
	return s.Advice
}

package domainconnect

import (
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
)

// Template is what a provider says about the records of a service.
type Template struct {
	// File is the name that Parse was given.
	File string
	// ProviderID and ServiceID together name the template, in any case of
	// letters.
	ProviderID, ServiceID     string
	ProviderName, ServiceName string
	// Version is 0 if the template has none.
	Version     int
	Description string
	// HostRequired says that the template is not for the domain itself.
	HostRequired bool
	Records      []Record
	// Notes are what looks like a mistake and does no harm.
	Notes []pack.Problem
}

// Place is where something stands in a template; both count from 1.
type Place struct{ Line, Column int }

// Text is a value of a record as written, with its variables between percent
// signs.
type Text struct {
	Place
	Value string
	// Given says that the record has the key.
	Given bool
}

// Essential says for how long a record must stay.
type Essential string

// The values of Essential.
const (
	Always  Essential = "Always"
	OnApply Essential = "OnApply" // only until the service is set up
)

// Mode says which TXT records a TXT record replaces.
type Mode string

// The conflict modes.
const (
	ModeNone   Mode = "None"
	ModeAll    Mode = "All"
	ModePrefix Mode = "Prefix"
)

// Record is one record of a template. Which texts it has depends on its type.
type Record struct {
	Place
	// Type is an RR type or SPFM, in upper case.
	Type     string
	TypeAt   Place
	Host     Text // Name of SRV records
	PointsTo Text // Target of SRV records
	Data     Text // SPFRules of SPFM records
	Service  Text
	Protocol Text
	TTL      Text
	Priority Text
	Weight   Text
	Port     Text
	// GroupID is "" for a record of every group.
	GroupID   string
	Essential Essential
	Mode      Mode
	// Prefix is what ModePrefix compares.
	Prefix string
}

// Groups returns the groups of the template's records, in their order.
func (t *Template) Groups() []string {
	var out []string
	seen := map[string]bool{"": true}
	for i := range t.Records {
		if g := t.Records[i].GroupID; !seen[g] {
			seen[g] = true
			out = append(out, g)
		}
	}
	return out
}

// active returns the records of the given groups and those of none; all records
// if no group is given (draft-ietf-dconn-domainconnect-01, "Group Filtering").
func (t *Template) active(groups []string) []*Record {
	wanted := map[string]bool{"": true}
	for _, g := range groups {
		wanted[g] = true
	}
	var out []*Record
	for i := range t.Records {
		if r := &t.Records[i]; len(groups) == 0 || wanted[r.GroupID] {
			out = append(out, r)
		}
	}
	return out
}

// Variables returns the variables of the records of the given groups, without
// those that every template has, in their order.
func (t *Template) Variables(groups []string) []string {
	var out []string
	seen := map[string]bool{varDomain: true, varHost: true, varFQDN: true}
	for _, r := range t.active(groups) {
		for _, f := range r.texts() {
			parts := strings.Split(f.Value, "%")
			for i := 1; i+1 < len(parts); i += 2 {
				if !seen[parts[i]] {
					seen[parts[i]] = true
					out = append(out, parts[i])
				}
			}
		}
	}
	return out
}

// texts returns the texts in which variables may stand.
func (r *Record) texts() []*Text {
	return []*Text{&r.Host, &r.PointsTo, &r.Data, &r.Service, &r.Protocol, &r.TTL, &r.Priority, &r.Weight, &r.Port}
}

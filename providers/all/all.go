// Package all lists every provider whose zones zonelint can read. It is the one
// place that imports them all.
package all

import (
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/desec"
	"github.com/zonelint/zonelint/providers/digitalocean"
	"github.com/zonelint/zonelint/providers/gandi"
	"github.com/zonelint/zonelint/providers/hetzner"
	"github.com/zonelint/zonelint/providers/libdnshosts"
	"github.com/zonelint/zonelint/providers/ovh"
	"github.com/zonelint/zonelint/providers/powerdns"
	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/providers/route53"
)

// makers describe the providers, one line each, in the order of their names.
var makers = []func() *providers.Provider{
	cloudflare.Provider,
	desec.Provider,
	digitalocean.Provider,
	gandi.Provider,
	hetzner.Provider,
	libdnshosts.Netcup,
	ovh.Provider,
	powerdns.Provider,
	rfc2136.Provider,
	route53.Provider,
}

// Providers returns every provider in the order of their names.
func Providers() []*providers.Provider {
	out := make([]*providers.Provider, len(makers))
	for i, make := range makers {
		out[i] = make()
	}
	return out
}

// Names returns what --provider takes.
func Names() []string {
	var out []string
	for _, p := range Providers() {
		out = append(out, p.Name)
	}
	return out
}

// Find returns the provider of that name, however it is capitalised; nil if
// there is none.
func Find(name string) *providers.Provider {
	for _, p := range Providers() {
		if strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

// Unfit returns why the provider of that name is not to be had, "" if it is no
// provider that was looked at.
func Unfit(name string) string {
	for _, h := range libdnshosts.Unfit {
		if strings.EqualFold(h.Name, name) {
			return "the package for its API (libdns/" + h.Name + " " + h.Version + ") " + h.Fault
		}
	}
	return ""
}

// UnfitNames returns the names that Unfit knows.
func UnfitNames() []string {
	var out []string
	for _, h := range libdnshosts.Unfit {
		out = append(out, h.Name)
	}
	return out
}

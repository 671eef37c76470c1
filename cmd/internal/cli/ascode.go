package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/dnscontrol"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/terraform"
)

// The sources that other tools write as JSON.
var (
	dnscontrolFormat = format{source: "dnscontrol", ends: []string{".json"}, is: dnscontrol.Is, many: true, parse: parseDNSControl}
	terraformFormat  = format{source: "terraform", ends: []string{".json"}, is: terraform.Is, many: true, parse: parseTerraform}
)

// planOptions say how a Terraform plan is read.
type planOptions struct {
	zones    map[string]string // domain names by ids
	complete bool
}

// planFlags say how a Terraform plan is read.
func planFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringSliceFlag{Name: "zone-map", Category: groupPlans, Usage: "`ID=DOMAIN`: the domain name of a zone that a Terraform plan gives by its id only (zone_id, managed_zone); repeatable"},
		&urfave.BoolFlag{Name: "complete", Category: groupPlans, Usage: "a Terraform plan or state holds all records of its zones, so that what is not there is missing"},
	}
}

// planOptionsOf reads planFlags.
func planOptionsOf(c *urfave.Context) (planOptions, error) {
	o := planOptions{zones: map[string]string{}, complete: c.Bool("complete")}
	for _, arg := range c.StringSlice("zone-map") {
		// An address may hold "=" in its index, a domain name cannot.
		at := strings.LastIndexByte(arg, '=')
		if at <= 0 || at == len(arg)-1 {
			return o, usagef("write the id of the zone, \"=\" and its domain name: 0123456789abcdef=example.com", "--zone-map %q is not of the form ID=DOMAIN", arg)
		}
		id, domain := arg[:at], arg[at+1:]
		if _, err := zone.ParseName(domain, zone.Root); err != nil {
			return o, usagef("give a domain name like example.com", "--zone-map %q: %v", arg, err)
		}
		if other, ok := o.zones[id]; ok && other != domain {
			return o, usagef("give each id once", "--zone-map: %s is both %s and %s", id, other, domain)
		}
		o.zones[id] = domain
	}
	return o, nil
}

// unnamed reports whether a file was not read since the name of its zone is
// missing, which the user has to give.
func unnamed(err error) bool {
	var unknown *terraform.UnknownZoneError
	return errors.Is(err, masterfile.ErrNoOrigin) || errors.As(err, &unknown)
}

func parseTerraform(l *loader, t target, src []byte) ([]*zone.Zone, error) {
	if err := l.fits(src); err != nil {
		return nil, err
	}
	return terraform.Parse(t.name, src, terraform.Options{Complete: l.plans.complete, ZoneMap: l.plans.zones, Records: l.options.Limits.Records})
}

func parseDNSControl(l *loader, t target, src []byte) ([]*zone.Zone, error) {
	if err := l.fits(src); err != nil {
		return nil, err
	}
	o := dnscontrol.Options{Records: l.options.Limits.Records}
	dir := ""
	if t.path != "" {
		dir = filepath.Dir(t.path)
	}
	if text, err := l.beside(dir, mainScript); err == nil {
		o.Main = dnscontrol.File{Name: filepath.Join(dir, mainScript), Text: text}
	}
	return dnscontrol.Parse(t.name, src, o)
}

// mainScript is what print-ir reads if it is not told otherwise.
const mainScript = "dnsconfig.js"

// fits checks the size of a text, which of standard input may be one octet more
// than the limit.
func (l *loader) fits(src []byte) error {
	if limit := l.fileSize(); int64(len(src)) > limit {
		return fmt.Errorf("%w: more than the limit of %d octets (--max-file-size)", masterfile.ErrTooLarge, limit)
	}
	return nil
}

func (l *loader) fileSize() int64 {
	if limit := l.options.Limits.FileSize; limit > 0 {
		return limit
	}
	return masterfile.DefaultLimits.FileSize
}

// beside reads a file of a folder; "" is the current one. It follows no
// symbolic link out of the folder, since what a finding shows of it must not be
// a secret of whoever runs the check.
func (l *loader) beside(dir, name string) ([]byte, error) {
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if info, err := root.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, masterfile.ErrNotFile
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	limit := l.fileSize()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = masterfile.ErrTooLarge
	}
	return text, err
}

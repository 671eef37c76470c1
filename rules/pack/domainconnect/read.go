package domainconnect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/spelling"
)

// maxFile bounds a template, in octets; a large one has a few thousand.
const maxFile = 1 << 20

// Load reads a template from a file. Its errors are those of Parse, of the file
// system, pack.ErrNotFile and pack.ErrTooLarge.
func Load(path string) (*Template, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	if !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("template %s: %w", path, pack.ErrNotFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", path, err)
	}
	if len(src) > maxFile {
		return nil, fmt.Errorf("template %s: %w", path, pack.ErrTooLarge)
	}
	return Parse(path, src)
}

// Parse reads a template. The error joins an *Error for each mistake, in the
// order of the file; all are ErrInvalidTemplate. Keys that only serve the
// exchange between providers are not looked at.
func Parse(file string, src []byte) (*Template, error) {
	t := &Template{File: file}
	d := &decoder{src: bytes.TrimPrefix(src, []byte("\ufeff")), t: t}
	root, syntax := parseJSON(d.src)
	if syntax != nil {
		d.fail(syntax.offset, "%s", syntax.message)
	} else {
		d.template(root)
	}
	if len(d.errs) > 0 {
		slices.SortStableFunc(d.errs, func(a, b *Error) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		joined := make([]error, len(d.errs))
		for i, e := range d.errs {
			joined[i] = e
		}
		return nil, errors.Join(joined...)
	}
	return t, nil
}

// decoder makes a Template of JSON values.
type decoder struct {
	src  []byte
	t    *Template
	errs []*Error
}

// place returns the line and column of an octet.
func (d *decoder) place(offset int) Place {
	before := d.src[:min(offset, len(d.src))]
	return Place{1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')}
}

func (d *decoder) fail(offset int, format string, args ...any) {
	d.errs = append(d.errs, d.t.fail(ErrInvalidTemplate, d.place(offset), format, args...))
}

func (d *decoder) note(offset int, format string, args ...any) {
	p := d.place(offset)
	d.t.Notes = append(d.t.Notes, pack.Problem{Line: p.Line, Column: p.Column, Message: fmt.Sprintf(format, args...)})
}

// fields are the keys of an object that are looked at.
type fields map[string]func(m member)

// object calls the function of each key that an object has. A key that is
// written in another case of letters counts, with a note.
func (d *decoder) object(v value, what string, want fields, required ...string) {
	if v.kind != object {
		d.fail(v.offset, "%s is %s, where an object in { and } belongs", what, v.kind)
		return
	}
	seen := map[string]bool{}
	for _, m := range v.members {
		if m.value.kind == null {
			continue // as if the key were not there
		}
		read, key := want[m.key], m.key
		if read == nil {
			for k := range want {
				if strings.EqualFold(k, m.key) {
					read, key = want[k], k
					d.note(m.offset, "%q is written %q", m.key, k)
				}
			}
		}
		switch {
		case seen[key] && read != nil:
			d.fail(m.offset, "%s stands here again", key)
		case read != nil:
			read(m)
		}
		seen[key] = true
	}
	for _, key := range required {
		if seen[key] {
			continue
		}
		var keys []string
		for _, m := range v.members {
			if want[m.key] == nil {
				keys = append(keys, m.key)
			}
		}
		if like := spelling.Near(key, keys); len(like) > 0 {
			d.fail(v.offset, "%s lacks %q; is %q meant for it?", what, key, like[0])
			continue
		}
		d.fail(v.offset, "%s lacks %q", what, key)
	}
}

func (d *decoder) template(root value) {
	t := d.t
	d.object(root, "the template", fields{
		"providerId":   d.text(&t.ProviderID),
		"providerName": d.text(&t.ProviderName),
		"serviceId":    d.text(&t.ServiceID),
		"serviceName":  d.text(&t.ServiceName),
		"description":  d.text(&t.Description),
		"hostRequired": func(m member) {
			if m.value.kind != boolean {
				d.fail(m.value.offset, "hostRequired is %s, where true or false belongs", m.value.kind)
			}
			t.HostRequired = m.value.yes
		},
		"version": func(m member) {
			n, err := strconv.Atoi(m.value.text)
			if err != nil {
				d.note(m.value.offset, "version is no whole number")
			}
			t.Version = n
		},
		"records": func(m member) {
			if m.value.kind != list {
				d.fail(m.value.offset, "records is %s, where a list in [ and ] belongs", m.value.kind)
			}
			for _, v := range m.value.items {
				d.record(v)
			}
		},
	}, "providerId", "providerName", "serviceId", "serviceName", "records")
}

// text reads a string of the template itself.
func (d *decoder) text(dst *string) func(member) {
	return func(m member) {
		if m.value.kind != text {
			d.fail(m.value.offset, "%s is %s, where text belongs", m.key, m.value.kind)
		}
		*dst = m.value.text
	}
}

// needed are the keys that a record of a type must have besides its type.
// Records of other types have a host and data.
var needed = map[string][]string{
	"A": {"host", "pointsTo"}, "AAAA": {"host", "pointsTo"}, "CNAME": {"host", "pointsTo"}, "NS": {"host", "pointsTo"},
	"MX": {"host", "pointsTo", "priority"}, "TXT": {"host", "data"}, "SPFM": {"host", "spfRules"},
	"SRV":      {"name", "service", "protocol", "priority", "weight", "port", "target"},
	"REDIR301": {}, "REDIR302": {}, "APEXCNAME": {},
}

func (d *decoder) record(v value) {
	at := d.place(v.offset)
	r := Record{Place: at, TypeAt: at, Essential: Always, Mode: ModeNone}
	for _, m := range v.members {
		if strings.EqualFold(m.key, "type") && m.value.kind == text {
			r.Type, r.TypeAt = strings.ToUpper(m.value.text), d.place(m.value.offset)
		}
	}
	need, known := needed[r.Type]
	if !known {
		need = []string{"host", "data"}
	}
	what := "a record"
	if r.Type != "" {
		what = "the " + r.Type + " record"
	}
	var mode, prefix member
	want := fields{
		"type": func(m member) {
			if m.value.kind != text || m.value.text == "" {
				d.fail(m.value.offset, "type is %s, where the name of an RR type belongs", m.value.kind)
			}
		},
		"ttl":     d.number(&r.TTL),
		"groupId": func(m member) { r.GroupID = d.word(m) },
		"essential": func(m member) {
			switch s := d.word(m); {
			case strings.EqualFold(s, string(OnApply)):
				r.Essential = OnApply
				if s != string(OnApply) {
					d.note(m.value.offset, "essential: %q is written %q", s, OnApply)
				}
			case s != string(Always):
				d.note(m.value.offset, "essential: %q is neither %q nor %q and is taken for %q", s, Always, OnApply, Always)
			}
		},
		"txtConflictMatchingMode":   func(m member) { mode = m },
		"txtConflictMatchingPrefix": func(m member) { prefix = m },
	}
	switch r.Type {
	case "SRV":
		want["name"], want["target"] = d.value(&r.Host), d.value(&r.PointsTo)
		want["service"], want["protocol"] = d.value(&r.Service), d.value(&r.Protocol)
		want["priority"], want["weight"], want["port"] = d.number(&r.Priority), d.number(&r.Weight), d.number(&r.Port)
	case "SPFM":
		want["host"], want["spfRules"] = d.value(&r.Host), d.value(&r.Data)
	case "MX":
		want["priority"] = d.number(&r.Priority)
		fallthrough
	case "A", "AAAA", "CNAME", "NS":
		want["host"], want["pointsTo"] = d.value(&r.Host), d.value(&r.PointsTo)
	default:
		want["host"], want["data"] = d.value(&r.Host), d.value(&r.Data)
	}
	d.object(v, what, want, append([]string{"type"}, need...)...)
	if r.Type == "TXT" {
		d.conflict(&r, mode, prefix)
	}
	d.t.Records = append(d.t.Records, r)
}

// conflict reads which TXT records a TXT record replaces.
func (d *decoder) conflict(r *Record, mode, prefix member) {
	if mode.key == "" {
		return
	}
	s := d.word(mode)
	for _, m := range []Mode{ModeNone, ModeAll, ModePrefix} {
		if !strings.EqualFold(s, string(m)) {
			continue
		}
		r.Mode = m
		if s != string(m) {
			d.note(mode.value.offset, "txtConflictMatchingMode: %q is written %q", s, m)
		}
		if m != ModePrefix {
			return
		}
		if prefix.key != "" {
			r.Prefix = d.word(prefix)
		}
		if r.Prefix == "" {
			d.fail(mode.value.offset, "a TXT record of the conflict mode Prefix lacks txtConflictMatchingPrefix")
		}
		return
	}
	d.note(mode.value.offset, "txtConflictMatchingMode: %q is none of None, All and Prefix and is taken for None", s)
}

// word reads text without variables; numbers are taken as written.
func (d *decoder) word(m member) string {
	if m.value.kind != text && m.value.kind != number {
		d.fail(m.value.offset, "%s is %s, where text belongs", m.key, m.value.kind)
	}
	return m.value.text
}

// value reads text that may have variables.
func (d *decoder) value(dst *Text) func(member) {
	return func(m member) {
		if m.value.kind != text {
			d.fail(m.value.offset, "%s is %s, where text belongs", m.key, m.value.kind)
		}
		*dst = Text{d.place(m.value.offset), m.value.text, true}
	}
}

// number reads a number, or text that is one or a variable; which of these it is
// shows when the variables have values.
func (d *decoder) number(dst *Text) func(member) {
	return func(m member) {
		if m.value.kind != text && m.value.kind != number {
			d.fail(m.value.offset, "%s is %s, where a number belongs", m.key, m.value.kind)
		}
		*dst = Text{d.place(m.value.offset), m.value.text, true}
	}
}

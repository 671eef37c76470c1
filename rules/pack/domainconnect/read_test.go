package domainconnect_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/pack/domainconnect"
)

func TestParse(t *testing.T) {
	tpl, err := domainconnect.Parse("x.json", []byte("\ufeff"+`{
 "providerId": "Mail.example.net", "providerName": "Mail", "serviceId": "O365", "serviceName": "Boxes",
 "version": 3, "logoUrl": "https://example.net/", "syncBlock": false, "sharedProviderName": null, "hostRequired": true, "anything": [1, {"a": "]"}],
 "records": [
  {"type": "txt", "groupId": 7, "Host": "@", "data": "x\u00e9\n", "ttl": "3600", "essential": "onapply", "txtConflictMatchingMode": "PREFIX", "txtConflictMatchingPrefix": "x"},
  {"type": "TXT", "host": "@", "data": "y", "ttl": 60, "essential": "No", "txtConflictMatchingMode": "Some"}
 ]
}`))
	if err != nil {
		t.Fatal(err)
	}
	if tpl.ProviderID != "Mail.example.net" || tpl.ServiceID != "O365" || tpl.Version != 3 || !tpl.HostRequired || len(tpl.Records) != 2 {
		t.Errorf("%+v", tpl)
	}
	r := tpl.Records[0]
	if r.Type != "TXT" || r.GroupID != "7" || r.Data.Value != "xé\n" || r.Data.Place != (domainconnect.Place{Line: 5, Column: 54}) || r.TTL.Value != "3600" ||
		r.Essential != domainconnect.OnApply || r.Mode != domainconnect.ModePrefix || r.Prefix != "x" || r.Line != 5 || r.Column != 3 {
		t.Errorf("%+v", r)
	}
	if r := tpl.Records[1]; r.Essential != domainconnect.Always || r.Mode != domainconnect.ModeNone {
		t.Errorf("%+v", r)
	}
	want := []pack.Problem{
		{Line: 5, Column: 33, Message: `"Host" is written "host"`},
		{Line: 5, Column: 95, Message: `essential: "onapply" is written "OnApply"`},
		{Line: 5, Column: 133, Message: `txtConflictMatchingMode: "PREFIX" is written "Prefix"`},
		{Line: 6, Column: 69, Message: `essential: "No" is neither "Always" nor "OnApply" and is taken for "Always"`},
		{Line: 6, Column: 102, Message: `txtConflictMatchingMode: "Some" is none of None, All and Prefix and is taken for None`},
	}
	if !slices.Equal(tpl.Notes, want) {
		t.Errorf("notes %v", tpl.Notes)
	}
}

func TestParseErrors(t *testing.T) {
	record := func(s string) string { return strings.TrimSuffix(head, "[") + "\n[" + s + "]}" }
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"empty", "", []string{"1:1: this is no JSON: unexpected end of JSON input"}},
		{"cut short", "{\n \"a\": ", []string{"2:7: this is no JSON: unexpected end of JSON input"}},
		{"no JSON", "{\n a: 1}", []string{"2:2: this is no JSON: invalid character 'a' looking for beginning of object key string"}},
		{"two values", "{}\n{}", []string{"2:1: this is no JSON: invalid character '{' after top-level value"}},
		{"no UTF-8", "{\"a\": \"\xff\"}", []string{"1:8: the octet 0xff is not UTF-8, which JSON is written in"}},
		{"a list", "[]", []string{"1:1: the template is a list, where an object in { and } belongs"}},
		{"nothing in it", "{}", []string{
			`1:1: the template lacks "providerId"`, `1:1: the template lacks "providerName"`, `1:1: the template lacks "serviceId"`,
			`1:1: the template lacks "serviceName"`, `1:1: the template lacks "records"`,
		}},
		{"kinds", `{"providerId":1,"providerName":"","serviceId":[],"serviceName":"","hostRequired":"yes","records":{}}`, []string{
			"1:15: providerId is a number, where text belongs", "1:47: serviceId is a list, where text belongs",
			"1:82: hostRequired is text, where true or false belongs", "1:98: records is an object, where a list in [ and ] belongs",
		}},
		{"a misspelt key", `{"providerId":"","providerName":"","serviceID":"","serviceNam":"","records":[]}`, []string{
			`1:1: the template lacks "serviceName"; is "serviceNam" meant for it?`,
		}},
		{"no record", record(`1`), []string{"2:2: a record is a number, where an object in { and } belongs"}},
		{"no type", record(`{"host":"@","data":"x"}`), []string{`2:2: a record lacks "type"`}},
		{"fields", record(`{"type":"MX","host":"@","pointTo":"x","priority":true}`), []string{
			`2:2: the MX record lacks "pointsTo"; is "pointTo" meant for it?`, "2:51: priority is true or false, where a number belongs",
		}},
		{"an SRV record", record(`{"type":"SRV","host":"@","data":"x"}`), []string{
			`2:2: the SRV record lacks "name"`, `2:2: the SRV record lacks "service"`, `2:2: the SRV record lacks "protocol"`, `2:2: the SRV record lacks "priority"`,
			`2:2: the SRV record lacks "weight"`, `2:2: the SRV record lacks "port"`, `2:2: the SRV record lacks "target"`,
		}},
		{"twice", record(`{"type":"TXT","host":"@","host":"a","data":null}`), []string{`2:2: the TXT record lacks "data"`, "2:27: host stands here again"}},
		{"no prefix", record(`{"type":"TXT","host":"@","data":"x","txtConflictMatchingMode":"Prefix"}`), []string{"2:64: a TXT record of the conflict mode Prefix lacks txtConflictMatchingPrefix"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := domainconnect.Parse("x.json", []byte(tt.src))
			if !errors.Is(err, domainconnect.ErrInvalidTemplate) {
				t.Fatal(err)
			}
			got := strings.Split(strings.ReplaceAll(err.Error(), "x.json:", ""), "\n")
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestVariables(t *testing.T) {
	tpl := parseTemplate(t, `{"type":"MX","host":"%a%","pointsTo":"%B%.%domain%","priority":"%p%"},{"type":"TXT","host":"@","data":"%a%%c%","groupId":"g"}`)
	if got := tpl.Variables(nil); !slices.Equal(got, []string{"a", "B", "p", "c"}) {
		t.Error(got)
	}
	if got := tpl.Variables([]string{"x"}); !slices.Equal(got, []string{"a", "B", "p"}) {
		t.Error(got)
	}
	if got := tpl.Groups(); !slices.Equal(got, []string{"g"}) {
		t.Error(got)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	if _, err := domainconnect.Load(path); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := domainconnect.Load(dir); !errors.Is(err, pack.ErrNotFile) {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat(" ", 1<<20+1)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := domainconnect.Load(path); !errors.Is(err, pack.ErrTooLarge) {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte(head+"]}"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := domainconnect.Load(path); err != nil {
		t.Error(err)
	}
}

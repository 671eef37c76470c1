package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
)

// scriptTB lets a server be started that ends with a script.
type scriptTB struct {
	testing.TB
	ts *testscript.TestScript
}

func (tb scriptTB) Helper()                           {}
func (tb scriptTB) Cleanup(f func())                  { tb.ts.Defer(f) }
func (tb scriptTB) Errorf(format string, args ...any) { tb.ts.Fatalf(format, args...) }
func (tb scriptTB) Fatal(args ...any)                 { tb.ts.Fatalf("%v", args) }
func (tb scriptTB) Fatalf(format string, args ...any) { tb.ts.Fatalf(format, args...) }

// clouds are the servers of scripts, by their addresses.
var clouds sync.Map

// cloudflare starts a Cloudflare API on loopback for the rest of the script and
// lets CLOUDFLARE_BASE_URL and CLOUDFLARE_API_TOKEN lead to it:
//
//	cloudflare start FILE...     each is a zone, NAME.json, as a list of records
//	cloudflare edit ZONE FILE    puts the records of FILE into a zone, as somebody else would
//	cloudflare type ZONE TYPE    makes the zone a full, partial or secondary one
//	cloudflare fail N            lets the Nth write be refused
//	cloudflare foreign N ZONE F  before the Nth request, edits as above
//	cloudflare records ZONE FILE writes the records, sorted, into FILE
//	cloudflare writes N          compares the number of writes, during which mail must
//	                             not have stopped; with "undone" it may have, as it had before
func cloudflare(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: cloudflare start|edit|fail|foreign|records|writes ...")
	}
	if args[0] == "start" {
		s := cloudflaretest.New(scriptTB{ts: ts})
		c := &cloud{Server: s, zones: map[string]*cloudflaretest.Zone{}}
		for _, file := range args[1:] {
			name := strings.TrimSuffix(filepath.Base(file), ".json")
			c.zones[name] = s.AddZone(name)
			for _, r := range recordsOf(ts, file) {
				c.put(name, r)
			}
		}
		ts.Setenv("CLOUDFLARE_BASE_URL", s.URL)
		ts.Setenv("CLOUDFLARE_API_TOKEN", cloudflaretest.GoodToken)
		clouds.Store(s.URL, c)
		return
	}
	v, ok := clouds.Load(ts.Getenv("CLOUDFLARE_BASE_URL"))
	if !ok {
		ts.Fatalf("no server was started")
	}
	c := v.(*cloud)
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		ts.Check(err)
		return n
	}
	put := func(zone, file string) func() {
		records := recordsOf(ts, file)
		return func() {
			for _, r := range records {
				c.put(zone, r)
			}
		}
	}
	switch {
	case args[0] == "edit" && len(args) == 3:
		put(args[1], args[2])()
	case args[0] == "type" && len(args) == 3:
		c.zones[args[1]].SetType(args[2])
	case args[0] == "fail" && len(args) == 2:
		c.FailWrite(number(args[1]), cloudflaretest.Fault{Name: "refused", Status: 400, Body: `{"success":false,"errors":[{"code":9999,"message":"not today"}],"messages":[],"result":null}`})
	case args[0] == "foreign" && len(args) == 4:
		c.FailRequest(len(c.Requests())+number(args[1]), cloudflaretest.Fault{Name: "foreign edit", Before: put(args[2], args[3])})
	case args[0] == "records" && len(args) == 3:
		var lines []string
		for _, r := range c.zones[args[1]].Records() {
			line, err := json.Marshal(map[string]any{"name": r["name"], "type": r["type"], "content": r["content"], "proxied": r["proxied"], "comment": r["comment"], "ttl": r["ttl"]})
			ts.Check(err)
			lines = append(lines, string(line)+"\n")
		}
		slices.Sort(lines)
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Join(lines, "")), 0o666))
	case args[0] == "writes" && (len(args) == 2 || len(args) == 3 && args[2] == "undone"):
		if got := c.Writes(); got != number(args[1]) {
			ts.Fatalf("%d writes, want %s", got, args[1])
		}
		if v := c.Violations(); len(v) > 0 && len(args) == 2 {
			ts.Fatalf("mail stopped: %v", v)
		}
	default:
		ts.Fatalf("cloudflare %s: wrong arguments", args)
	}
}

type cloud struct {
	*cloudflaretest.Server
	zones map[string]*cloudflaretest.Zone
}

// put adds a record. What stands in its field "but" is put over it unchecked,
// such as a content that cannot be read.
func (c *cloud) put(zone string, r cloudflaretest.Record) {
	but, _ := r["but"].(map[string]any)
	delete(r, "but")
	id := c.zones[zone].Put(r)
	for field, v := range but {
		c.zones[zone].Set(id, field, v)
	}
}

func recordsOf(ts *testscript.TestScript, file string) []cloudflaretest.Record {
	var out []cloudflaretest.Record
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &out))
	return out
}

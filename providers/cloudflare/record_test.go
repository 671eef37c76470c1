package cloudflare_test

import (
	"encoding/json"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/cloudflare"
)

// Whatever Cloudflare answers with is read or refused, and what is read can be
// sent again and means the same.
func FuzzReadItem(f *testing.F) {
	for _, s := range []string{
		`{"id":"1","name":"example.com","type":"A","content":"192.0.2.1","ttl":1,"proxied":true}`,
		`{"id":"1","name":"example.com","type":"AAAA","content":"::ffff:192.0.2.1","ttl":60}`,
		`{"id":"1","name":"a.example.com","type":"MX","content":".","priority":0,"ttl":300}`,
		`{"id":"1","name":"a.example.com","type":"TXT","content":"\"a\" \"b\\200\"","ttl":300,"comment":null,"tags":[],"settings":{}}`,
		`{"id":"1","name":"_imaps._tcp.example.com","type":"SRV","content":"1 993 imap.example.com","priority":0,"ttl":300}`,
		`{"id":"1","name":"example.com","type":"CAA","data":{"flags":0,"tag":"issue","value":"ca.example"},"ttl":300}`,
		`{"id":"1","name":"_25._tcp.example.com","type":"TLSA","content":"3 1 1 abcd","ttl":300}`,
		`{"id":1,"name":"bücher.example.com","type":"CNAME","content":"x","ttl":"300"}`,
		`{"name":"example.net","type":"TYPE65280","content":"\\# 1 00"}`, `[]`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		it, un := cloudflare.ReadItem(example, raw)
		if un != nil {
			if un.Reason == "" {
				t.Error("no reason")
			}
			return
		}
		if !it.Record.Name.Within(example) {
			t.Fatalf("%s lies outside of the zone", it.Record.Name)
		}
		_ = it.Record.String()
		sent, err := cloudflare.Payload(it)
		if err != nil {
			return // a type that is not written
		}
		var o object
		if err := json.Unmarshal(sent, &o); err != nil {
			t.Fatal(err)
		}
		o["id"] = it.ID
		again, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		back, un := cloudflare.ReadItem(example, again)
		if o["content"] == nil && o["type"] == "TLSA" {
			return // told as content, sent as data
		}
		if un != nil || !providers.SameRecord(back.Record, it.Record) || back.Record.TTL != it.Record.TTL || back.Auto != it.Auto {
			t.Errorf("%s is sent as %s and read as %s (%v)", it.Record, sent, back.Record, un)
		}
	})
}

// Cloudflare answers for proxied and flattened records with others.
func TestMasked(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"type":"A","name":"a.example.com","content":"192.0.2.1","ttl":1,"proxied":true}`:                                                  true,
		`{"type":"A","name":"a.example.com","content":"192.0.2.1","ttl":1,"proxied":false}`:                                                 false,
		`{"type":"CNAME","name":"a.example.com","content":"b.example.net","ttl":300,"settings":{"flatten_cname":true}}`:                     true,
		`{"type":"CNAME","name":"a.example.com","content":"b.example.net","ttl":300,"settings":{"flatten_cname":false}}`:                    false,
		`{"type":"CNAME","name":"example.com","content":"b.example.net","ttl":300}`:                                                         true,
		`{"type":"MX","name":"example.com","content":"b.example.net","priority":1,"ttl":300,"settings":{"flatten_cname":true}}`:             false,
		`{"type":"A","name":"a.example.com","content":"192.0.2.1","ttl":1,"proxied":false,"settings":"odd","meta":{"email_routing":false}}`: false,
	} {
		it, un := cloudflare.ReadItem(example, []byte(raw))
		if un != nil || it.Masked != want {
			t.Errorf("%s: masked %v, %+v", raw, it.Masked, un)
		}
	}
}

package cloudflare

import (
	"encoding/json"

	libcloudflare "github.com/libdns/cloudflare"

	"github.com/zonelint/zonelint/providers"
)

// Client gives tests the client that libdns/cloudflare runs behind.
func Client(b *Backend) libcloudflare.HTTPClient { return b.api }

// For the fuzz tests.
var (
	ReadItem  = readItem
	ParseText = parseText
	WriteText = writeText
)

// Payload returns an item in the form in which it is sent.
func Payload(it providers.Item) ([]byte, error) {
	p, err := newPayload(it)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

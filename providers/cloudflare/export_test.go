package cloudflare

import libcloudflare "github.com/libdns/cloudflare"

// Client gives tests the client that libdns/cloudflare runs behind.
func Client(b *Backend) libcloudflare.HTTPClient { return b.api }

// For the fuzz tests of texts.
var (
	ParseText = parseText
	WriteText = writeText
)

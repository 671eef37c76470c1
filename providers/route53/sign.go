package route53

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// signer signs requests (AWS Signature Version 4).
type signer struct {
	key, secret, session string
	region, service      string
	now                  func() time.Time
}

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
)

// sign puts the signature into the request.
func (s *signer) sign(r *http.Request, body []byte) {
	at := s.now().UTC().Format(timeFormat)
	day := at[:8]
	r.Header.Set("X-Amz-Date", at)
	signed := [][2]string{{"host", cmp.Or(r.Host, r.URL.Host)}, {"x-amz-date", at}}
	if s.session != "" {
		r.Header.Set("X-Amz-Security-Token", s.session)
		signed = append(signed, [2]string{"x-amz-security-token", s.session})
	}
	var headers strings.Builder
	var names []string
	for _, h := range signed {
		headers.WriteString(h[0] + ":" + h[1] + "\n")
		names = append(names, h[0])
	}
	list := strings.Join(names, ";")
	canonical := strings.Join([]string{
		r.Method, cmp.Or(r.URL.EscapedPath(), "/"), canonicalQuery(r.URL.Query()), headers.String(), list, hash(body),
	}, "\n")
	scope := strings.Join([]string{day, s.region, s.service, "aws4_request"}, "/")
	k := []byte("AWS4" + s.secret)
	for _, part := range []string{day, s.region, s.service, "aws4_request"} {
		k = mac(k, part)
	}
	signature := hex.EncodeToString(mac(k, strings.Join([]string{algorithm, at, scope, hash([]byte(canonical))}, "\n")))
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%s", algorithm, s.key, scope, list, signature))
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, s string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(s))
	return m.Sum(nil)
}

// canonicalQuery is the query in the form in which it is signed, and sent: in
// the order of the names, with all escaped that RFC 3986 does not leave alone.
func canonicalQuery(q url.Values) string {
	var parts []string
	for name, values := range q {
		for _, v := range values {
			parts = append(parts, escape(name)+"="+escape(v))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

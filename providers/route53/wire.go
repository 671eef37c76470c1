package route53

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
)

const namespace = "https://route53.amazonaws.com/doc/2013-04-01/"

// hostedZone is a zone in the API.
type hostedZone struct {
	ID     string `xml:"Id"` // "/hostedzone/Z123"
	Name   string `xml:"Name"`
	Config struct {
		Private bool `xml:"PrivateZone"`
	} `xml:"Config"`
}

type zoneList struct {
	Zones     []hostedZone `xml:"HostedZones>HostedZone"`
	Truncated bool         `xml:"IsTruncated"`
	Marker    string       `xml:"NextMarker"`
}

// recordSet is an RRset in the API, or something that gives several answers.
type recordSet struct {
	Name   string  `xml:"Name"`
	Type   string  `xml:"Type"`
	SetID  string  `xml:"SetIdentifier,omitempty"`
	TTL    *uint32 `xml:"TTL,omitempty"`
	Values []value `xml:"ResourceRecords>ResourceRecord,omitempty"`
	Alias  *alias  `xml:"AliasTarget,omitempty"`
	Health string  `xml:"HealthCheckId,omitempty"`
	Policy string  `xml:"TrafficPolicyInstanceId,omitempty"`
}

type value struct {
	Data string `xml:"Value"`
}

type alias struct {
	DNSName string `xml:"DNSName"`
}

type recordList struct {
	Sets      []recordSet `xml:"ResourceRecordSets>ResourceRecordSet"`
	Truncated bool        `xml:"IsTruncated"`
	Name      string      `xml:"NextRecordName"`
	Type      string      `xml:"NextRecordType"`
	SetID     string      `xml:"NextRecordIdentifier"`
}

type batch struct {
	XMLName xml.Name `xml:"ChangeResourceRecordSetsRequest"`
	NS      string   `xml:"xmlns,attr"`
	Changes []change `xml:"ChangeBatch>Changes>Change"`
}

type change struct {
	Action string    `xml:"Action"`
	Set    recordSet `xml:"ResourceRecordSet"`
}

// failure is what the API says of a request that it refuses; of a batch it may
// say it in a form of its own.
type failure struct {
	XMLName  xml.Name
	Code     string   `xml:"Error>Code"`
	Message  string   `xml:"Error>Message"`
	Messages []string `xml:"Messages>Message"`
}

// unauthorized are the codes that speak of the credentials.
var unauthorized = map[string]bool{
	"AccessDenied": true, "AccessDeniedException": true, "ExpiredToken": true, "ExpiredTokenException": true, "IncompleteSignature": true,
	"InvalidAccessKeyId": true, "InvalidClientTokenId": true, "InvalidSignatureException": true, "MissingAuthenticationToken": true,
	"NotAuthorized": true, "OptInRequired": true, "RequestExpired": true, "SignatureDoesNotMatch": true, "UnrecognizedClientException": true,
}

// stale are the words of a batch whose DELETE or CREATE does not fit the zone.
var stale = []string{"but it was not found", "do not match the current values", "but it already exists"}

// vet tells an answer from an error.
func vet(a *rest.Answer) error {
	if a.Status >= 200 && a.Status < 300 {
		return nil
	}
	var f failure
	if xml.Unmarshal(a.Body, &f) != nil {
		return a.Judge("")
	}
	if f.Code == "" && f.XMLName.Local == "InvalidChangeBatch" {
		f.Code, f.Message = f.XMLName.Local, strings.Join(f.Messages, "; ")
	}
	if f.Code == "" {
		return a.Judge("")
	}
	said := rest.Clean(f.Message + ": " + f.Code)
	is := func(err error) error { return fmt.Errorf("%w: %s", err, said) }
	switch {
	case a.Status >= 500:
	case f.Code == "Throttling" || f.Code == "ThrottlingException" || f.Code == "PriorRequestNotComplete":
		return &providers.RetryError{After: 0, Err: errors.New(said)}
	case unauthorized[f.Code]:
		return is(providers.ErrUnauthorized)
	case f.Code == "NoSuchHostedZone":
		return is(providers.ErrNoZone)
	case f.Code == "InvalidChangeBatch":
		for _, s := range stale {
			if strings.Contains(f.Message, s) {
				return is(providers.ErrStale)
			}
		}
		return is(providers.ErrRefused)
	}
	return a.Judge(said)
}

// fromOctal brings escapes, which Route 53 writes in octal, into the form that
// master files have (RFC 1035, section 5.1).
func fromOctal(s string) string {
	return escapes(s, func(d string) string {
		if d[0] > '3' || strings.ContainsAny(d, "89") {
			return `\` + d
		}
		return fmt.Sprintf(`\%03d`, int(d[0]-'0')*64+int(d[1]-'0')*8+int(d[2]-'0'))
	})
}

// toOctal is the reverse of fromOctal.
func toOctal(s string) string {
	return escapes(s, func(d string) string {
		return fmt.Sprintf(`\%03o`, int(d[0]-'0')*100+int(d[1]-'0')*10+int(d[2]-'0'))
	})
}

// escapes replaces escapes of three digits.
func escapes(s string, replace func(digits string) string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			b.WriteByte(s[i])
		case i+3 < len(s) && digit(s[i+1]) && digit(s[i+2]) && digit(s[i+3]):
			b.WriteString(replace(s[i+1 : i+4]))
			i += 3
		default:
			b.WriteString(s[i : i+2])
			i++
		}
	}
	return b.String()
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

package route53

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// The examples of AWS's test suite for Signature Version 4.
func TestSign(t *testing.T) {
	for url, want := range map[string]string{
		"https://example.amazonaws.com/":                             "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		"https://example.amazonaws.com/?Param2=value2&Param1=value1": "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
	} {
		s := &signer{
			key: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "service",
			now: func() time.Time { return time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC) },
		}
		r, err := http.NewRequest(http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		s.sign(r, nil)
		got := r.Header.Get("Authorization")
		if !strings.HasPrefix(got, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=") ||
			!strings.HasSuffix(got, want) {
			t.Errorf("%s: %s", url, got)
		}
		s.session = "token"
		s.sign(r, nil)
		if got := r.Header.Get("Authorization"); !strings.Contains(got, "SignedHeaders=host;x-amz-date;x-amz-security-token,") || r.Header.Get("X-Amz-Security-Token") != "token" {
			t.Errorf("%s: %s", url, got)
		}
	}
}

func TestOctal(t *testing.T) {
	for master, wire := range map[string]string{
		`"v=spf1 -all"`:           `"v=spf1 -all"`,
		`"a\\b \"c\" \228\001"`:   `"a\\b \"c\" \344\001"`,
		`\042.example.com.`:       `\052.example.com.`,
		`"\\052"`:                 `"\\052"`,
		`"end\`:                   `"end\`,
		`"\\\\065 \065"`:          `"\\\\065 \101"`,
		`"\009\255"`:              `"\011\377"`,
		`10 mail\.x.example.com.`: `10 mail\.x.example.com.`,
	} {
		if got := toOctal(master); got != wire {
			t.Errorf("%s is written %s, want %s", master, got, wire)
		}
		if got := fromOctal(wire); got != master {
			t.Errorf("%s is read %s, want %s", wire, got, master)
		}
	}
	if got := fromOctal(`\899`); got != `\899` {
		t.Errorf("%s", got)
	}
}

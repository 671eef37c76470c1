package route53_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rrsets/rrsetstest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/providers/route53"
	"github.com/zonelint/zonelint/zone"
)

const (
	key     = "AKIAIOSFODNN7EXAMPLE"
	secret  = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	session = "FwoGZXIvYXdzEBYaDsessionTokenOfTheTest"
	id      = "Z0123456789ABCDEFGHIJ"
)

// fake is Route 53 as its documentation has it.
type fake struct {
	*rrsetstest.Store
	url      string
	pageSize int
	zones    string                                     // the hosted zones, in XML
	extra    string                                     // further record sets, in XML
	fault    func(w http.ResponseWriter) (handled bool) // before a batch
	lost     bool
	posted   string
}

func start(t testing.TB, records []zone.Record, wraps ...providertest.Wrap) *fake {
	f := &fake{Store: rrsetstest.New(providertest.Apex, records), pageSize: 300}
	f.zones = hosted(id, "example.com.", false)
	f.url = providertest.Serve(t, f, wraps...)
	return f
}

func hosted(id, name string, private bool) string {
	return fmt.Sprintf("<HostedZone><Id>/hostedzone/%s</Id><Name>%s</Name><Config><PrivateZone>%v</PrivateZone></Config></HostedZone>", id, name, private)
}

func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, xml.Header+body)
}

func failure(w http.ResponseWriter, status int, code, message string) {
	say(w, status, fmt.Sprintf(`<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>1</RequestId></ErrorResponse>`, code, message))
}

var escape = regexp.MustCompile(`\\([0-9]{3}|.)`)

// rebase turns escapes of one base into those of another.
func rebase(s string, from int, verb string) string {
	return escape.ReplaceAllStringFunc(s, func(e string) string {
		if n, err := strconv.ParseUint(e[1:], from, 8); err == nil && len(e) == 4 {
			return fmt.Sprintf(verb, n)
		}
		return e
	})
}

func octal(s string) string   { return rebase(s, 10, `\%03o`) }
func decimal(s string) string { return rebase(s, 8, `\%03d`) }

func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func wireName(n zone.Name) string { return strings.ReplaceAll(octal(n.String()), "*", `\052`) }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	auth := r.Header.Get("Authorization")
	if !strings.HasPrefix(auth, "AWS4-HMAC-SHA256 Credential="+key+"/") || !strings.Contains(auth, "/us-east-1/route53/aws4_request, SignedHeaders=host;x-amz-date") {
		failure(w, http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/2013-04-01/")
	switch {
	case r.Method == http.MethodGet && path == "hostedzone":
		say(w, 200, "<ListHostedZonesResponse><HostedZones>"+f.zones+"</HostedZones><IsTruncated>false</IsTruncated></ListHostedZonesResponse>")
	case r.Method == http.MethodGet && path == "hostedzonesbyname":
		say(w, 200, "<ListHostedZonesByNameResponse><HostedZones>"+f.zones+hosted("ZOTHER", "zz.example.", false)+"</HostedZones><IsTruncated>false</IsTruncated></ListHostedZonesByNameResponse>")
	case r.Method == http.MethodGet && path == "hostedzone/"+id:
		say(w, 200, "<GetHostedZoneResponse>"+hosted(id, "example.com.", false)+"</GetHostedZoneResponse>")
	case r.Method == http.MethodGet && path == "hostedzone/"+id+"/rrset":
		f.list(w, r)
	case r.Method == http.MethodPost && path == "hostedzone/"+id+"/rrset/":
		f.change(w, r)
	default:
		failure(w, http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: X")
	}
}

func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	sets := f.Sets()
	from := 0
	if name := r.URL.Query().Get("name"); name != "" {
		from = slices.IndexFunc(sets, func(s rrsetstest.Set) bool {
			return wireName(s.Key.Name) == name && s.Key.Type.String() == r.URL.Query().Get("type")
		})
	}
	to := min(from+f.pageSize, len(sets))
	var b strings.Builder
	for _, s := range sets[from:to] {
		fmt.Fprintf(&b, "<ResourceRecordSet><Name>%s</Name><Type>%s</Type><TTL>%d</TTL><ResourceRecords>", text(wireName(s.Key.Name)), s.Key.Type, s.TTL)
		for _, v := range s.Values {
			fmt.Fprintf(&b, "<ResourceRecord><Value>%s</Value></ResourceRecord>", text(octal(v)))
		}
		b.WriteString("</ResourceRecords></ResourceRecordSet>")
	}
	more := "<IsTruncated>false</IsTruncated>"
	if to < len(sets) {
		more = fmt.Sprintf("<IsTruncated>true</IsTruncated><NextRecordName>%s</NextRecordName><NextRecordType>%s</NextRecordType>", text(wireName(sets[to].Key.Name)), sets[to].Key.Type)
	}
	say(w, 200, "<ListResourceRecordSetsResponse><ResourceRecordSets>"+b.String()+f.extra+"</ResourceRecordSets>"+more+"</ListResourceRecordSetsResponse>")
}

func (f *fake) change(w http.ResponseWriter, r *http.Request) {
	if f.fault != nil && f.fault(w) {
		return
	}
	body, _ := io.ReadAll(r.Body)
	f.posted = string(body)
	var req struct {
		XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ChangeResourceRecordSetsRequest"`
		Changes []struct {
			Action string
			Set    struct {
				Name, Type string
				TTL        uint32
				Records    []struct{ Value string } `xml:"ResourceRecords>ResourceRecord"`
			} `xml:"ResourceRecordSet"`
		} `xml:"ChangeBatch>Changes>Change"`
	}
	if err := xml.Unmarshal(body, &req); err != nil || len(req.Changes) == 0 {
		failure(w, http.StatusBadRequest, "InvalidInput", fmt.Sprint(err))
		return
	}
	next := map[zone.Key]rrsetstest.Set{}
	for _, c := range req.Changes {
		typ, _ := zone.ParseType(c.Set.Type)
		k := zone.Key{Name: zone.MustName(decimal(c.Set.Name)), Type: typ}
		set := rrsetstest.Set{Key: k, TTL: c.Set.TTL}
		for _, v := range c.Set.Records {
			set.Values = append(set.Values, decimal(v.Value))
		}
		now, touched := next[k]
		if !touched {
			now = f.Get(k)
		}
		says := ""
		switch {
		case c.Action == "DELETE" && len(now.Values) == 0:
			says = "Tried to delete resource record set [name='%s', type='%s'] but it was not found"
		case c.Action == "DELETE" && (now.TTL != set.TTL || !slices.Equal(now.Values, set.Values)):
			says = "Tried to delete resource record set [name='%s', type='%s'] but the values provided do not match the current values"
		case c.Action == "CREATE" && len(now.Values) > 0:
			says = "Tried to create resource record set [name='%s', type='%s'] but it already exists"
		case c.Action == "DELETE":
			set = rrsetstest.Set{Key: k}
		}
		if says != "" {
			failure(w, http.StatusBadRequest, "InvalidChangeBatch", "["+fmt.Sprintf(says, c.Set.Name, c.Set.Type)+"]")
			return
		}
		next[k] = set
	}
	var sets []rrsetstest.Set
	for _, s := range next {
		sets = append(sets, s)
	}
	if err := f.Replace(sets...); err != nil {
		say(w, http.StatusBadRequest, "<InvalidChangeBatch><Messages><Message>"+text(err.Error())+"</Message></Messages></InvalidChangeBatch>")
		return
	}
	if f.lost {
		panic(http.ErrAbortHandler)
	}
	say(w, 200, "<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status></ChangeInfo></ChangeResourceRecordSetsResponse>")
}

func open(t testing.TB, o route53.Options) providers.Backend {
	t.Helper()
	o.Pause, o.Patience = time.Millisecond, 100*time.Millisecond
	b, err := route53.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (f *fake) options() route53.Options {
	return route53.Options{Key: key, Secret: secret, Session: session, URL: f.url}
}

func harness(t *testing.T, records []zone.Record, wrap providertest.Wrap) providertest.Harness {
	f := start(t, records, wrap)
	return providertest.Harness{Backend: open(t, f.options()), Truth: f.Truth}
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, providertest.StartHTTP(harness).Plain)
}

func TestHTTPFaults(t *testing.T) { providertest.HTTPFaults(t, harness) }

func TestPages(t *testing.T) {
	f := start(t, providertest.Records(t, "*.w 300 A 192.0.2.1", "a 300 A 192.0.2.1", "b 300 A 192.0.2.1", "c 300 AAAA 2001:db8::1"))
	f.pageSize = 1
	if n := len(providertest.Snapshot(t, open(t, f.options())).Items); n != 6 {
		t.Errorf("%d records", n)
	}
}

// Aliases and routed RRsets are told of and never touched.
func TestComputed(t *testing.T) {
	f := start(t, nil)
	f.extra = `<ResourceRecordSet><Name>example.com.</Name><Type>A</Type><AliasTarget><HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId><DNSName>d123.cloudfront.net.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>` +
		`<ResourceRecordSet><Name>mx.example.com.</Name><Type>A</Type><SetIdentifier>blue</SetIdentifier><Weight>10</Weight><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`
	s := providertest.Snapshot(t, open(t, f.options()))
	if len(s.Unread) != 2 || !s.Unread[0].Computed || !strings.Contains(s.Unread[0].Reason, "cloudfront") || !strings.Contains(s.Unread[1].Reason, "blue") {
		t.Errorf("%+v", s.Unread)
	}
	if len(s.Items) != 2 {
		t.Errorf("%+v", s.Items)
	}
	cs := zone.ChangeSet{zone.Add(providertest.Records(t, "mx 300 A 192.0.2.9")[0])}
	if _, err := providers.NewPlan(s, cs, providers.PlanOptions{Provider: "route53"}); !errors.Is(err, providers.ErrGuard) {
		t.Error(err)
	}
}

const spf, better, dmarc = `@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`, `_dmarc 300 TXT "v=DMARC1; p=none"`

// What is known of a batch that did not go well.
func TestFaults(t *testing.T) {
	refuse := func(status int, code, message string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool { failure(w, status, code, message); return true }
	}
	once := func(status int, code string) func(http.ResponseWriter) bool {
		done := false
		return func(w http.ResponseWriter) bool {
			if done {
				return false
			}
			done = true
			failure(w, status, code, "Rate exceeded")
			return true
		}
	}
	for _, tc := range []struct {
		name   string
		fault  func(http.ResponseWriter) bool
		lost   bool
		is     error
		writes int
	}{
		{"throttled", once(400, "Throttling"), false, nil, 1},
		{"another batch is under way", once(400, "PriorRequestNotComplete"), false, nil, 1},
		{"429 without XML", func(w http.ResponseWriter) bool { w.WriteHeader(429); return true }, false, providers.ErrRateLimited, 0},
		{"refused", refuse(400, "InvalidChangeBatch", "[Invalid Resource Record: 'FATAL problem: CharacterStringTooLong']"), false, providers.ErrRefused, 0},
		{"invalid", refuse(400, "InvalidInput", "Invalid XML"), false, providers.ErrRefused, 0},
		{"not allowed", refuse(403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized"), false, providers.ErrUnauthorized, 0},
		{"expired", refuse(400, "ExpiredToken", "expired"), false, providers.ErrUnauthorized, 0},
		{"in trouble", refuse(503, "ServiceUnavailable", "busy"), false, providers.ErrUnknownOutcome, 0},
		{"made and not answered", nil, true, providers.ErrUnknownOutcome, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, providertest.Records(t, spf))
			step := providertest.OneStep(t, open(t, f.options()), []string{spf}, []string{better, dmarc})
			f.fault, f.lost = tc.fault, tc.lost
			err := open(t, f.options()).Apply(context.Background(), providertest.Apex, step)
			if !errors.Is(err, tc.is) || f.Writes() != tc.writes {
				t.Errorf("%d writes: %v", f.Writes(), err)
			}
			if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), session)) {
				t.Errorf("a secret in %v", err)
			}
		})
	}
}

// An edit between the last reading and the batch makes Route 53 refuse it.
func TestConditional(t *testing.T) {
	for name, edit := range map[string]string{"changed": `@ TXT "v=spf1 ip4:192.0.2.1 -all"`, "come": `_dmarc TXT "v=DMARC1; p=reject"`} {
		f := start(t, providertest.Records(t, spf))
		step := providertest.OneStep(t, open(t, f.options()), []string{spf}, []string{better, dmarc})
		f.fault = func(http.ResponseWriter) bool {
			owner, value, _ := strings.Cut(edit, " TXT ")
			n := f.Apex
			if owner != "@" {
				n = zone.MustName(owner + ".example.com")
			}
			if err := f.Replace(rrsetstest.Set{Key: zone.Key{Name: n, Type: zone.TypeTXT}, TTL: 300, Values: []string{value}}); err != nil {
				t.Error(err)
			}
			return false
		}
		err := open(t, f.options()).Apply(context.Background(), providertest.Apex, step)
		if !errors.Is(err, providers.ErrStale) || f.Writes() != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestZones(t *testing.T) {
	f := start(t, nil)
	f.zones = hosted("ZPRIVATE", "example.com.", true) + hosted(id, "example.com.", false)
	providertest.Snapshot(t, open(t, f.options()))
	if zones, err := open(t, f.options()).Zones(context.Background()); err != nil || fmt.Sprint(zones) != "[example.com.]" {
		t.Errorf("%v %v", zones, err)
	}
	read := func(o route53.Options, name string) error {
		_, err := open(t, o).Snapshot(context.Background(), zone.MustName(name))
		return err
	}
	f.zones = hosted("ZPRIVATE", "example.com.", true)
	if err := read(f.options(), "example.com"); !errors.Is(err, providers.ErrNoZone) || !strings.Contains(err.Error(), "private") {
		t.Error(err)
	}
	f.zones = hosted("ZTWO", "example.com.", false) + hosted(id, "example.com.", false)
	if err := read(f.options(), "example.com"); !errors.Is(err, providers.ErrRefused) || !strings.Contains(err.Error(), "AWS_HOSTED_ZONE_ID") {
		t.Error(err)
	}
	o := f.options()
	o.ZoneID = id
	if err := read(o, "example.com"); err != nil {
		t.Error(err)
	}
	if err := read(o, "example.org"); !errors.Is(err, providers.ErrNoZone) {
		t.Error(err)
	}
	if err := read(f.options(), "example.org"); !errors.Is(err, providers.ErrNoZone) {
		t.Error(err)
	}
	o = f.options()
	o.Key = "AKIAWRONG"
	if err := read(o, "example.com"); !errors.Is(err, providers.ErrUnauthorized) || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
	for _, bad := range []route53.Options{{Key: "a b", Secret: "x"}, {Key: "a"}, {Key: "a", Secret: "x", ZoneID: "../x"}, {Key: "a", Secret: "x", URL: "http://10.0.0.1"}} {
		if _, err := route53.New(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
)

func example() rest.Token {
	return rest.Token{
		Variable: "EXAMPLE_TOKEN", Use: "a token", Scheme: "Bearer",
		URLVariable: "EXAMPLE_URL", URL: "https://api.example.net", Path: "v1/zones",
		Timeout: time.Second, Pause: time.Millisecond,
	}
}

// The token and the address come from the variables, and go into the request.
func TestToken(t *testing.T) {
	asked := ""
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path + " " + r.Header.Get("Authorization")
	}))
	defer srv.Close()
	env := map[string]string{"EXAMPLE_TOKEN": "good", "EXAMPLE_URL": srv.URL + "/"}
	open := example().Open(func(a rest.Access) (providers.Backend, error) {
		c, err := example().Client(a)
		if err != nil {
			return nil, err
		}
		return nil, c.Do(context.Background(), rest.Request{Method: http.MethodGet, Path: "example.com"}, vet)
	})
	if _, err := open(func(name string) string { return env[name] }); err != nil || asked != "/v1/zones/example.com Bearer good" {
		t.Errorf("%q: %v", asked, err)
	}
}

// What is wrong with a variable is said without a request, by its name.
func TestTokenRefused(t *testing.T) {
	for _, tc := range []struct {
		access rest.Access
		says   string
	}{
		{rest.Access{}, "EXAMPLE_TOKEN is not set"},
		{rest.Access{Token: "Bearer secret"}, "EXAMPLE_TOKEN begins with"},
		{rest.Access{Token: "secret", URL: "http://api.example.net"}, "EXAMPLE_URL would send"},
		{rest.Access{Token: "secret", URL: "api.example.net"}, "EXAMPLE_URL is not the address"},
	} {
		if _, err := example().Client(tc.access); err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v does not say %q, or tells the token", err, tc.says)
		}
	}
}

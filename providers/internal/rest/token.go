package rest

import (
	"cmp"
	"net/http"
	"time"

	"github.com/zonelint/zonelint/providers"
)

// Token is an API that takes one token with every request.
type Token struct {
	Variable string // the environment variable that has the token
	Use      string // what the token is, in a few words
	Scheme   string // what stands before it in the Authorization header

	URLVariable string // the environment variable that has the address of the API
	URL         string // that address where the variable is not set
	Path        string // from there to what all requests are about; "" is nothing

	Timeout time.Duration // as in Options
	Pause   time.Duration // as in Options, where Access has none
}

// Access is what the user of an API with a token has to say.
type Access struct {
	Token string
	URL   string        // "" is the provider's own
	Pause time.Duration // before a request is made again; 0 is what the provider needs
	// Patience is how long may be waited in all before one request is given up;
	// 0 is a minute.
	Patience time.Duration
}

// Variables are those of a providers.Provider.
func (t Token) Variables() []providers.Variable {
	return []providers.Variable{
		{Name: t.Variable, Use: t.Use, Secret: true},
		{Name: t.URLVariable, Use: "where the API is, if not " + t.URL, Optional: true},
	}
}

// Open is that of a providers.Provider: it gives what env has of the variables
// to the function that makes the backend.
func (t Token) Open(backend func(Access) (providers.Backend, error)) func(env func(string) string) (providers.Backend, error) {
	return func(env func(string) string) (providers.Backend, error) {
		return backend(Access{Token: env(t.Variable), URL: env(t.URLVariable)})
	}
}

// Client returns a client of the API. No request is made. An error names the
// variable that is wrong.
func (t Token) Client(a Access) (*Client, error) {
	base, err := Base(t.URLVariable, cmp.Or(a.URL, t.URL))
	if err != nil {
		return nil, err
	}
	if err := CheckToken(t.Variable, a.Token); err != nil {
		return nil, err
	}
	if t.Path != "" {
		base = base.JoinPath(t.Path)
	}
	return New(Options{
		Base:      base,
		Authorize: func(r *http.Request, _ []byte) { r.Header.Set("Authorization", t.Scheme+" "+a.Token) },
		Timeout:   t.Timeout, Writes: 2, Tries: 5, MaxBody: 64 << 20,
		Pause: cmp.Or(a.Pause, t.Pause), Patience: cmp.Or(a.Patience, time.Minute),
	}), nil
}

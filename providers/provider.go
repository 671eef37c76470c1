package providers

import (
	"fmt"
)

// Provider describes a kind of backend: what it is called, which credentials it
// wants, and what it can do. It is a value; providers/all has the list.
type Provider struct {
	// Name is what --provider takes, in lower case.
	Name string
	// Title is the provider's own spelling of its name.
	Title string
	// URL is where its documentation of the API stands.
	URL string
	// Variables are the environment variables that it reads: those that the
	// provider's own tools use.
	Variables []Variable
	// Capabilities are what is known without a zone.
	Capabilities Capabilities
	// Notes say what is to be known of it for mail, a sentence each.
	Notes []string
	// Open makes the backend. env looks a variable up and gives "" for one that
	// is not set. No request is made.
	Open func(env func(string) string) (Backend, error)
}

// Variable is an environment variable of a provider.
type Variable struct {
	Name     string
	Use      string // what it is, in a few words
	Secret   bool   // its value must not be shown
	Optional bool
}

// Backend opens the provider with its credentials from env. The credentials
// are kept out of all errors of the backend; the Redactor knows them.
func (p *Provider) Backend(env func(string) string) (Backend, *Redactor, error) {
	var secrets []string
	for _, v := range p.Variables {
		value := env(v.Name)
		if value == "" && !v.Optional {
			return nil, nil, fmt.Errorf("%s: %s is not set (%s): %w", p.Title, v.Name, v.Use, ErrUnauthorized)
		}
		if v.Secret && value != "" {
			secrets = append(secrets, value)
		}
	}
	r := NewRedactor(secrets...)
	b, err := p.Open(env)
	if err != nil {
		return nil, nil, r.Error(fmt.Errorf("%s: %w", p.Title, err))
	}
	return r.Backend(b), r, nil
}

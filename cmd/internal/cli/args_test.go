package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestPermute(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"check a b", "check -- a b"},
		{"check a --format json b", "check --format=json -- a b"},
		{"check a --format=json", "check --format=json -- a"},
		{"check -format json a", "check --format=json -- a"},
		{"check - --pack webmo", "check --pack=webmo -- -"},
		{"check --origin - a", "check --origin=- -- a"},
		{"check -- --format a", "check -- --format a"},
		{"check a -- -b", "check -- a -b"},
		{"fix a --write --unsafe", "fix --write --unsafe -- a"},
		{"fix a --write=false", "fix --write=false -- a"},
		{"packs show webmo --format json", "packs show --format=json -- webmo"},
		{"packs --format json show webmo", "packs --format=json show -- webmo"},
		{"help check", "check --help"},
		{"check a -h", "check -h"},
		{"--version", "--version"},
	} {
		got, err := permute((&app{}).commands(), append([]string{"zonelint"}, strings.Fields(tt.args)...))
		if err != nil {
			t.Errorf("%s: %v", tt.args, err)
			continue
		}
		// A flag is passed on with two dashes.
		want := strings.Fields(strings.ReplaceAll(tt.want, " -h", " --h"))
		if !slices.Equal(got[1:], want) {
			t.Errorf("%s: %q, want %q", tt.args, got[1:], want)
		}
	}
}

func TestPermuteRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"chek a":              `there is no command "chek"; did you mean check?`,
		"check --formt x":     "check has no flag --formt; did you mean --format?",
		"check --formt=x":     "check has no flag --formt; did you mean --format?",
		"check a --pack":      "--pack needs a value; write --pack=VALUE or --pack VALUE",
		"check --pack --jobs": "--pack needs a value; write --pack=VALUE or --pack VALUE",
		"spf webmo":           `spf has no command "webmo"; the commands are eval, tree`,
		"--jobs 3 check":      `there is no flag --jobs before a command; run "zonelint --help"`,
		"-- check":            `there is no flag -- before a command; run "zonelint --help"`,
	} {
		_, err := permute((&app{}).commands(), append([]string{"zonelint"}, strings.Fields(args)...))
		var usage *usageError
		if !errors.As(err, &usage) || err.Error() != want {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{
		"1": 1, "100": 100, "2k": 2048, "3M": 3 << 20, "1GB": 1 << 30, "4G": 1<<32 - 2,
		"": 0, "K": 0, "-1": 0, "0": 0, "5G": 0, "1.5M": 0, "99999999999999999999": 0, "8796093022208M": 0,
	} {
		if got, err := parseSize(s); got != want || (err == nil) != (want > 0) {
			t.Errorf("parseSize(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
}

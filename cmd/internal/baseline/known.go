package baseline

import (
	"sync"

	"github.com/zonelint/zonelint/rules"
)

// Known tells findings that are known from those that are new. It may be used
// by several goroutines at once.
type Known struct {
	mu   sync.Mutex
	left map[key]*mark
	all  []Entry
}

// mark is what is left of an entry.
type mark struct {
	count    int
	severity rules.Severity
}

// New makes a Known of entries. Of entries that stand there twice, as a merge may
// leave them, the larger count holds.
func New(entries []Entry) *Known {
	k := &Known{left: make(map[key]*mark, len(entries))}
	for _, e := range entries {
		severity, _ := rules.ParseSeverity(e.Severity)
		m := k.left[e.key()]
		if m == nil {
			k.left[e.key()] = &mark{e.Count, severity}
			k.all = append(k.all, e)
			continue
		}
		m.count, m.severity = max(m.count, e.Count), max(m.severity, severity)
	}
	return k
}

// Has reports whether a finding is known, and counts it. A finding that has
// become worse is new.
func (k *Known) Has(file string, f rules.Finding, p rules.Fingerprint) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.left[key{file, p}]
	if m == nil || m.count == 0 {
		return false
	}
	m.count--
	return f.Severity <= m.severity
}

// Gone returns the entries whose findings were not met as often as they say, of
// those for which asked is true, with what is left of their counts.
func (k *Known) Gone(asked func(Entry) bool) []Entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []Entry
	for _, e := range k.all {
		if left := k.left[e.key()].count; left > 0 && asked(e) {
			e.Count = left
			out = append(out, e)
		}
	}
	return out
}

package octodns

import (
	"github.com/zonelint/zonelint/zone"
)

type pair struct {
	key, value *node
	merged     bool // comes from another mapping
}

// duplicates tells of keys that stand in a mapping twice: YAML forbids it, and
// PyYAML takes the last.
func (r *reader) duplicates(n *node, message func(k *node, name string) string) {
	count := len(n.kids) / 2
	if count <= 8 {
		for i := 0; i < len(n.kids); i += 2 {
			for j := i + 2; j < len(n.kids); j += 2 {
				if sameKey(n.kids[i], n.kids[j]) {
					r.problem(zone.ProblemSyntax, n.kids[i], "", 0, false, message(n.kids[i], n.kids[i].value))
					break
				}
			}
		}
		return
	}
	last := make(map[string]bool, count)
	for i := len(n.kids) - 2; i >= 0; i -= 2 {
		k := n.kids[i]
		if k.kind != scalar || k.resolve() == mergeKey {
			continue
		}
		if s := k.str(); !last[s] {
			last[s] = true
		} else {
			r.problem(zone.ProblemSyntax, k, "", 0, false, message(k, s))
		}
	}
}

func sameKey(a, b *node) bool {
	return a.kind == scalar && b.kind == scalar && a.value == b.value && a.resolve() != mergeKey
}

// pairs returns the keys and values of a mapping, with those that << brings in
// before its own; of equal keys only the last stays.
func (r *reader) pairs(n *node) []pair {
	return r.merged(n, 0)
}

// maxMerges is how deep << may lead through mappings that have it themselves.
const maxMerges = 32

func (r *reader) merged(n *node, depth int) []pair {
	out := make([]pair, 0, len(n.kids)/2)
	if n.merges {
		for i := 0; i+1 < len(n.kids); i += 2 {
			if n.kids[i].resolve() == mergeKey && n.kids[i].value == "<<" {
				out = append(out, r.bringIn(n.kids[i+1], depth)...)
			}
		}
	}
	for i := 0; i+1 < len(n.kids); i += 2 {
		k := r.deref(n.kids[i])
		if n.merges && k.kind == scalar && k.resolve() == mergeKey {
			continue
		}
		out = append(out, pair{k, n.kids[i+1], false})
	}
	if !n.merges && len(out) <= 1 {
		return out
	}
	return lastWins(out)
}

// bringIn returns what << takes from a mapping or from a list of them, of which
// the first wins.
func (r *reader) bringIn(v *node, depth int) []pair {
	from, _ := r.follow(v)
	if r.left -= 1 + len(from.kids); r.left < 0 || depth >= maxMerges {
		r.problem(zone.ProblemLimit, v, "", 0, true, "The mappings that << brings in are more than the limit, so that this one was left out.")
		return nil
	}
	var out []pair
	switch from.kind {
	case mapping:
		out = r.merged(from, depth+1)
	case sequence:
		for i := len(from.kids) - 1; i >= 0; i-- {
			if k, _ := r.follow(from.kids[i]); k.kind == mapping {
				out = append(out, r.merged(k, depth+1)...)
			}
		}
	}
	for i := range out {
		out[i].merged = true
	}
	return out
}

// lastWins drops the pairs whose key comes again.
func lastWins(ps []pair) []pair {
	if len(ps) <= 8 {
		out := ps[:0]
	next:
		for i, p := range ps {
			for _, later := range ps[i+1:] {
				if sameKey(p.key, later.key) {
					continue next
				}
			}
			out = append(out, p)
		}
		return out
	}
	last := make(map[string]int, len(ps))
	for i, p := range ps {
		if p.key.kind == scalar {
			last[p.key.value] = i
		}
	}
	out := ps[:0]
	for i, p := range ps {
		if p.key.kind != scalar || last[p.key.value] == i {
			out = append(out, p)
		}
	}
	return out
}

// lookup returns the value of a key; shared says that it belongs to other
// mappings too. The node is nil if there is none.
func (r *reader) lookup(n *node, keys ...string) (key, value *node, shared bool) {
	for _, want := range keys {
		for i := len(n.kids) - 2; i >= 0; i -= 2 {
			if k := n.kids[i]; k.kind == scalar && k.value == want {
				v, s := r.follow(n.kids[i+1])
				return k, v, s
			}
		}
		if !n.merges {
			continue
		}
		for _, p := range r.pairs(n) {
			if p.key.kind == scalar && p.key.value == want {
				v, _ := r.follow(p.value)
				return p.key, v, true
			}
		}
	}
	return nil, nil, false
}

// get is lookup for a caller that only reads.
func (r *reader) get(n *node, keys ...string) *node {
	if n.kind != mapping {
		return nil
	}
	_, v, _ := r.lookup(n, keys...)
	return v
}

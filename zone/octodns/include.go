package octodns

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// includeTag is the tag of a file name, or of a list of them, in whose place
// the content of the files stands.
const includeTag = "!include"

// maxFollow is how many aliases and includes may lead to one node.
const maxFollow = 32

// follow returns the node that an alias or an !include stands for; shared says
// that it stands in other places too.
func (r *reader) follow(n *node) (to *node, shared bool) {
	for range maxFollow {
		switch {
		case n.kind == alias && n.target != nil:
			n, shared = n.target, true
		case n.tag == includeTag:
			n, shared = r.include(n), true
		default:
			return n, shared || n.shared
		}
	}
	return nothing, true
}

// deref is follow for a caller that only reads.
func (r *reader) deref(n *node) *node {
	to, _ := r.follow(n)
	return to
}

// nothing is the node that stands for what could not be read.
var nothing = &node{}

// include returns what the files of an !include hold together.
func (r *reader) include(n *node) *node {
	if to, ok := r.included[n]; ok {
		return to
	}
	if r.included == nil {
		r.included = map[*node]*node{}
	}
	r.included[n] = nothing // while it is being read
	to := nothing
	switch n.kind {
	case scalar:
		to = r.includeFile(n)
	case sequence:
		to = r.includeAll(n)
	default:
		r.problem(zone.ProblemInclude, n, "", 0, true, "!include takes the name of a file, or a list of them.")
	}
	r.included[n] = to
	return to
}

// includeAll joins the files of a list: lists one behind the other, mappings
// into one in which later keys win.
func (r *reader) includeAll(n *node) *node {
	var all *node
	for _, k := range n.kids {
		if k.kind != scalar {
			r.problem(zone.ProblemInclude, k, "", 0, true, "!include takes the name of a file, or a list of them.")
			continue
		}
		part := r.deref(r.includeFile(k))
		switch {
		case part == nothing:
			continue
		case part.kind != mapping && part.kind != sequence, all != nil && all.kind != part.kind:
			r.problem(zone.ProblemInclude, k, "", 0, true, fmt.Sprintf("!include %s holds a %s, and a list of files joins mappings with mappings and lists with lists, so octoDNS refuses it.", quote(k.value), part.kind))
			continue
		case all == nil:
			all = &node{kind: part.kind, shared: true, file: n.file, start: n.start, tag: ""}
		}
		if r.left -= len(part.kids); r.left < 0 {
			break
		}
		all.merges = all.merges || part.merges
		if all.kind == sequence {
			all.kids = append(all.kids, part.kids...)
			continue
		}
		for i := 0; i+1 < len(part.kids); i += 2 {
			for j := 0; j+1 < len(all.kids); j += 2 {
				if sameKey(all.kids[j], part.kids[i]) {
					all.kids = slices.Delete(all.kids, j, j+2)
					break
				}
			}
			all.kids = append(all.kids, part.kids[i], part.kids[i+1])
		}
	}
	if all == nil {
		return nothing
	}
	return all
}

// includeFile returns what one file holds.
func (r *reader) includeFile(n *node) *node {
	index, why := r.open(n)
	if why != "" {
		r.lost = true
		r.problem(zone.ProblemInclude, n, "", 0, true, why)
		return nothing
	}
	f := r.source.files[index]
	if !f.parsed {
		f.parsed = true
		root, problem := parseYAML(f, uint16(index), r.limits, &r.left)
		if problem != nil {
			r.lost = true
			r.problems = append(r.problems, *problem)
		}
		if root != nil {
			root.shared = true
		}
		f.root = root
	}
	if f.root == nil {
		return nothing
	}
	return f.root
}

// open reads the file of an !include, or says in a sentence why it does not.
func (r *reader) open(n *node) (index int, why string) {
	target := n.value
	shown := quote(target)
	from := r.source.files[n.file]
	if r.opts.Root == nil {
		return 0, fmt.Sprintf("!include %s was not followed, since this zone is not read from a file, so records may be missing from this check.", shown)
	}
	outside := fmt.Sprintf("!include %s lies outside of the folder that zones may include from, so it was not read. If it is meant, name that folder with --include-root.", shown)
	if target == "" || strings.HasPrefix(target, "~") {
		return 0, outside
	}
	rel := filepath.Join(filepath.Dir(from.path), filepath.FromSlash(target))
	display := filepath.Join(filepath.Dir(from.name), filepath.FromSlash(target))
	if filepath.IsAbs(target) {
		p, err := filepath.Rel(r.opts.Root.Name(), target)
		if err != nil {
			return 0, outside
		}
		rel, display = p, target
	}
	if !filepath.IsLocal(rel) {
		return 0, outside
	}
	depth := 0
	for i := int(n.file); i >= 0; i = r.source.files[i].from {
		if depth++; r.source.files[i].path == rel {
			return 0, fmt.Sprintf("!include %s comes round to a file that is being read already. Remove one of the two.", shown)
		}
	}
	for i, f := range r.source.files {
		if f.include && f.path == rel {
			return i, ""
		}
	}
	if depth >= r.limits.IncludeDepth {
		return 0, fmt.Sprintf("!include %s was not followed: files include each other more than %d deep (--max-include-depth).", shown, r.limits.IncludeDepth)
	}
	if len(r.source.files) >= r.limits.Files {
		return 0, fmt.Sprintf("!include %s was not followed: this zone has more than %d files (--max-include-files).", shown, r.limits.Files)
	}
	src, err := masterfile.ReadIn(r.opts.Root, rel, r.limits.FileSize)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		return 0, fmt.Sprintf("!include %s: there is no such file; the name is taken relative to the file that includes it. octoDNS refuses the zone without it.", shown)
	case strings.Contains(err.Error(), "escapes from parent"):
		return 0, outside
	default:
		return 0, fmt.Sprintf("!include %s could not be read: %v.", shown, reason(err))
	}
	r.source.files = append(r.source.files, &file{name: display, path: rel, src: src, provider: from.provider, include: true, from: int(n.file)})
	return len(r.source.files) - 1, ""
}

// reason takes the path off an error of the file system.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

package cli

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// dependencies finds the targets that are the same but include files that may
// have changed.
type dependencies struct {
	*past
	lint     *lint
	isTarget map[string]bool
}

// mark marks those targets as touched. A target that is taken for one of them
// and is none costs time only.
func (d *dependencies) mark(paths []string, touched []bool) {
	parts, yaml := d.parts()
	if !parts {
		return
	}
	var todo []int
	for i := range paths {
		if !touched[i] {
			todo = append(todo, i)
		}
	}
	inOrder(d.ctx, len(todo), d.lint.jobs, 4096,
		func(k int) bool { return d.depends(d.lint.found.targets[todo[k]], paths[todo[k]], yaml) },
		func(int, error) bool { return true },
		func(k int, depends bool) { touched[todo[k]] = depends })
}

// parts reports whether files changed that others may include, and returns the
// folders of those that are YAML.
func (d *dependencies) parts() (some bool, yaml []string) {
	for rel := range d.changes.Paths() {
		if d.isTarget[rel] && zoneName(path.Base(rel)) == surelyZone {
			continue // a zone of its own
		}
		some = true
		if isYAML(rel) && !d.isTarget[rel] {
			yaml = append(yaml, path.Dir(rel))
		}
	}
	return some, yaml
}

func isYAML(name string) bool {
	end := strings.ToLower(path.Ext(name))
	return end == ".yaml" || end == ".yml"
}

// depends reports whether a target may include a file that may have changed.
func (d *dependencies) depends(t target, rel string, yaml []string) bool {
	if isYAML(rel) {
		// Zones in YAML may share files and a configuration, in their folder and
		// in those above and below.
		dir := path.Dir(rel)
		return slices.ContainsFunc(yaml, func(other string) bool {
			return other == "." || dir == other || strings.HasPrefix(dir, other+"/") || strings.HasPrefix(other, dir+"/")
		})
	}
	if strings.EqualFold(path.Ext(rel), ".json") {
		return false // has all that it says
	}
	text, err := masterfile.ReadFile(t.path, d.lint.loader.options.Limits)
	if err != nil || !mentionsInclude(text) {
		return err != nil && !t.found // it is told when it is read
	}
	zs, err := d.lint.loader.loadFound(d.ctx, t)
	if err != nil {
		return true
	}
	for _, z := range zs {
		for _, problem := range z.Problems {
			if problem.Kind == zone.ProblemInclude {
				return true
			}
		}
		for _, file := range d.lint.loader.included(z) {
			real, err := filepath.EvalSymlinks(file)
			if err != nil {
				return true
			}
			in, err := filepath.Rel(d.repo.Top, real)
			if err != nil || d.changes.Changed(filepath.ToSlash(in)) {
				return true
			}
		}
	}
	return false
}

package cli

import (
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// gone returns the files of the commit that are not there any more and may be
// zones by their names, by path in the repository.
func (p *past) gone() []string {
	var out []string
	for _, rel := range slices.Sorted(maps.Keys(p.changes.Paths())) {
		if zoneName(path.Base(rel)) == noZone {
			continue
		}
		if _, err := os.Lstat(filepath.Join(p.repo.Top, filepath.FromSlash(rel))); errors.Is(err, os.ErrNotExist) {
			out = append(out, rel)
		}
	}
	return out
}

// findMoved looks which zones the files had that are gone now: one that comes
// anew may be one of them under another name.
func (p *past) findMoved(gone []string) error {
	ambiguous := map[zone.Name]bool{}
	for _, rel := range gone {
		t, err := p.restore(target{}, rel)
		if err != nil {
			return err
		}
		if t.path == "" {
			continue
		}
		zs, err := p.loader.load(p.ctx, t)
		if err != nil {
			continue // nothing is known of it
		}
		for _, z := range zs {
			if _, twice := p.moved[z.Apex]; twice {
				ambiguous[z.Apex] = true
			}
			p.moved[z.Apex] = t
		}
	}
	for apex := range ambiguous { // views, of which nobody knows which is which
		delete(p.moved, apex)
	}
	return nil
}

// goneBeside returns of the files that are gone those which a run would have met
// then: they answered for the zones beside them.
func (p *past) goneBeside(l *lint, gone []string) ([]target, error) {
	folders := map[string]bool{} // in the repository; true for those that were walked
	for _, t := range l.found.targets {
		if rel, err := p.inRepo(l.loader.cwd.abs(t.path)); err == nil {
			folders[path.Dir(rel)] = false
		}
	}
	for _, dir := range l.found.dirs {
		// A name in the folder, so that links to the folder itself are followed.
		if rel, err := p.inRepo(filepath.Join(l.loader.cwd.abs(dir), "zone")); err == nil {
			folders[path.Dir(rel)] = true
		}
	}
	var out []target
	for _, rel := range gone {
		abs := filepath.Join(p.repo.Top, filepath.FromSlash(rel))
		g := l.configs.chooser(filepath.Dir(abs))(abs, zoneName(path.Base(rel)))
		if g == noZone || !metIn(folders, rel) {
			continue
		}
		t, err := p.restore(target{}, rel)
		if err != nil {
			return nil, err
		}
		if t.path != "" {
			t.found, t.guess = true, g
			out = append(out, t)
		}
	}
	return out, nil
}

// metIn reports whether a file lies in one of the folders, or below one that was
// walked, where hidden files and folders are left out.
func metIn(folders map[string]bool, rel string) bool {
	dir := path.Dir(rel)
	if _, ok := folders[dir]; ok {
		return !hidden(rel)
	}
	for {
		if hidden(rel) || dir == "." {
			return false
		}
		rel, dir = dir, path.Dir(dir)
		if folders[dir] {
			return !hidden(rel)
		}
	}
}

func hidden(rel string) bool { return path.Base(rel)[0] == '.' }

package cli

import (
	"os"
	"path/filepath"
)

// projectVariables name the root of the project in the CI systems whose
// formats know files by their paths from there.
var projectVariables = []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR"}

// projectPath returns what makes of a file, named from the current folder or
// absolutely, its path from the root of the project that a CI system has checked
// out. Outside of one it is the path as it was named.
func projectPath(cwd workdir) func(string) string {
	for _, v := range projectVariables {
		root := os.Getenv(v)
		if !filepath.IsAbs(root) {
			continue
		}
		if !below(root, string(cwd)) {
			real, err := filepath.EvalSymlinks(root)
			if err != nil || !below(real, string(cwd)) {
				continue // another project than the one that is checked
			}
			root = real
		}
		return func(file string) string {
			if rel, err := filepath.Rel(root, cwd.abs(file)); err == nil && filepath.IsLocal(rel) {
				return rel
			}
			return file
		}
	}
	return nil
}

// below reports whether a folder is another one or below it.
func below(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && filepath.IsLocal(rel)
}

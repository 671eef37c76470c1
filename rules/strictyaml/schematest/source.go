package schematest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Source is what the comments of a package say, each in one line.
type Source struct {
	// Fields are the comments of fields, by struct and field.
	Fields map[string]map[string]string
	// Types are the first sentences of those of types; what follows is for
	// readers of the code.
	Types map[string]string
	// Constants are the constants of string types, by type.
	Constants map[string][]Constant
}

// Constant is the value of a constant and the comment behind it.
type Constant struct{ Value, About string }

// readSource reads the Go files in the working directory, which is that of the
// package under test.
func readSource(t *testing.T) Source {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	s := Source{map[string]map[string]string{}, map[string]string{}, map[string][]Constant{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if decl, ok := d.(*ast.GenDecl); ok {
				s.add(decl)
			}
		}
	}
	return s
}

func (s Source) add(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			first, _, _ := strings.Cut(oneLine(decl.Doc)+" ", ". ")
			s.Types[spec.Name.Name] = strings.TrimSpace(first) + "."
			if st, ok := spec.Type.(*ast.StructType); ok {
				s.Fields[spec.Name.Name] = comments(st)
			}
		case *ast.ValueSpec:
			typ, isIdent := spec.Type.(*ast.Ident)
			if !isIdent || len(spec.Values) != 1 {
				continue
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				value, _ := strconv.Unquote(lit.Value)
				s.Constants[typ.Name] = append(s.Constants[typ.Name], Constant{value, oneLine(spec.Comment)})
			}
		}
	}
}

func comments(st *ast.StructType) map[string]string {
	docs := map[string]string{}
	for _, f := range st.Fields.List {
		for _, n := range f.Names {
			if docs[n.Name] = oneLine(f.Doc); docs[n.Name] == "" {
				docs[n.Name] = oneLine(f.Comment)
			}
		}
	}
	return docs
}

func oneLine(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	s := strings.Join(strings.Fields(c.Text()), " ")
	// What is empty in Go is not there in a file.
	return strings.NewReplacer(`"" is `, "without it, ", `"" if `, "left out if ").Replace(s)
}

// Package docs holds the README and the pages in docs/ against the code: its tests compile their Go blocks, follow their
// links, and generate what the source knows better than a page. Nothing outside this package needs it.
package docs

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"strings"
)

// optionsStruct is the name of a struct whose fields a user of the construct sets.
var optionsStruct = regexp.MustCompile(`^[A-Z]\w*(Props|Options|Attributes|Threshold)$`)

// valueName is the name of a value that a property takes, in the form that jsii gives to static members and enums.
var valueName = regexp.MustCompile(`^([A-Z][A-Za-z]*)_([A-Za-z]\w*)$`)

// requirement is the sentence that makes a property a required one, always or under a condition.
var requirement = regexp.MustCompile(`\bRequired( with [^.]+)?\.`)

// linkless is a doc link, as the printer escapes it, to a name that has no table.
var linkless = regexp.MustCompile(`(\\\*)?\\\[([\w\\.]+)\]`)

// Properties returns the tables of docs/properties.md for the Go package in directory: one for each struct of
// properties, those of the file first before the others, then one for each type that has named values, unless skip has
// the type's name.
//
// The doc comment of a field is its description up to "Default: ", and its default after that. A sentence "Required." in
// the description takes the default's place.
func Properties(directory, first string, skip ...string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(directory, "*.go"))
	if err != nil {
		return "", err
	}
	p := page{anchors: map[string]bool{}, values: map[string][]row{}}
	for _, name := range skip {
		p.values[name] = nil
	}
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, path := range append([]string{filepath.Join(directory, first)}, paths...) {
		if strings.HasSuffix(path, "_test.go") || len(parsed) > 0 && filepath.Base(path) == first {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return "", err
		}
		parsed = append(parsed, file)
		p.note(file)
	}
	for _, file := range parsed {
		p.collect(file)
	}
	return p.markdown(), nil
}

// page is what has been read of the package.
type page struct {
	anchors map[string]bool // structs that have a table, to link to
	structs []table
	types   []string // that have values, in the order of the source
	values  map[string][]row
}

type table struct {
	name, doc string
	rows      []row
}

type row struct{ name, typ, defaultValue, description string }

// note finds the structs, so that a table can link to one that comes later.
func (p *page) note(file *ast.File) {
	for _, spec := range typeSpecs(file) {
		if _, is := spec.Type.(*ast.StructType); is && optionsStruct.MatchString(spec.Name.Name) {
			p.anchors[spec.Name.Name] = true
		}
	}
}

func typeSpecs(file *ast.File) (specs []*ast.TypeSpec) {
	for _, declaration := range file.Decls {
		general, is := declaration.(*ast.GenDecl)
		if !is || general.Tok != token.TYPE {
			continue
		}
		for _, spec := range general.Specs {
			spec := spec.(*ast.TypeSpec)
			if spec.Doc == nil {
				spec.Doc = general.Doc
			}
			specs = append(specs, spec)
		}
	}
	return specs
}

func (p *page) collect(file *ast.File) {
	for _, spec := range typeSpecs(file) {
		if p.anchors[spec.Name.Name] {
			p.structs = append(p.structs, p.table(spec))
		}
	}
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				p.addValue(d.Name.Name, d.Doc, parameters(d))
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if value, is := spec.(*ast.ValueSpec); is && d.Tok == token.CONST {
					p.addValue(value.Names[0].Name, value.Doc, "")
				}
			}
		}
	}
}

// parameters of a function as they are written, "(token, options)".
func parameters(function *ast.FuncDecl) string {
	var names []string
	for _, field := range function.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	return "(" + strings.Join(names, ", ") + ")"
}

func (p *page) table(spec *ast.TypeSpec) table {
	t := table{name: spec.Name.Name, doc: p.prose(spec.Doc)}
	for _, field := range spec.Type.(*ast.StructType).Fields.List {
		text, defaultValue := split(p.prose(field.Doc))
		for _, name := range field.Names {
			if name.IsExported() {
				t.rows = append(t.rows, row{name.Name, p.typeName(field.Type), defaultValue, text})
			}
		}
	}
	return t
}

// addValue takes a value such as Authentication_Iam; an X_FromX is a construct and not a value.
func (p *page) addValue(name string, doc *ast.CommentGroup, parameters string) {
	parts := valueName.FindStringSubmatch(name)
	if parts == nil || strings.HasPrefix(parts[2], "From") {
		return
	}
	if _, known := p.values[parts[1]]; !known {
		p.types = append(p.types, parts[1])
	}
	p.values[parts[1]] = append(p.values[parts[1]], row{name: name + parameters, description: p.prose(doc)})
}

// typeName links to the table of a struct.
func (p *page) typeName(expression ast.Expr) string {
	name := types.ExprString(expression)
	if base := strings.TrimLeft(name, "*[]"); p.anchors[base] {
		return fmt.Sprintf("[`%s`](#%s)", name, strings.ToLower(base))
	}
	return "`" + name + "`"
}

// prose is a doc comment on one line of Markdown, fit for the cell of a table.
func (p *page) prose(doc *ast.CommentGroup) string {
	reader := comment.Parser{LookupSym: func(receiver, name string) bool { return receiver == "" && p.anchors[name] }}
	printer := comment.Printer{DocLinkURL: func(link *comment.DocLink) string {
		if link.ImportPath == "" {
			return "#" + strings.ToLower(link.Name)
		}
		return link.DefaultURL("https://pkg.go.dev")
	}}
	text := string(printer.Markdown(reader.Parse(doc.Text())))
	text = linkless.ReplaceAllStringFunc(text, func(link string) string {
		return "`" + strings.NewReplacer(`\`, "", "[", "", "]", "").Replace(link) + "`"
	})
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// split takes the default off the description.
func split(text string) (description, defaultValue string) {
	if at := strings.LastIndex(text, "Default: "); at >= 0 {
		description, defaultValue = strings.TrimSpace(text[:at]), strings.TrimSuffix(text[at+len("Default: "):], ".")
	} else {
		description = text
	}
	if sentence := requirement.FindString(description); sentence != "" {
		description = strings.Replace(description, sentence, "", 1)
		defaultValue = strings.ToLower(strings.TrimSuffix(sentence, "."))
	}
	return strings.Join(strings.Fields(description), " "), defaultValue
}

func (p *page) markdown() string {
	var b strings.Builder
	for _, t := range p.structs {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| Property | Type | Default | Description |\n|---|---|---|---|\n", t.name, t.doc)
		for _, r := range t.rows {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.name, r.typ, r.defaultValue, r.description)
		}
	}
	for _, name := range p.types {
		fmt.Fprintf(&b, "\n## %s\n\n| Value | Description |\n|---|---|\n", name)
		for _, r := range p.values[name] {
			fmt.Fprintf(&b, "| `%s` | %s |\n", r.name, r.description)
		}
	}
	return b.String()
}

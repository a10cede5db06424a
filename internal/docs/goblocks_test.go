package docs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	markdown "github.com/yuin/goldmark/ast"

	"github.com/securebase/cdk-redis-cache/internal/accessstring"
)

// A Go block of a page has to compile as it is pasted. A block that begins with "package" is a whole file. Any other
// stands behind a comment that names its context:
//
//	<!-- go: stack -->   statements where a CDK app has the variables of stackVariables
//	<!-- go: props -->   fields of rediscache.RedisCacheProps, with the same variables
//	<!-- go: client -->  statements of a Lambda function, with the dependencies of examples/lambda-go
//
// Imports are added by the name of the package; a variable that a block declares counts as used.

// goBlock is one block with its place in the page.
type goBlock struct {
	page    string
	line    int // of its first line
	context string
	text    string
}

// stackVariables are what a block may use without declaring it, with their types.
var stackVariables = map[string]string{
	"app":            "awscdk.App",
	"stack":          "awscdk.Stack",
	"vpc":            "awsec2.IVpc",
	"cache":          "rediscache.RedisCache",
	"sessions":       "rediscache.RedisCache",
	"function":       "awslambda.Function",
	"topic":          "awssns.ITopic",
	"operatorRole":   "awsiam.IRole",
	"userGroup":      "interfacesawselasticache.IUserGroupRef",
	"ecsCluster":     "awsecs.ICluster",
	"taskDefinition": "awsecs.FargateTaskDefinition",
}

var clientVariables = map[string]string{
	"secrets": "*secretsmanager.Client",
	"config":  "aws.Config",
	"login":   "func(context.Context) (user, password string, err error)",
}

// packageOf finds the packages in a type.
var packageOf = regexp.MustCompile(`(\w+)\.`)

// packages that a block may use, by name; CDK's own begin with aws and are found by it.
var packages = map[string]string{
	"awscdk":     "github.com/aws/aws-cdk-go/awscdk/v2",
	"jsii":       "github.com/aws/jsii-runtime-go",
	"rediscache": "github.com/securebase/cdk-redis-cache/constructs/rediscache",
	"stacks":     "github.com/securebase/cdk-redis-cache/stacks",

	"serverlesscache": "github.com/securebase/cdk-redis-cache/constructs/serverlesscache",

	"aws":            "github.com/aws/aws-sdk-go-v2/aws",
	"secretsmanager": "github.com/aws/aws-sdk-go-v2/service/secretsmanager",
	"redis":          "github.com/redis/go-redis/v9",
	"v4":             "github.com/aws/aws-sdk-go-v2/aws/signer/v4",

	"context": "context", "fmt": "fmt", "hex": "encoding/hex", "http": "net/http", "json": "encoding/json", "net": "net", "os": "os",
	"sha256": "crypto/sha256", "strings": "strings", "time": "time", "tls": "crypto/tls", "url": "net/url",
}

func importPath(name string) (string, bool) {
	if path, known := packages[name]; known {
		return path, true
	}
	const cdk = "github.com/aws/aws-cdk-go/awscdk/v2/"
	switch {
	case strings.HasPrefix(name, "interfacesaws"):
		return cdk + "interfaces/" + name, true
	case strings.HasPrefix(name, "aws"):
		return cdk + name, true
	}
	return "", false
}

var contextComment = regexp.MustCompile(`^<!-- go: (\w+) -->\s*$`)

// goBlocks are the Go blocks of a page in their order.
func goBlocks(p page) (blocks []goBlock) {
	p.walk(func(node markdown.Node) {
		fence, is := node.(*markdown.FencedCodeBlock)
		if !is || string(fence.Language(p.source)) != "go" || fence.Lines().Len() == 0 {
			return
		}
		block := goBlock{page: p.path, line: p.line(fence.Lines().At(0).Start), text: p.linesOf(fence)}
		if comment, is := node.PreviousSibling().(*markdown.HTMLBlock); is {
			if named := contextComment.FindStringSubmatch(p.linesOf(comment)); named != nil {
				block.context = named[1]
			}
		}
		blocks = append(blocks, block)
	})
	return blocks
}

// file is the block as a Go file, whose positions are those of the page.
func (b goBlock) file() (string, error) {
	line := fmt.Sprintf("//line %s:%d:1\n", b.page, b.line)
	var body string
	variables := stackVariables
	switch {
	case strings.HasPrefix(b.text, "package "):
		return line + b.text, nil
	case b.context == "stack":
		body = "func _() {\n" + line + b.text + "}\n"
	case b.context == "client":
		body, variables = "func _() {\n"+line+b.text+"}\n", clientVariables
	case b.context == "props":
		body = "var _ = rediscache.RedisCacheProps{\n" + line + b.text + "}\n"
	default:
		return "", fmt.Errorf("%s:%d: the block is no program, and no comment before it names a context", b.page, b.line)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), "", "package block\n"+body, 0)
	if err != nil {
		return "", err
	}
	used := map[string]bool{} // names that the block leaves to its surroundings
	for _, name := range parsed.Unresolved {
		used[name.Name] = true
	}
	var declarations strings.Builder
	for name, typ := range variables {
		if used[name] {
			fmt.Fprintf(&declarations, "var %s %s\n", name, typ)
			for _, of := range packageOf.FindAllStringSubmatch(typ, -1) {
				used[of[1]] = true
			}
		}
	}
	var imports strings.Builder
	for name := range used {
		if path, known := importPath(name); known {
			fmt.Fprintf(&imports, "import %s %q\n", name, path)
		}
	}
	if declared := declaredNames(parsed); len(declared) > 0 {
		body = strings.TrimSuffix(body, "}\n") + "_ = []any{" + strings.Join(declared, ", ") + "}\n}\n"
	}
	return "package block\n" + imports.String() + declarations.String() + body, nil
}

// declaredNames are those that the statements of a block declare.
func declaredNames(file *ast.File) (names []string) {
	for _, declaration := range file.Decls {
		function, is := declaration.(*ast.FuncDecl)
		if !is {
			continue
		}
		for _, statement := range function.Body.List {
			if assignment, is := statement.(*ast.AssignStmt); is && assignment.Tok == token.DEFINE {
				for _, left := range assignment.Lhs {
					if name := left.(*ast.Ident).Name; name != "_" {
						names = append(names, name)
					}
				}
			}
		}
	}
	return names
}

// compile builds the blocks, those of one module with one command. The files are an overlay: nothing is written into the
// module.
func compile(t testing.TB, blocks []goBlock) error {
	t.Helper()
	modules := map[string]map[string]string{} // of each module, the file on disk by its place in the module
	directory := t.TempDir()
	var failures []error
	for i, block := range blocks {
		text, err := block.file()
		if err != nil {
			failures = append(failures, err)
			continue
		}
		module, err := filepath.Abs(root)
		require.NoError(t, err)
		if block.context == "client" {
			module = filepath.Join(module, "examples/lambda-go")
		}
		file := filepath.Join(directory, fmt.Sprintf("%d.go", i))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		if modules[module] == nil {
			modules[module] = map[string]string{}
		}
		modules[module][filepath.Join(module, "blocks", fmt.Sprint(i), "block.go")] = file
	}
	for module, files := range modules {
		failures = append(failures, build(t, module, files))
	}
	return errors.Join(failures...)
}

func build(t testing.TB, module string, files map[string]string) error {
	t.Helper()
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	require.NoError(t, err)
	list := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))
	arguments := []string{"build", "-o", os.DevNull, "-overlay", list}
	for _, file := range slices.Sorted(mapKeys(files)) {
		arguments = append(arguments, filepath.Dir(file))
	}
	command := exec.Command("go", arguments...)
	command.Dir = module
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, output)
	}
	return nil
}

func TestEveryGoBlockCompilesAsItIsPasted(t *testing.T) {
	var blocks []goBlock
	for _, page := range handbook(t) {
		blocks = append(blocks, goBlocks(page)...)
	}
	require.NotEmpty(t, blocks)
	assert.NoError(t, compile(t, blocks))
}

func TestABlockThatDoesNotCompileIsReportedAtItsLine(t *testing.T) {
	tests := []struct{ name, context, text, want string }{
		{"a program", "", "package main\n\nfunc main() { missing() }\n", "docs/sample.md:9:15: undefined: missing"},
		{"statements", "stack", "name := \"a\"\nname = 1\n", "docs/sample.md:8:8: cannot use 1"},
		{"without a context", "", "cache.ConnectFunction(function, nil)\n", "docs/sample.md:7: the block is no program"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := compile(t, []goBlock{{page: "docs/sample.md", line: 7, context: test.context, text: test.text}})
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
		})
	}
}

var accessStringField = regexp.MustCompile(`AccessString:\s+jsii\.String\("([^"]+)"\)`)

func TestTheAccessStringsOfThePagesAreAccepted(t *testing.T) {
	var found []string
	for _, page := range handbook(t) {
		for _, block := range goBlocks(page) {
			for _, field := range accessStringField.FindAllStringSubmatch(block.text, -1) {
				found = append(found, field[1])
				assert.Empty(t, accessstring.Problem(field[1]), "%s:%d: %s", block.page, block.line, field[1])
			}
		}
	}
	assert.NotEmpty(t, found)
}

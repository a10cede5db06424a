package docs_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
)

// handlerActions are the actions of each type in testdata/handler-actions.txt, which says where they come from.
func handlerActions(t testing.TB) map[string][]string { return actionsIn(t, "handler-actions.txt") }

func actionsIn(t testing.TB, file string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err)
	actions := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 2 && words[0] != "#" {
			for _, action := range words[2:] {
				actions[words[0]] = append(actions[words[0]], words[1]+":"+action)
			}
		}
	}
	return actions
}

// besideHandlers are actions that no handler's list has, with what needs them.
var besideHandlers = map[string]string{
	"logs:PutResourcePolicy":                    "log delivery of ElastiCache writes the log groups' resource policy as the caller",
	"ssm:GetParameters":                         "the template's parameter BootstrapVersion",
	"ec2:DescribeAvailabilityZones":             "Fn::GetAZs",
	"elasticache:CreateServerlessCacheSnapshot": "DeleteServerlessCache with a FinalSnapshotName (API reference)",
}

type policyDocument struct {
	Statement []struct {
		Sid, Effect      string
		Action, Resource oneOrMore
		Condition        map[string]any
	}
}

type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

// deployPolicy is the policy for the stacks.
func deployPolicy(t testing.TB) (policy policyDocument, text string) {
	return policyOf(t, "deploy-policy")
}

// policyOf is the JSON block between the marks of docs/security.md.
func policyOf(t testing.TB, mark string) (policy policyDocument, text string) {
	t.Helper()
	page := readPage(t, "docs/security.md")
	inside := false
	page.walk(func(node ast.Node) {
		switch node := node.(type) {
		case *ast.HTMLBlock:
			inside = strings.HasPrefix(page.linesOf(node), "<!-- "+mark+":begin -->")
		case *ast.FencedCodeBlock:
			if inside {
				text += page.linesOf(node)
			}
		}
	})
	require.NoError(t, json.Unmarshal([]byte(text), &policy), text)
	return policy, text
}

type template struct {
	Outputs   map[string]any
	Resources map[string]struct {
		Type       string
		Properties map[string]any
	}
}

// goldenTemplates are the templates of testdata by the name of the environment.
func goldenTemplates(t testing.TB) map[string]template {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "*.template.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	templates := map[string]template{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var read template
		require.NoError(t, json.Unmarshal(content, &read))
		templates[path.Base(filepath.ToSlash(file))] = read
	}
	return templates
}

func TestTheDeployPolicyAllowsWhatTheHandlersCall(t *testing.T) {
	policy, _ := deployPolicy(t)
	allowed := map[string]bool{}
	for _, statement := range policy.Statement {
		assert.Equal(t, "Allow", statement.Effect, statement.Sid)
		for _, action := range statement.Action {
			assert.False(t, allowed[action], "%s is there twice", action)
			allowed[action] = true
		}
	}
	needed := map[string]string{}
	for action, reason := range besideHandlers {
		needed[action] = reason
	}
	for resource, actions := range handlerActions(t) {
		for _, action := range actions {
			needed[action] = resource
		}
	}
	used := map[string]bool{}
	for action, by := range needed {
		pattern := action
		if service, name, _ := strings.Cut(action, ":"); allowed[service+":Describe*"] && strings.HasPrefix(name, "Describe") {
			pattern = service + ":Describe*"
		}
		used[pattern] = true
		assert.True(t, allowed[pattern], "the policy lacks %s, needed by %s", action, by)
	}
	for action := range allowed {
		assert.True(t, used[action], "the policy allows %s, which nothing needs", action)
	}
}

func TestTheDeployPolicyKnowsEveryTypeOfTheTemplates(t *testing.T) {
	known := handlerActions(t)
	for name, template := range goldenTemplates(t) {
		for id, resource := range template.Resources {
			assert.Contains(t, known, resource.Type, "%s of %s", id, name)
		}
	}
}

// Roles are the way to more rights, so the policy reaches the stacks' own only; a service-linked one only of ElastiCache.
func TestTheDeployPolicyReachesNoRoleOfOthers(t *testing.T) {
	policy, _ := deployPolicy(t)
	for _, statement := range policy.Statement {
		if !slices.ContainsFunc(statement.Action, func(action string) bool { return strings.HasPrefix(action, "iam:") }) {
			continue
		}
		own := `^arn:aws:iam::\*:(role|policy)/(securebase-\*|aws-service-role/elasticache\.amazonaws\.com/\*)$`
		for _, resource := range statement.Resource {
			assert.Regexp(t, own, resource, statement.Sid)
		}
	}
}

// A statement that is limited to names has to reach those of the stacks: what has a name in the template, and what gets
// one from CloudFormation, which starts with the stack's.
func TestTheDeployPolicyReachesTheNamesOfTheStacks(t *testing.T) {
	policy, _ := deployPolicy(t)
	generated := map[string]string{
		"AWS::IAM::Role": "iam:CreateRole arn:aws:iam::*:role/", "AWS::IAM::ManagedPolicy": "iam:CreatePolicy arn:aws:iam::*:policy/",
		"AWS::Lambda::Function": "lambda:CreateFunction arn:aws:lambda:*:*:function:",
		"AWS::Events::Rule":     "events:PutRule arn:aws:events:*:*:rule/",
	}
	checked := map[string]bool{}
	for file, template := range goldenTemplates(t) {
		stack := strings.TrimSuffix(file, ".template.json")
		for id, resource := range template.Resources {
			action, arn, _ := strings.Cut(generated[resource.Type], " ")
			arn += stack + "-" + id
			if resource.Type == "AWS::SecretsManager::Secret" {
				action, arn = "secretsmanager:CreateSecret", "arn:aws:secretsmanager:*:*:secret:"+resource.Properties["Name"].(string)
			}
			if action == "" {
				continue
			}
			checked[resource.Type] = true
			assert.True(t, policy.allows(action, arn), "the policy lacks %s on %s, needed by %s", action, arn, id)
		}
	}
	assert.Len(t, checked, 5, "of the types that the templates have: %v", checked)
}

// allows reports whether a statement has the action, and a resource whose pattern reaches the ARN.
func (p policyDocument) allows(action, arn string) bool {
	for _, statement := range p.Statement {
		reaches := func(pattern string) bool {
			prefix, isPrefix := strings.CutSuffix(pattern, "*")
			return pattern == arn || isPrefix && strings.HasPrefix(arn, prefix)
		}
		if slices.Contains(statement.Action, action) && slices.ContainsFunc(statement.Resource, reaches) {
			return true
		}
	}
	return false
}

// IAM counts the characters of a managed policy without white space, and takes 6,144 of them.
func TestTheDeployPolicyFitsIntoOneManagedPolicy(t *testing.T) {
	_, text := deployPolicy(t)
	size := 0
	for _, character := range text {
		if !unicode.IsSpace(character) {
			size++
		}
	}
	assert.LessOrEqual(t, size, 6144)
}

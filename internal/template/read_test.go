package template

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const small = `{"Resources": {"B": {"Type": "T", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Snapshot"}, "A": {"Type": "U"}}}`

func TestReadsWhatTheCliAndCdkPrint(t *testing.T) {
	for name, content := range map[string]string{
		"a template":                         small,
		"a template after a byte order mark": "\xef\xbb\xbf" + small,
		"get-template of a template in JSON": `{"TemplateBody": ` + small + `, "StagesAvailable": ["Original", "Processed"]}`,
		"get-template of a template as text": `{"TemplateBody": "` + `{\"Resources\": {\"B\": {\"Type\": \"T\", \"DeletionPolicy\": ` +
			`\"Retain\", \"UpdateReplacePolicy\": \"Snapshot\"}, \"A\": {\"Type\": \"U\"}}}` + `"}`,
		"a template between spaces and lines": "\n  " + small + "\n\n",
	} {
		parsed, err := Parse([]byte(content))
		require.NoError(t, err, name)
		assert.Equal(t, []string{"A", "B"}, parsed.LogicalIDs(), name)
		assert.Equal(t, "Retain", parsed.Resource("B").DeletionPolicy, name)
		assert.Equal(t, "Snapshot", parsed.Resource("B").UpdateReplacePolicy, name)
		assert.Equal(t, "Delete", parsed.Resource("A").DeletionPolicy, name)
		assert.Equal(t, "U", parsed.OfType("U")[0].Type, name)
		assert.Nil(t, parsed.Resource("C"), name)
	}
}

func TestAStackWithoutATemplateHasNoResources(t *testing.T) {
	for _, content := range []string{`{"TemplateBody": ""}`, `{"TemplateBody": {}}`, `{"TemplateBody": " \n"}`} {
		parsed, err := Parse([]byte(content))
		require.NoError(t, err, content)
		assert.Empty(t, parsed.LogicalIDs(), content)
	}
}

func TestRefusesWhatIsNoTemplate(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"an empty file", " \n", "is empty"},
		{"YAML", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {}\n", "is YAML, which this tool does not read; use the JSON " +
			"that CDK writes"},
		{"get-template --output yaml", "StagesAvailable:\n- Original\nTemplateBody: x\n", "is YAML"},
		{"get-template of a template in YAML", `{"TemplateBody": "Description: x\nResources:\n  A: {}\n"}`, "TemplateBody is YAML"},
		{"text", "Stack does not exist", "is not a JSON object"},
		{"a list", "[]", "is not a JSON object"},
		{"broken JSON", `{"Resources": {`, "is broken JSON at byte"},
		{"two objects", small + small, "has something after its JSON object"},
		{"another JSON object", `{"Stacks": []}`, "is not a CloudFormation template: it has no Resources"},
		{"Resources that are a list", `{"Resources": []}`, "it has no Resources"},
		{"a resource without a type", `{"Resources": {"A": {}}}`, "resource A has no Type"},
		{"a resource that is text", `{"Resources": {"A": "B"}}`, "resource A has no Type"},
		{"a loop", `{"Resources": {"Fn::ForEach::Caches": []}}`, "has Fn::ForEach::Caches in its Resources; use the processed template"},
		{"an answer with a number", `{"TemplateBody": 7}`, "TemplateBody is neither an object nor text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			parsed, err := Parse([]byte(test.content))
			assert.ErrorContains(t, err, test.want)
			assert.Nil(t, parsed)
		})
	}
}

func TestErrorsNameTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deployed.template.json")
	_, err := ReadFile(path)
	assert.ErrorContains(t, err, "cannot read the template: open "+path)
	require.NoError(t, os.WriteFile(path, []byte("Resources:\n"), 0o600))
	_, err = ReadFile(path)
	assert.ErrorContains(t, err, path+": is YAML")
	require.NoError(t, os.WriteFile(path, []byte(small), 0o600))
	parsed, err := ReadFile(path)
	require.NoError(t, err)
	assert.Len(t, parsed.LogicalIDs(), 2)
}

func TestAResourceWhoseConditionIsFalseIsNotThere(t *testing.T) {
	parsed, err := Parse([]byte(`{
		"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}, "Perhaps": {"Fn::Equals": [{"Ref": "AWS::Region"}, "b"]}},
		"Resources": {"A": {"Type": "T", "Condition": "Never"}, "B": {"Type": "T", "Condition": "Perhaps"}, "C": {"Type": "T"}}}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"B", "C"}, parsed.LogicalIDs())
}

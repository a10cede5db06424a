package template

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stack is a template whose group has one property, Value.
func stack(t testing.TB, value string) *Template {
	t.Helper()
	parsed, err := Parse([]byte(`{
		"Parameters": {"Engine": {"Type": "String", "Default": "redis"}, "Subnets": {"Type": "CommaDelimitedList"}},
		"Mappings": {"Ports": {"dev": {"redis": 6380}, "prod": {"redis": 6379}}},
		"Conditions": {
			"Always": {"Fn::Equals": ["a", "a"]},
			"Never": {"Fn::Not": [{"Condition": "Always"}]},
			"Both": {"Fn::And": [{"Condition": "Always"}, {"Condition": "Never"}]},
			"Either": {"Fn::Or": [{"Condition": "Never"}, {"Condition": "Always"}]},
			"Perhaps": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-central-1"]},
			"NeverOrPerhaps": {"Fn::Or": [{"Condition": "Never"}, {"Condition": "Perhaps"}]},
			"Circle": {"Fn::Not": [{"Condition": "Circle"}]}
		},
		"Resources": {
			"Group": {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"Value": ` + value + `}},
			"Named": {"Type": "AWS::ElastiCache::SubnetGroup", "Properties": {"CacheSubnetGroupName": {"Fn::Sub": "${AWS::StackName}-subnets"}}},
			"Unnamed": {"Type": "AWS::ElastiCache::SubnetGroup"},
			"Reader": {"Type": "AWS::ElastiCache::User", "Properties": {"UserId": "reader-id", "UserName": "reader"}},
			"Loop": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "x-${Loop}"}}}
		}
	}`))
	require.NoError(t, err)
	return parsed
}

func valueOf(t testing.TB, value string) Value {
	t.Helper()
	return stack(t, value).Resource("Group").Property("Value")
}

func TestValuesAreEqualAsCloudFormationSeesThem(t *testing.T) {
	for _, test := range []struct{ name, left, right string }{
		{"a number and its text", `6379`, `"6379"`},
		{"a number written in another way", `6379`, `6.379e3`},
		{"a whole number with a fraction of zero", `6379`, `6379.0`},
		{"a negative fraction", `-0.50`, `"-0.5"`},
		{"a boolean and its text", `true`, `"true"`},
		{"Ref and Fn::Sub", `{"Ref": "Unnamed"}`, `{"Fn::Sub": "${Unnamed}"}`},
		{"both forms of Fn::GetAtt", `{"Fn::GetAtt": ["Key", "Arn"]}`, `{"Fn::GetAtt": "Key.Arn"}`},
		{"Fn::GetAtt and Fn::Sub", `{"Fn::GetAtt": ["Key", "Arn"]}`, `{"Fn::Sub": "${Key.Arn}"}`},
		{"Fn::Join of literals and the literal", `{"Fn::Join": ["-", ["a", "b"]]}`, `"a-b"`},
		{"Fn::Join and Fn::Sub", `{"Fn::Join": ["", ["a/", {"Ref": "Unnamed"}]]}`, `{"Fn::Sub": "a/${Unnamed}"}`},
		{"Fn::Join of one element and the element", `{"Fn::Join": [",", [{"Ref": "Unnamed"}]]}`, `{"Ref": "Unnamed"}`},
		{"Fn::Join inside Fn::Join", `{"Fn::Join": ["", ["a", {"Fn::Join": ["", ["b", "c"]]}]]}`, `"abc"`},
		{"a variable of Fn::Sub", `{"Fn::Sub": ["${x}-${Unnamed}", {"x": {"Ref": "AWS::Region"}}]}`, `{"Fn::Sub": ` +
			`"${AWS::Region}-${Unnamed}"}`},
		{"a literal of Fn::Sub", `{"Fn::Sub": "${!x}"}`, `"${x}"`},
		{"Fn::Select of a list", `{"Fn::Select": [1, ["a", "b"]]}`, `"b"`},
		{"Fn::Select of Fn::Split", `{"Fn::Select": ["0", {"Fn::Split": [",", "a,b"]}]}`, `"a"`},
		{"a Ref to a resource with a name, and the name", `{"Ref": "Named"}`, `{"Fn::Sub": "${AWS::StackName}-subnets"}`},
		{"Fn::FindInMap and the value in the map", `{"Fn::FindInMap": ["Ports", "prod", "redis"]}`, `6379`},
		{"Fn::If of a condition that holds", `{"Fn::If": ["Always", "a", "b"]}`, `"a"`},
		{"Fn::If of a condition that does not hold", `{"Fn::If": ["Never", "a", "b"]}`, `"b"`},
		{"Fn::If of Fn::And", `{"Fn::If": ["Both", "a", "b"]}`, `"b"`},
		{"Fn::If of Fn::Or", `{"Fn::If": ["Either", "a", "b"]}`, `"a"`},
		{"Fn::If with the same value in both cases", `{"Fn::If": ["Perhaps", "a", "a"]}`, `"a"`},
		{"AWS::NoValue in a list", `["a", {"Ref": "AWS::NoValue"}]`, `["a"]`},
		{"AWS::NoValue in an object", `{"a": "1", "b": {"Ref": "AWS::NoValue"}}`, `{"a": "1"}`},
		{"null and AWS::NoValue", `null`, `{"Ref": "AWS::NoValue"}`},
		{"Fn::GetAZs of no region and of the stack's", `{"Fn::GetAZs": ""}`, `{"Fn::GetAZs": {"Ref": "AWS::Region"}}`},
		{"the same import", `{"Fn::ImportValue": "key"}`, `{"Fn::ImportValue": {"Fn::Sub": "key"}}`},
		{"keys in another order", `{"a": "1", "b": "2"}`, `{"b": "2", "a": "1"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			left, right := valueOf(t, test.left), valueOf(t, test.right)
			assert.True(t, left.Equal(right), "%s and %s", left, right)
		})
	}
}

func TestValuesDifferAsCloudFormationSeesThem(t *testing.T) {
	for _, test := range []struct{ name, left, right string }{
		{"numbers", `6379`, `6380`},
		{"numbers that a float64 does not tell apart", `9007199254740993`, `9007199254740992`},
		{"numbers that no memory holds", `1e999999999`, `2e999999999`},
		{"a value and none", `6379`, `null`},
		{"an empty list and none", `[]`, `null`},
		{"Ref and Fn::GetAtt", `{"Ref": "Key"}`, `{"Fn::GetAtt": ["Key", "Arn"]}`},
		{"a Ref and its literal notation", `{"Ref": "Unnamed"}`, `"${Unnamed}"`},
		{"a parameter and its default", `{"Ref": "Engine"}`, `"redis"`},
		{"a parameter and a resource of its name", `{"Ref": "Engine"}`, `"${Engine}"`},
		{"a Ref to a user and its id", `{"Ref": "Reader"}`, `"reader-id"`},
		{"imports", `{"Fn::ImportValue": "key"}`, `{"Fn::ImportValue": "other"}`},
		{"lists in another order", `["a", "b"]`, `["b", "a"]`},
		{"cases of Fn::If that depend on the region", `{"Fn::If": ["Perhaps", "a", "b"]}`, `{"Fn::If": ["Perhaps", "a", "c"]}`},
		{"conditions of Fn::If", `{"Fn::If": ["Perhaps", "a", "b"]}`, `{"Fn::If": ["Unheard", "a", "b"]}`},
		{"an unknown condition and its likely case", `{"Fn::If": ["NeverOrPerhaps", "a", "b"]}`, `"a"`},
		{"a circular condition and a case", `{"Fn::If": ["Circle", "a", "b"]}`, `"a"`},
		{"Fn::Split of a reference and one of its parts",
			`{"Fn::Select": [0, {"Fn::Split": [".", {"Fn::GetAtt": ["Group", "Address"]}]}]}`, `"${Group"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			left, right := valueOf(t, test.left), valueOf(t, test.right)
			assert.False(t, left.Equal(right), "%s and %s", left, right)
		})
	}
}

func TestAConditionWithAnotherMeaningIsAnotherValue(t *testing.T) {
	value := func(condition string) Value {
		parsed, err := Parse([]byte(`{"Conditions": {"C": ` + condition + `, "D": {"Condition": "C"}}, "Resources": {"R": {"Type": "T",
			"Properties":
			{"V": {"Fn::If": ["D", "a", "b"]}}}}}`))
		require.NoError(t, err)
		return parsed.Resource("R").Property("V")
	}
	region := func(name string) string { return `{"Fn::Equals": [{"Ref": "AWS::Region"}, "` + name + `"]}` }
	assert.True(t, value(region("eu-west-1")).Equal(value(region("eu-west-1"))))
	assert.False(t, value(region("eu-west-1")).Equal(value(region("eu-west-2"))))
}

func TestConditionsAreComparedByWhatTheySay(t *testing.T) {
	value := func(conditions string) Value {
		parsed, err := Parse([]byte(`{"Conditions": {` + conditions + `}, "Resources": {"R": {"Type": "T", "Properties": {"V": {"Fn::If": ` +
			`["C", "a", "b"]}}}}}`))
		require.NoError(t, err)
		return parsed.Resource("R").Property("V")
	}
	const west, east = `{"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}`, `{"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}`
	inline := value(`"C": {"Fn::Not": [` + west + `]}`)
	assert.True(t, inline.Equal(value(`"C": {"Fn::Not": [{"Condition": "D"}]}, "D": `+west)), "a name and what it stands for")
	assert.False(t, inline.Equal(value(`"C": {"Fn::Not": [{"Condition": "D"}]}, "D": `+east)), "a name that stands for something else")
	assert.False(t, inline.Equal(value(`"C": `+west)))
	and := value(`"C": {"Fn::And": [` + west + `, {"Condition": "D"}]}, "D": ` + east)
	assert.False(t, and.Equal(value(`"C": {"Fn::Or": [`+west+`, {"Condition": "D"}]}, "D": `+east)))
}

func TestCallsOfAnotherFormAreKept(t *testing.T) {
	for value, want := range map[string]string{
		`{"Fn::Sub": ["a"]}`:                       `"${Fn::Sub [\"a\"]}"`,
		`{"Fn::Sub": ["a-${x}", {"x": ["list"]}]}`: `"${Fn::Sub [\"a-${!x}\",{\"x\":[\"list\"]}]}"`,
		`{"Fn::Sub": "${AWS::Region}.${Unnamed}"}`: `"${AWS::Region}.${Unnamed}"`,
		`{"Fn::Select": [-1, ["a"]]}`:              `"${Fn::Select [\"-1\",[\"a\"]]}"`,
		`{"Fn::Select": ["x", ["a"]]}`:             `"${Fn::Select [\"x\",[\"a\"]]}"`,
		`{"Fn::Split": ["", "abc"]}`:               `"${Fn::Split [\"\",\"abc\"]}"`,
		`{"Fn::Split": [["x"], "abc"]}`:            `"${Fn::Split [[\"x\"],\"abc\"]}"`,
		`{"Fn::Split": [".", {"Ref": "Unnamed"}]}`: `"${Fn::Split [\".\",\"${Unnamed}\"]}"`,
		`{"Fn::FindInMap": ["Ports", "test", "redis"]}`: `"${Fn::FindInMap ` +
			`[{\"dev\":{\"redis\":\"6380\"},\"prod\":{\"redis\":\"6379\"}},[\"test\",\"redis\"]]}"`,
		`{"Fn::GetAtt": ["A", ["x"]]}`: `"${Fn::GetAtt [\"A\",[\"x\"]]}"`,
		`{"Fn::GetAtt": [["A"], "x"]}`: `"${Fn::GetAtt [[\"A\"],\"x\"]}"`,
	} {
		assert.Equal(t, want, valueOf(t, value).String(), value)
	}
}

func TestAChangedMapIsAnotherValue(t *testing.T) {
	value := func(port string) Value {
		parsed, err := Parse([]byte(`{"Mappings": {"M": {"eu-west-1": {"p": ` + port + `}}}, "Resources": {"R": {"Type": "T", "Properties":
			{"V": {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "p"]}}}}}`))
		require.NoError(t, err)
		return parsed.Resource("R").Property("V")
	}
	assert.True(t, value("6379").Equal(value("6379")))
	assert.False(t, value("6379").Equal(value("6380")))
}

func TestStringShowsAValue(t *testing.T) {
	for value, want := range map[string]string{
		`6379`:                                  `"6379"`,
		`null`:                                  "none",
		`{"Fn::GetAtt": ["Key", "Arn"]}`:        `"${Key.Arn}"`,
		`{"Ref": "Engine"}`:                     `"${Parameter::Engine}"`,
		`["a<b", {"Ref": "Unnamed"}]`:           `["a<b","${Unnamed}"]`,
		`{"Fn::ImportValue": "key"}`:            `"${Fn::ImportValue \"key\"}"`,
		`{"Fn::Select": [7, ["a"]]}`:            `"${Fn::Select [\"7\",[\"a\"]]}"`,
		`{"Fn::Join": [",", {"Ref": "Other"}]}`: `"${Fn::Join [\",\",\"${Other}\"]}"`,
		`{"Ref": "Loop"}`:                       `"x-${Loop}"`,
	} {
		assert.Equal(t, want, valueOf(t, value).String(), value)
	}
}

func TestLiteralIsTextWithoutUnknownParts(t *testing.T) {
	for value, want := range map[string]string{`"redis"`: "redis", `7.10`: "7.1", `"7.10"`: "7.10", `"a${b}"`: "a${b}", `""`: ""} {
		text, ok := valueOf(t, value).Literal()
		assert.True(t, ok, value)
		assert.Equal(t, want, text, value)
	}
	for _, value := range []string{`null`, `{"Ref": "Engine"}`, `["a"]`, `{"Fn::Sub": "a-${AWS::Region}"}`, `{"a": "b"}`} {
		_, ok := valueOf(t, value).Literal()
		assert.False(t, ok, value)
	}
}

func TestReferencesAreFoundInEveryCall(t *testing.T) {
	for value, want := range map[string][]string{
		`{"Ref": "Unnamed"}`: {"Unnamed"},
		`{"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Token"}, ":SecretString:auth_token::}}"]]}`: {"Token"},
		`[{"Fn::GetAtt": ["B", "Arn"]}, {"Ref": "A"}, {"Ref": "A"}]`:                                          {"A", "B"},
		`{"Fn::If": ["Perhaps", {"Ref": "A"}, {"Fn::Base64": {"Ref": "B"}}]}`:                                 {"A", "B"},
		`{"Ref": "Engine"}`: nil, `{"Ref": "AWS::Region"}`: nil, `"${A}"`: nil, `null`: nil,
	} {
		assert.Equal(t, want, valueOf(t, value).References(), value)
	}
}

func TestPropertiesAreThoseWithAValue(t *testing.T) {
	parsed, err := Parse([]byte(`{"Resources": {"R": {"Type": "T", "UpdatePolicy": {"UseOnlineResharding": true},
		"Properties": {"B": 1, "A": {"Ref": "AWS::NoValue"}, "C": [], "D": {"x": {"y": 2}}}}}}`))
	require.NoError(t, err)
	resource := parsed.Resource("R")
	assert.Equal(t, []string{"B", "C", "D"}, resource.Properties())
	assert.Equal(t, `"true"`, resource.UpdatePolicy("UseOnlineResharding").String())
	assert.Equal(t, `{"y":"2"}`, resource.Property("D").Entries()["x"].String())
	assert.Empty(t, resource.Property("B").Entries())
	assert.Len(t, valueOf(t, `["a", "b"]`).Elements(), 2)
	assert.Empty(t, resource.Property("B").Elements())
}

package check

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// lines are the problems of a report as text.
func lines(r *Report) []string {
	lines := []string{}
	for _, problem := range r.Problems() {
		lines = append(lines, problem.String())
	}
	return lines
}

// ruleCase is what a rule says; no lines where the value is accepted.
type ruleCase struct {
	name string
	rule func(r *Report)
	want []string
}

func runRules(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var r Report
			c.rule(&r)
			assert.Equal(t, append([]string{}, c.want...), lines(&r))
		})
	}
}

func TestProblemIsOneLine(t *testing.T) {
	assert.Equal(t, `Port: 80 is too low`, Problem{"Port", "80", "is too low"}.String())
	assert.Equal(t, `Vpc: is required`, Problem{Property: "Vpc", Message: "is required"}.String())
}

func TestReportKeepsTheOrderOfTheRules(t *testing.T) {
	var r Report
	assert.Empty(t, r.Problems())
	r.Add("Port", 80.0, "is below %d", 1150)
	r.Add("Name", "a_b", "has an underscore")
	r.Add("Vpc", nil, "is missing")
	assert.Equal(t, []string{"Port: 80 is below 1150", `Name: "a_b" has an underscore`, "Vpc: is missing"}, lines(&r))
}

func TestRequired(t *testing.T) {
	var r Report
	assert.True(t, r.Required("Vpc", true, "pass one"))
	assert.Empty(t, r.Problems())
	assert.False(t, r.Required("Vpc", false, "pass one"))
	assert.Equal(t, []string{"Vpc: is required; pass one"}, lines(&r))
}

func TestExclusive(t *testing.T) {
	exclusive := func(given, otherGiven bool) func(r *Report) {
		return func(r *Report) { r.Exclusive("SnapshotName", "s", given, "SnapshotArns", otherGiven) }
	}
	runRules(t, []ruleCase{
		{"neither", exclusive(false, false), nil},
		{"the first alone", exclusive(true, false), nil},
		{"the second alone", exclusive(false, true), nil},
		{"both", exclusive(true, true), []string{`SnapshotName: "s" and SnapshotArns exclude each other; leave out one of them`}},
	})
}

func TestQuote(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{nil, ""},
		{"a \"b\"\n", `"a \"b\"\n"`},
		{"", `""`},
		{6379.0, "6379"},
		{0.5, "0.5"},
		{1e19, "10000000000000000000"},
		{math.NaN(), "NaN"},
		{math.Inf(-1), "-Inf"},
		{true, "true"},
		{[]string{"a", "b"}, `["a","b"]`},
		{map[string]any{"a": "<&>"}, `{"a":"<&>"}`},
		{[]any{math.Inf(1)}, "[+Inf]"}, // which JSON does not have
	} {
		assert.Equal(t, test.want, Quote(test.value))
	}
}

func TestPartsOfAProperty(t *testing.T) {
	assert.Equal(t, "SnapshotArns[1]", Element("SnapshotArns", 1))
	assert.Equal(t, `Parameters["timeout"]`, Key("Parameters", "timeout"))
	assert.Equal(t, `Tags["a\"b"]`, Key("Tags", `a"b`))
}

func TestReportHasTheProblemsOfAPropertyAndOfItsParts(t *testing.T) {
	var r Report
	r.Add("Alarms.Cpu.Threshold", nil, "is high")
	r.Add("SnapshotArns[1]", nil, "is nil")
	r.Add(`Tags["a.b"]`, nil, "is odd")
	for property, want := range map[string]bool{
		"Alarms": true, "SnapshotArns": true, "Tags": true, "Alarms.Cpu": false, "Alarm": false, "Cpu": false, "Port": false,
	} {
		assert.Equal(t, want, r.Has(property), property)
	}
}

func TestProblemsOfACallNameTheMethodOnce(t *testing.T) {
	var r Report
	r.Add("AddUser", nil, "has no user group to add to")
	r.Add("options.UserName", nil, "is a token")
	r.InMethod("AddUser")
	assert.Equal(t, "AddUser", r.Problems()[0].Property)
	assert.Equal(t, "AddUser: options.UserName", r.Problems()[1].Property)
}

func TestAPercentageBelowOneLooksLikeAFraction(t *testing.T) {
	assert.Equal(t, "Alarms.Cpu.Threshold: 0.8 is less than 1%; thresholds are in percent, so 80% is 80", Fraction("Alarms.Cpu", 0.8))
	for _, threshold := range []float64{0, 1, 80} {
		assert.Empty(t, Fraction("Alarms.Cpu", threshold), "%g", threshold)
	}
}

func TestRootIsThePropertyWithoutItsParts(t *testing.T) {
	for property, want := range map[string]string{
		"Port": "Port", "Alarms.Cpu.Threshold": "Alarms", "SnapshotArns[1]": "SnapshotArns", `Tags["a.b"]`: "Tags",
		"Authentication.Users[0].Name": "Authentication",
	} {
		assert.Equal(t, want, Root(property), property)
	}
}

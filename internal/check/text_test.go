package check

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const textToken = "${Token[TOKEN.7]}"

// onText is a rule on a value.
func onText(value string, rule func(text Text) Text) func(r *Report) {
	return func(r *Report) { rule(r.Text("Name", value)) }
}

func TestTextRules(t *testing.T) {
	notEmpty := func(text Text) Text { return text.NotEmpty("leave it out") }
	lower := func(text Text) Text {
		return text.Matches(regexp.MustCompile(`^[a-z]+$`), "has %s", "other characters")
	}
	length := func(text Text) Text { return text.Length(2, 4) }
	wrong := func(text Text) Text { return text.When(true, "is %s", "wrong") }
	hidden := func(text Text) Text { return text.WhenHidden(true, "is wrong") }
	policy := func(text Text) Text { return text.OneOf("a policy", "RETAIN", "DESTROY", "SNAPSHOT") }
	runRules(t, []ruleCase{
		{"a text is not empty", onText("a", notEmpty), nil},
		{"an empty text", onText("", notEmpty), []string{`Name: "" is empty; leave it out`}},
		{"a text of the pattern", onText("abc", lower), nil},
		{"another text", onText("aBc", lower), []string{`Name: "aBc" has other characters`}},
		{"an empty text is of no pattern", onText("", lower), []string{`Name: "" has other characters`}},
		{"the shortest text", onText("éé", length), nil},
		{"the longest text", onText("éééé", length), nil},
		{"a text too short, by characters", onText("é", length), []string{"Name: has 1 characters; use 2 to 4"}},
		{"a text too long is not shown", onText("ééééé", length), []string{"Name: has 5 characters; use 2 to 4"}},
		{"a condition that holds", onText("a", wrong), []string{`Name: "a" is wrong`}},
		{"a condition that does not hold", onText("a", func(text Text) Text { return text.When(false, "is wrong") }), nil},
		{"a secret is not shown", onText("sesame", hidden), []string{"Name: is wrong"}},
		{"one of the options", onText("DESTROY", policy), nil},
		{"none of the options", onText("KEEP", policy), []string{`Name: "KEEP" is not a policy; use "RETAIN", "DESTROY" or "SNAPSHOT"`}},
		{"nearly one of the options", onText("DESTROI", policy),
			[]string{`Name: "DESTROI" is not a policy; use "RETAIN", "DESTROY" or "SNAPSHOT"; did you mean "DESTROY"?`}},
	})
}

func TestFirstRuleThatATextBreaksIsTheOnlyOneTold(t *testing.T) {
	var r Report
	text := r.Text("Name", "").NotEmpty("leave it out").Length(1, 2).When(true, "is wrong").WhenHidden(true, "is wrong")
	assert.Equal(t, []string{`Name: "" is empty; leave it out`}, lines(&r))
	assert.False(t, text.Known())
	assert.True(t, r.Text("Name", "ab").NotEmpty("leave it out").Known(), "a literal that has passed every rule")
}

func TestTextTokenIsNotJudged(t *testing.T) {
	var r Report
	for _, token := range []string{textToken, strings.Repeat("x", 99) + textToken, "#{Token[TOKEN.7]}"} {
		text := r.Text("Name", token).NotEmpty("x").Matches(regexp.MustCompile(`^$`), "x").Length(1, 2).OneOf("x", "y").
			When(true, "x").WhenHidden(true, "x")
		assert.False(t, text.Known())
	}
	assert.Empty(t, r.Problems())
}

func TestEitherIsEnglish(t *testing.T) {
	for want, options := range map[string][]string{
		"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"},
	} {
		assert.Equal(t, want, Either(options))
	}
}

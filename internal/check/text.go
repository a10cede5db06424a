package check

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is a string under its rules. The first rule that it breaks is reported, and the rest are not applied; neither is
// any rule to a token.
type Text struct {
	report          *Report
	property, value string
	done            bool
}

// Text wraps the value of a property.
func (r *Report) Text(property, value string) Text {
	return Text{report: r, property: property, value: value, done: IsToken(value)}
}

// Known reports whether the value is a literal that has passed every rule so far, so that it may be judged further.
func (t Text) Known() bool { return !t.done }

// When reports a problem where wrong holds.
func (t Text) When(wrong bool, format string, args ...any) Text {
	if wrong && !t.done {
		t.report.Add(t.property, t.value, format, args...)
		t.done = true
	}
	return t
}

// WhenHidden is When for a value that is not to be printed.
func (t Text) WhenHidden(wrong bool, format string, args ...any) Text {
	if wrong && !t.done {
		t.report.Add(t.property, nil, format, args...)
		t.done = true
	}
	return t
}

// NotEmpty wants at least one character; the remedy says what to do instead.
func (t Text) NotEmpty(remedy string) Text { return t.When(t.value == "", "is empty; %s", remedy) }

// Matches wants the pattern; the message says what is wrong with a value that does not match it.
func (t Text) Matches(pattern *regexp.Regexp, format string, args ...any) Text {
	return t.When(!pattern.MatchString(t.value), format, args...)
}

// Length wants a number of characters; the value, which may be long, is not shown.
func (t Text) Length(least, most int) Text {
	length := utf8.RuneCountInString(t.value)
	return t.WhenHidden(length < least || length > most, "has %d characters; use %d to %d", length, least, most)
}

// OneOf wants one of the options and lists them.
func (t Text) OneOf(what string, options ...string) Text {
	quoted := make([]string, len(options))
	for i, option := range options {
		quoted[i] = Quote(option)
	}
	return t.When(!slices.Contains(options, t.value), "is not %s; use %s%s",
		what, Either(quoted), DidYouMean(t.value, options))
}

// Either lists alternatives in English: "a, b or c".
func Either(options []string) string {
	if len(options) < 2 {
		return strings.Join(options, "")
	}
	last := len(options) - 1
	return strings.Join(options[:last], ", ") + " or " + options[last]
}

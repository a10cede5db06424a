package check

import "testing"

func TestListRules(t *testing.T) {
	one, two := new(int), new(int)
	noNil := func(list ...*int) func(r *Report) { return func(r *Report) { NoNil(r, "Groups", list) } }
	unique := func(list ...string) func(r *Report) { return func(r *Report) { r.Unique("Groups", list) } }
	runRules(t, []ruleCase{
		{"an empty list", noNil(), nil},
		{"elements", noNil(one, two), nil},
		{"every element that is nil, by its place", noNil(nil, one, nil),
			[]string{"Groups[0]: is nil; leave it out", "Groups[2]: is nil; leave it out"}},
		{"different elements", unique("a", "b", "c"), nil},
		{"every repetition, by the place of the first", unique("a", "b", "a", "b", "a"), []string{
			`Groups[2]: "a" is the same as [0]; leave it out`, `Groups[3]: "b" is the same as [1]; leave it out`,
			`Groups[4]: "a" is the same as [0]; leave it out`,
		}},
		{"what is not known is not compared", unique("", "", textToken, textToken), nil},
	})
}

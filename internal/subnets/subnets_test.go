package subnets

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRefusalIsTheFirstLineOfAnExpectedPanic(t *testing.T) {
	throw := func(failure any) func() { return func() { panic(failure) } }
	assert.Empty(t, refusal(func() {}, "There are no "), "nothing thrown")
	assert.Equal(t, "There are no 'Data' subnet groups", refusal(throw("There are no 'Data' subnet groups\n  at Vpc"), "There are no "))
	assert.Equal(t, "JsiiError: There are no subnets",
		refusal(throw(errors.New("JsiiError: There are no subnets")), "Only one of ", "There are no "))
}

func TestPanicThatIsNotExpectedGoesOn(t *testing.T) {
	bug := errors.New("kernel process exited")
	assert.PanicsWithValue(t, bug, func() { refusal(func() { panic(bug) }, "There are no ", "Only one of ") })
	assert.PanicsWithValue(t, "index out of range", func() { refusal(func() { panic("index out of range") }) })
}

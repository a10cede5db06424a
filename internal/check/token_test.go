package check

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTokensAreRecognizedByTheirForm(t *testing.T) {
	for text, want := range map[string]bool{
		"":                              false,
		"prod":                          false,
		"${AWS::Region}":                false, // of Fn::Sub, which CloudFormation replaces in a literal
		"TOKEN.7":                       false,
		"${Token[TOKEN.7]}":             true,
		"prod-${Token[AWS.Region.4]}-x": true,
		"#{Token[TOKEN.7]}":             true,
	} {
		assert.Equal(t, want, IsToken(text), text)
	}
	assert.True(t, IsListToken("#{Token[TOKEN.7]}"))
	assert.False(t, IsListToken("${Token[TOKEN.7]}"), "a string in a list is not a list of unknown length")
}

// CDK writes the number of a token into the bits below the top 16 (aws-cdk-lib, core/lib/private/encoding).
func TestNumberTokensAreRecognizedByTheirTopBits(t *testing.T) {
	for _, token := range []float64{
		-1.8881545897087626e+289, math.Float64frombits(0xFBFF000000000000), math.Float64frombits(0xFBFF00FFFFFFFFFF),
	} {
		assert.True(t, IsNumberToken(token), "%g", token)
	}
	for _, number := range []float64{
		0, 1, -1, 6379, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(),
		math.Float64frombits(0xFBFE000000000000), math.Float64frombits(0xFC00000000000000),
	} {
		assert.False(t, IsNumberToken(number), "%g", number)
	}
}

// Package numbers writes numbers inside strings.
package numbers

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Text is a number inside a string. Only a token needs CDK to write it.
func Text(n float64) string {
	if check.IsNumberToken(n) {
		return *awscdk.Token_AsString(n, nil)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

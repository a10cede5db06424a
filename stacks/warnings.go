package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// warnings adds acknowledgeable warnings to a construct.
type warnings struct{ construct constructs.IConstruct }

// when adds a warning where the condition holds. Its id follows rediscache.WarningPrefix.
func (w warnings) when(condition bool, id, format string, args ...any) {
	if condition {
		awscdk.Annotations_Of(w.construct).AddWarningV2(ptr.To(rediscache.WarningPrefix+id), ptr.To(fmt.Sprintf(format, args...)))
	}
}

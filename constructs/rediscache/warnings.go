package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// WarningPrefix is the start of the id of every warning of this package. A warning is acknowledged by its id:
//
//	awscdk.Annotations_Of(cache).AcknowledgeWarning(jsii.String(rediscache.WarningPrefix+"singleNode"), jsii.String("why"))
const WarningPrefix = "@securebase/cdk-redis-cache:"

// warnings adds acknowledgeable warnings to a construct.
type warnings struct{ construct constructs.IConstruct }

// when adds a warning where the condition holds.
func (w *warnings) when(condition bool, id, format string, args ...any) {
	if condition {
		awscdk.Annotations_Of(w.construct).AddWarningV2(ptr.To(WarningPrefix+id), ptr.To(fmt.Sprintf(format, args...)))
	}
}

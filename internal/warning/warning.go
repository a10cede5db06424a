// Package warning adds warnings that a caller can acknowledge by their id.
package warning

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Prefix is the start of the id of every warning.
const Prefix = "@securebase/cdk-redis-cache:"

// Target is a construct that gets warnings.
type Target struct{ construct constructs.IConstruct }

// On is the target for a construct.
func On(construct constructs.IConstruct) Target { return Target{construct} }

// WarnIf adds a warning where the condition holds. Its id follows Prefix.
func (t Target) WarnIf(condition bool, id, format string, args ...any) {
	if condition {
		t.Warn(id, format, args...)
	}
}

// Warn adds a warning. Its id follows Prefix.
func (t Target) Warn(id, format string, args ...any) {
	awscdk.Annotations_Of(t.construct).AddWarningV2(ptr.To(Prefix+id), ptr.To(fmt.Sprintf(format, args...)))
}

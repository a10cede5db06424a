package rediscache

import "github.com/securebase/cdk-redis-cache/internal/warning"

// WarningPrefix is the start of the id of every warning of this package. A warning is acknowledged by its id:
//
//	awscdk.Annotations_Of(cache).AcknowledgeWarning(jsii.String(rediscache.WarningPrefix+"singleNode"), jsii.String("why"))
const WarningPrefix = warning.Prefix

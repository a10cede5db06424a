package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/retention"
)

// commonSettings are the keys of both kinds that are no fields of an environment.
type commonSettings struct {
	// Kind is the kind of cache.
	Kind *string `json:"kind"`
	// BasedOn is the environment to start from: "dev", the default, or "prod".
	BasedOn *string `json:"basedOn"`
	// LogRetention in days.
	LogRetention *float64 `json:"logRetentionDays"`
}

func (s commonSettings) checkLogRetention(r *check.Report) {
	if s.LogRetention != nil {
		_, exists := retention.OfDays(*s.LogRetention)
		r.Number("logRetentionDays", *s.LogRetention).When(!exists, "is not a retention of CloudWatch Logs; use %s", retention.Days())
	}
}

// applyLogRetention sets the property, unless the key is left out or has a problem.
func (s commonSettings) applyLogRetention(r *check.Report, property *awslogs.RetentionDays) {
	if s.LogRetention != nil && !r.Has("logRetentionDays") {
		*property, _ = retention.OfDays(*s.LogRetention)
	}
}

// The environments that others start from, with their defaults in either kind.
const (
	dev  = "dev"
	prod = "prod"
)

func isBase(name string) bool { return name == dev || name == prod }

// startsAsDev reports whether an environment has the defaults of dev; checkBase judges the choice.
func startsAsDev(name string, overrides map[string]any) bool {
	if isBase(name) {
		return name == dev
	}
	return overrides["basedOn"] != prod
}

func (s commonSettings) checkBase(r *check.Report, name string) {
	if s.BasedOn != nil {
		r.Text("basedOn", *s.BasedOn).
			When(isBase(name), "is for environments other than dev and prod; leave it out").
			OneOf("an environment to start from", dev, prod)
	}
}

package stacks

import (
	"reflect"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// serverlessSettings are the keys of an environment of kind "serverless" in cdk.json: the fields of ServerlessEnvironment, and
// keys for the properties that JSON has no value for, which hide those properties.
type serverlessSettings struct {
	*ServerlessEnvironment
	commonSettings

	// Authentication is "iam" or "none".
	Authentication *string `json:"authentication"`
}

// serverlessHints are for keys that people look for.
var serverlessHints = map[string]string{
	"authToken":        "a serverless cache has no token; clients log in with IAM",
	"authTokenEnabled": "use \"authentication\": \"iam\" or \"none\"",
	"autoScaling":      "a serverless cache scales by itself, within cacheUsageLimits",
	"name":             hints["name"],
}

func (s serverlessSettings) check(r *check.Report) {
	s.checkLogRetention(r)
	if s.Authentication != nil {
		r.Text("authentication", *s.Authentication).
			When(*s.Authentication == "token", "is a login that a serverless cache does not have; use \"iam\" or \"none\"").
			OneOf("a login", "iam", "none")
	}
}

// apply sets the properties that stand behind keys without a problem.
func (s serverlessSettings) apply(r *check.Report) {
	s.applyLogRetention(r, &s.FlowLogRetention)
	switch ptr.Value(s.Authentication) {
	case "iam":
		s.ServerlessCacheProps.Authentication = serverlesscache.Authentication_Iam(nil)
	case "none":
		s.ServerlessCacheProps.Authentication = serverlesscache.Authentication_None()
	}
}

// newServerlessEnvironment reads an environment of kind "serverless". What has a problem keeps the value of the environment
// that it is based on.
func newServerlessEnvironment(project, name string, overrides map[string]any, r *check.Report) *ServerlessEnvironment {
	base := ProdServerlessEnvironment
	if startsAsDev(name, overrides) {
		base = DevServerlessEnvironment
	}
	environment := base()
	environment.Name = name
	environment.setProject(project, *environment.Tags)
	s := serverlessSettings{ServerlessEnvironment: &environment}
	decoder{r, serverlessHints, notNodes}.object("", overrides, reflect.ValueOf(&s).Elem())
	s.checkBase(r, name)
	s.check(r)
	environment.check(r)
	s.apply(r)
	return &environment
}

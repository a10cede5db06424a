package connect

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// Variables are the environment variables of a function that begin with a prefix, such as REDIS_HOST and REDIS_PORT.
type Variables struct {
	Function awslambda.Function
	Prefix   string
}

// Connection is what a function has in its variables.
type Connection struct {
	Cache constructs.IConstruct
	User  constructs.IConstruct // nil without a user
}

// connections are what ConnectFunction has set: a function cannot be asked, because its variables hold tokens. They are not in
// the registry of package names, because they belong to a function and not to an account and region. The map needs no lock,
// because jsii's runtime serves one goroutine only.
var connections = map[Variables]Connection{}

// Has reports whether the variables hold this connection already.
func (v Variables) Has(connection Connection) bool {
	return v.Function != nil && connections[v] == connection
}

// Set remembers the connection.
func (v Variables) Set(connection Connection) { connections[v] = connection }

// Variable is an environment variable of a function.
type Variable struct {
	Name  string
	Value *string
}

// isSecret reports whether the function reads a secret when it logs in.
func (v Variable) isSecret() bool { return strings.HasSuffix(v.Name, "_AUTH_SECRET") }

// prefixPattern: Lambda accepts letters, digits and underscores, starting with a letter; by convention upper-case.
var prefixPattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// Check judges what ConnectFunction of the cache would do to the function.
func (v Variables) Check(r *check.Report, cache constructs.IConstruct, variables []Variable) {
	fn := v.Function
	r.Text("options.EnvironmentPrefix", v.Prefix).
		Matches(prefixPattern, "must contain only upper-case letters, digits and underscores, start with a letter and not end with an underscore").
		When(strings.HasSuffix(v.Prefix, "_"), "ends with an underscore, which the variables add; use %q", strings.TrimRight(v.Prefix, "_"))
	if !r.Required("fn", fn != nil, "pass a Lambda function in a VPC") {
		return
	}
	path := *fn.Node().Path()
	if other := connections[v]; other.Cache != nil {
		r.Add("fn", path, "is connected to %s in the variables %s_*; give this connection an EnvironmentPrefix of its own",
			*other.Cache.Node().Path(), v.Prefix)
		return
	}
	if !*fn.IsBoundToVpc() {
		route := ""
		if slices.ContainsFunc(variables, Variable.isSecret) {
			route = ", with a route to Secrets Manager"
		}
		r.Add("fn", path, "is not in a VPC, so it cannot reach the cache; give it the cache's Vpc%s", route)
	}
	CheckEnvironment(r, "fn", fn, cache)
	existing := environmentOf(fn)
	for _, variable := range variables {
		if slices.Contains(existing, variable.Name) {
			r.Add("fn", path, "has an environment variable %s already; remove it, or use an EnvironmentPrefix", variable.Name)
		}
	}
}

// environmentOf are the names of a function's environment variables so far. From jsii-runtime-go 1.142 on, the property
// arrives as a struct without the variables that CDK adds late, which Resolve refuses: there only literal ones are known.
func environmentOf(fn awslambda.Function) []string {
	cfn, isCfn := fn.Node().DefaultChild().(awslambda.CfnFunction)
	if !isCfn {
		return nil
	}
	environment := cfn.Environment()
	if property, isStruct := environment.(*awslambda.CfnFunction_EnvironmentProperty); isStruct {
		environment = map[string]any{"variables": property.Variables}
	}
	resolved, _ := awscdk.Stack_Of(fn).Resolve(environment).(map[string]any)
	variables, _ := resolved["variables"].(map[string]any)
	return slices.Sorted(maps.Keys(variables))
}

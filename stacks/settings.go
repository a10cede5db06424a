package stacks

import (
	"reflect"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// settings are the keys of an environment of kind "replicationGroup" in cdk.json: the fields of Environment, and keys for the
// properties that JSON has no value for, which hide those properties.
type settings struct {
	*Environment
	commonSettings

	// Engine is "redis" or "valkey", with EngineVersion.
	Engine *string `json:"engine"`
	// EngineVersion such as "7.1", with Engine.
	EngineVersion *string `json:"engineVersion"`
	// ParameterGroupFamily of an EngineVersion that is newer than this module.
	ParameterGroupFamily *string `json:"parameterGroupFamily"`
	// SlowLogThreshold in milliseconds.
	SlowLogThreshold *float64 `json:"slowLogThresholdMilliseconds"`

	// Authentication is the name of one of the logins.
	Authentication *string `json:"authentication"`
	// AuthTokenSecretArn of an existing secret, JSON with the key auth_token, instead of a generated token.
	AuthTokenSecretArn *string `json:"authTokenSecretArn"`
	// StoreAuthToken makes the connection secret, with AuthTokenSecretArn.
	StoreAuthToken *bool `json:"storeAuthToken"`
	// TokenRotationDays after which a generated token is rotated.
	TokenRotationDays *float64 `json:"tokenRotationDays"`
}

// hints are for keys that people look for.
var hints = map[string]string{
	"authToken":        "a token must not be in cdk.json: keep it in Secrets Manager and use authTokenSecretArn",
	"authTokenEnabled": "use \"authentication\": \"token\", \"iam\" or \"none\"",
	"autoScaling":      "it is set in Go only, with AutoScaleNodeGroups or AutoScaleReplicas: see docs/cluster-mode.md#auto-scaling",
	"name":             "names start with the project and the environment's own name",
}

// login is a choice of "authentication".
type login struct {
	name     string
	hasToken bool
	choose   func(s settings) rediscache.Authentication
}

var logins = []login{
	{"token", true, settings.token},
	{"iam", false, func(settings) rediscache.Authentication { return rediscache.Authentication_Iam(nil) }},
	{"none", false, func(settings) rediscache.Authentication { return rediscache.Authentication_None() }},
}

func (s settings) token() rediscache.Authentication {
	if s.AuthTokenSecretArn == nil {
		options := &rediscache.GeneratedTokenOptions{}
		if s.TokenRotationDays != nil {
			options.Rotation = &rediscache.RotationOptions{AutomaticallyAfter: awscdk.Duration_Days(s.TokenRotationDays)}
		}
		return rediscache.Authentication_GeneratedToken(options)
	}
	token := awscdk.SecretValue_SecretsManager(s.AuthTokenSecretArn, &awscdk.SecretsManagerSecretOptions{JsonField: ptr.To("auth_token")})
	return rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: s.StoreAuthToken})
}

// login is the chosen one, the first where there is no choice.
func (s settings) login() (chosen login, exists bool) {
	for _, login := range logins {
		if login.name == ptr.Or(s.Authentication, logins[0].name) {
			return login, true
		}
	}
	return login{}, false
}

// mostRotationDays is the longest interval of Secrets Manager (RotateSecret, API reference).
const mostRotationDays = 1000

// check judges the keys that are no fields of Environment.
func (s settings) check(r *check.Report) {
	needs(r, "engine", s.Engine != nil, "engineVersion", s.EngineVersion != nil)
	needs(r, "engineVersion", s.EngineVersion != nil, "engine", s.Engine != nil)
	needs(r, "parameterGroupFamily", s.ParameterGroupFamily != nil, "engineVersion", s.EngineVersion != nil)
	if s.SlowLogThreshold != nil {
		r.Number("slowLogThresholdMilliseconds", *s.SlowLogThreshold).
			When(*s.SlowLogThreshold < 0, "is negative; to switch the slow log off, set slowlog-log-slower-than to \"-1\" in parameters")
	}
	s.checkLogRetention(r)
	s.checkLogin(r)
}

func (s settings) checkLogin(r *check.Report) {
	chosen, exists := s.login()
	if !exists {
		var names []string
		for _, login := range logins {
			names = append(names, login.name)
		}
		r.Text("authentication", *s.Authentication).OneOf("a login", names...)
	}
	s.common().checkArn(r, "authTokenSecretArn", s.AuthTokenSecretArn, secretArnPattern, completeSecret)
	if exists && !chosen.hasToken && s.AuthTokenSecretArn != nil {
		r.Add("authTokenSecretArn", *s.AuthTokenSecretArn, "does not go with authentication %q; leave out one of them", chosen.name)
	}
	if s.TokenRotationDays != nil {
		r.Number("tokenRotationDays", *s.TokenRotationDays).Whole(1, mostRotationDays).
			When(exists && !chosen.hasToken, "does not go with authentication %q; leave out one of them", chosen.name).
			When(s.AuthTokenSecretArn != nil, "is for a generated token, but authTokenSecretArn names your own; leave out one of them")
	}
	needs(r, "storeAuthToken", s.StoreAuthToken != nil, "authTokenSecretArn", s.AuthTokenSecretArn != nil)
}

// apply sets the properties that stand behind keys without a problem.
func (s settings) apply(r *check.Report) {
	props := &s.Environment.RedisCacheProps
	if s.Engine != nil && s.EngineVersion != nil {
		props.Engine = rediscache.EngineVersion_Of(s.Engine, s.EngineVersion, s.ParameterGroupFamily)
	}
	if s.SlowLogThreshold != nil && !r.Has("slowLogThresholdMilliseconds") {
		props.SlowLogThreshold = awscdk.Duration_Millis(s.SlowLogThreshold)
	}
	s.applyLogRetention(r, &props.LogRetention)
	chosen, exists := s.login()
	given := s.Authentication != nil || s.AuthTokenSecretArn != nil || s.TokenRotationDays != nil
	if given && exists && !r.Has("authTokenSecretArn") && !r.Has("tokenRotationDays") {
		props.Authentication = chosen.choose(s)
	}
}

// newEnvironment reads an environment of kind "replicationGroup". What has a problem keeps the value of the environment that it
// is based on.
func newEnvironment(project, name string, overrides map[string]any, r *check.Report) *Environment {
	base := ProdEnvironment
	if startsAsDev(name, overrides) {
		base = DevEnvironment
	}
	environment := base()
	environment.Name = name
	environment.setProject(project, *environment.Tags)
	s := settings{Environment: &environment}
	decoder{r, hints, notServerless}.object("", overrides, reflect.ValueOf(&s).Elem())
	s.checkBase(r, name)
	s.check(r)
	environment.check(r)
	s.apply(r)
	if _, given := overrides["numCacheNodes"]; environment.ClusterMode != nil && !given {
		environment.NumCacheNodes = nil // dev's own, which cluster mode does not go with
	}
	return &environment
}

package serverlesscache

import (
	"maps"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/names"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// naming is Name, ServerlessCacheName, Description and Tags.
type naming struct {
	stack       awscdk.Stack
	environment environment.Environment // of the stack
	place       names.Place             // of the names
	name        *string                 // nil: names are made from the address of the construct, or by CloudFormation
	given       *string                 // ServerlessCacheName
	description string
	tags        map[string]*string
}

// A ServerlessCacheName has 1 to 40 lower-case letters, digits and single hyphens, as the ids of ElastiCache's other caches;
// ElastiCache stores it in lower case (CreateServerlessCache, API reference). The longest name that a Name becomes is the id
// of the user that functions share.
const (
	longestCacheName = 40
	cacheNameSuffix  = "-serverless"
	longestName      = login.LongestUserID - len(cacheNameSuffix+"-app")
)

func newNaming(stack awscdk.Stack, props *ServerlessCacheProps) naming {
	n := naming{
		stack:       stack,
		environment: environment.OfStack(stack),
		name:        ptr.Copy(props.Name),
		given:       ptr.Copy(props.ServerlessCacheName),
		tags:        maps.Clone(ptr.Value(props.Tags)),
	}
	n.place = names.PlaceOf(stack, n.environment)
	n.description = ptr.Or(props.Description, n.title())
	return n
}

// title names the cache in the descriptions of its other resources. It depends neither on Description nor on the engine,
// because the description of a security group is create-only.
func (n naming) title() string {
	if n.name == nil {
		return "Serverless query cache"
	}
	return "Serverless query cache " + *n.name
}

// prefix starts the ids of users and of their group, so that they differ from those of a RedisCache of the same Name; nil
// without a Name.
func (n naming) prefix() *string {
	if n.name == nil {
		return nil
	}
	return ptr.To(*n.name + cacheNameSuffix)
}

// cacheName is always written out, because CloudFormation requires it.
func (n naming) cacheName(c *serverlessCache) string {
	switch {
	case n.given != nil:
		return *n.given
	case n.name != nil:
		return *n.prefix()
	}
	return login.Prefix(c, nil)
}

func (n naming) check(r *check.Report) {
	if n.name != nil {
		names.Check(r.Text("Name", *n.name).
			NotEmpty("leave it out for names made from the address of the construct").
			When(len(*n.name) > longestName, "has %d characters; %q makes it a user id, which has at most %d, so use at most %d",
				len(*n.name), cacheNameSuffix+"-app", login.LongestUserID, longestName), *n.name, "a cache")
	}
	if n.given != nil {
		names.Check(r.Text("ServerlessCacheName", *n.given).
			NotEmpty("leave it out for <Name>-serverless").
			When(len(*n.given) > longestCacheName, "has %d characters; use at most %d", len(*n.given), longestCacheName), *n.given, "a cache")
	}
	n.checkTaken(r)
	r.Text("Description", n.description).Length(0, 255).
		When(strings.ContainsAny(n.description, "<>"), "has a \"<\" or \">\", which ElastiCache refuses; leave it out")
	names.CheckTags(r, n.tags)
}

// checkTaken finds another cache of the account and region with the same name.
func (n naming) checkTaken(r *check.Report) {
	property, name := "ServerlessCacheName", n.given
	if name == nil && n.name != nil {
		property, name = "Name", n.prefix()
	}
	if name == nil {
		return
	}
	if taken := n.place.TakenBy("ServerlessCacheName", *name); taken != "" {
		r.Add(property, *name, "is the name of %s already, and a name is unique in an account and region; give each cache its own", taken)
	}
}

// register remembers the name, so that a second cache of the account and region is told.
func (n naming) register(c *serverlessCache) {
	n.place.Register("ServerlessCacheName", &c.name, c)
}

package rediscache

import (
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/environment"
	"github.com/securebase/cdk-redis-cache/internal/names"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// naming is Name, ReplicationGroupId, Description and Tags.
type naming struct {
	stack        awscdk.Stack
	environment  environment.Environment // of the stack
	place        names.Place             // of the names
	name         *string                 // nil: CloudFormation generates every name
	groupID      *string                 // nil: CloudFormation generates it
	groupIDGiven bool
	description  string
	tags         map[string]*string
}

// A ReplicationGroupId has 1 to 40 letters, digits and hyphens, starts with a letter and has no hyphen at its end and no
// two in a row; ElastiCache stores it in lower case (CreateReplicationGroup, API reference).
const (
	longestGroupID = 40
	groupIDSuffix  = "-redis"
	longestName    = longestGroupID - len(groupIDSuffix)
)

func newNaming(stack awscdk.Stack, props *RedisCacheProps) naming {
	n := naming{
		stack:        stack,
		environment:  environment.OfStack(stack),
		name:         ptr.Copy(props.Name),
		groupID:      ptr.Copy(props.ReplicationGroupId),
		groupIDGiven: props.ReplicationGroupId != nil,
		tags:         maps.Clone(ptr.Value(props.Tags)),
	}
	n.place = names.PlaceOf(stack, n.environment)
	if !n.groupIDGiven {
		n.groupID = n.physicalName(groupIDSuffix)
	}
	n.description = ptr.Or(props.Description, n.title())
	return n
}

// title names the cache in the descriptions of its other resources. It does not depend on Description, because the
// description of a security group is create-only.
func (n naming) title() string {
	if n.name == nil {
		return "Redis query cache"
	}
	return "Redis query cache " + *n.name
}

// physicalName starts with the Name; nil where CloudFormation generates the name.
func (n naming) physicalName(suffix string) *string {
	if n.name == nil {
		return nil
	}
	return ptr.To(*n.name + suffix)
}

func (n naming) check(r *check.Report) {
	if n.name != nil {
		taken, idTaken := n.place.TakenBy("Name", *n.name), ""
		if !n.groupIDGiven {
			idTaken = n.place.TakenBy("ReplicationGroupId", *n.groupID)
		}
		names.Check(r.Text("Name", *n.name).
			When(taken != "", "is the name of %s already, and a name is unique in an account and region; give each cache its own", taken).
			When(idTaken != "", "makes the ReplicationGroupId of %s, which is unique in an account and region; give each cache its own", idTaken).
			NotEmpty("leave Name out to let CloudFormation generate every name").
			When(len(*n.name) > longestName, "has %d characters; %q makes it a ReplicationGroupId, which has at most %d, so use at most %d",
				len(*n.name), groupIDSuffix, longestGroupID, longestName), *n.name, "a node")
	}
	if n.groupIDGiven {
		taken := n.place.TakenBy("ReplicationGroupId", *n.groupID)
		names.Check(r.Text("ReplicationGroupId", *n.groupID).
			When(taken != "", "is the id of %s already, and an id is unique in an account and region; give each cache its own", taken).
			NotEmpty("leave it out for <Name>-redis").
			When(len(*n.groupID) > longestGroupID, "has %d characters; use at most %d", len(*n.groupID), longestGroupID), *n.groupID, "a node")
	}
	r.Text("Description", n.description).Length(1, 255)
	names.CheckTags(r, n.tags)
}

// register remembers the names, so that a second cache of the account and region is told.
func (n naming) register(c *redisCache) {
	n.place.Register("Name", n.name, c)
	n.place.Register("ReplicationGroupId", n.groupID, c)
}

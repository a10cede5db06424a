package rediscache

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// naming is Name, ReplicationGroupId, Description and Tags.
type naming struct {
	stack        awscdk.Stack
	environment  environment // of the stack
	name         *string     // nil: CloudFormation generates every name
	groupID      *string     // nil: CloudFormation generates it
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

var groupIDPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func newNaming(stack awscdk.Stack, props *RedisCacheProps) naming {
	n := naming{
		stack:        stack,
		environment:  environmentOfStack(stack),
		name:         ptr.Copy(props.Name),
		groupID:      ptr.Copy(props.ReplicationGroupId),
		groupIDGiven: props.ReplicationGroupId != nil,
		tags:         maps.Clone(ptr.Value(props.Tags)),
	}
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
		taken := nameTakenBy(n.stack, "Name", *n.name)
		checkGroupID(r.Text("Name", *n.name).
			When(taken != "", "is the name of %s in the same stack already; give each cache its own", taken).
			NotEmpty("leave Name out to let CloudFormation generate every name").
			When(len(*n.name) > longestName, "has %d characters; %q makes it a ReplicationGroupId, which has at most %d, so use at most %d",
				len(*n.name), groupIDSuffix, longestGroupID, longestName), *n.name)
	}
	if n.groupIDGiven {
		taken := nameTakenBy(n.stack, "ReplicationGroupId", *n.groupID)
		checkGroupID(r.Text("ReplicationGroupId", *n.groupID).
			When(taken != "", "is the id of %s in the same stack already; give each cache its own", taken).
			NotEmpty("leave it out for <Name>-redis").
			When(len(*n.groupID) > longestGroupID, "has %d characters; use at most %d", len(*n.groupID), longestGroupID), *n.groupID)
	}
	r.Text("Description", n.description).Length(1, 255)
	n.checkTags(r)
}

// checkGroupID judges the characters of a ReplicationGroupId, or of a Name that becomes one.
func checkGroupID(text check.Text, id string) {
	lower := strings.ToLower(id)
	text.
		When(id != lower && groupIDPattern.MatchString(lower),
			"has upper-case letters, which ElastiCache stores in lower case, so that alarms would watch a node that does not exist; use %q", lower).
		Matches(groupIDPattern, "must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen")
}

// A resource has at most 50 tags, with keys of 1 to 128 and values of up to 256 characters; "aws:" is reserved (tagging,
// ElastiCache user guide).
const (
	mostTags        = 50
	longestTagKey   = 128
	longestTagValue = 256
	tagCharacters   = "letters, digits, spaces and _ . : / = + - @"
)

var tagPattern = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func (n naming) checkTags(r *check.Report) {
	if len(n.tags) > mostTags {
		r.Add("Tags", nil, "has %d tags; a resource takes at most %d", len(n.tags), mostTags)
	}
	for _, key := range slices.Sorted(maps.Keys(n.tags)) {
		property := check.Key("Tags", key)
		length := utf8.RuneCountInString(key)
		r.Text(property, key).
			WhenHidden(length < 1 || length > longestTagKey, "has a key of %d characters; use 1 to %d", length, longestTagKey).
			WhenHidden(strings.HasPrefix(strings.ToLower(key), "aws:"), "has a key that starts with \"aws:\", which AWS reserves; use another").
			WhenHidden(!tagPattern.MatchString(key), "has a key with other characters than "+tagCharacters)
		if n.tags[key] == nil {
			r.Add(property, nil, "has no value; use \"\" for an empty one")
			continue
		}
		value := *n.tags[key]
		length = utf8.RuneCountInString(value)
		r.Text(property, value).
			WhenHidden(length > longestTagValue, "has a value of %d characters; use at most %d", length, longestTagValue).
			Matches(tagPattern, "has other characters than "+tagCharacters)
	}
}

// register remembers the names, so that a second cache in the stack is told.
func (n naming) register(id string) {
	registerName(n.stack, "Name", n.name, id)
	registerName(n.stack, "ReplicationGroupId", n.groupID, id)
}

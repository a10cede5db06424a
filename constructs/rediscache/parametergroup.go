package rediscache

import (
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
)

const (
	maxmemoryPolicyParameter = "maxmemory-policy"
	slowLogParameter         = "slowlog-log-slower-than"
)

// newParameterGroup has the family in its logical id: a family change then makes a new group, moves the replication
// group over and removes the old one. Under one logical id CloudFormation would change the group while it is in use.
func newParameterGroup(scope constructs.Construct, s *settings) awselasticache.CfnParameterGroup {
	id := "ParameterGroup" + logicalName(s.engine.family)
	return awselasticache.NewCfnParameterGroup(scope, &id, &awselasticache.CfnParameterGroupProps{
		CacheParameterGroupFamily: &s.engine.family,
		Description:               ptr("Parameters of " + s.title()),
		Properties:                s.engineParameters(),
	})
}

// engineParameters are those that the construct always sets, under those that were given.
func (s *settings) engineParameters() *map[string]*string {
	all := map[string]*string{
		maxmemoryPolicyParameter: ptr(string(s.maxmemory)),
		slowLogParameter:         ptr(strconv.FormatFloat(s.slowLog.microseconds, 'f', -1, 64)),
	}
	for name, value := range s.parameters {
		all[name] = value
	}
	return &all
}

// logicalName is a family as a part of a logical id, which takes letters and digits only: "redis6.x" is "Redis6x".
func logicalName(family string) string {
	family = strings.ReplaceAll(family, ".", "")
	return strings.ToUpper(family[:1]) + family[1:]
}

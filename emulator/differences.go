package emulator

import (
	"maps"
	"slices"
)

// Difference is something in which the emulator is not AWS: a sentence.
type Difference struct {
	Text string

	adapt func(t Template, id string, r resource) (changed bool) // nil: no change of the template helps
}

// Differences are all that are known of the pinned version. TestDifferences fails when one is no more.
var Differences = []Difference{
	unknownType("AWS::EC2::FlowLog"),
	unknownType("AWS::EC2::SecurityGroupEgress"),
	unknownType("AWS::EC2::SecurityGroupIngress"),
	unknownType("AWS::ElastiCache::ServerlessCache"),
	unknownType("AWS::SecretsManager::RotationSchedule"),
	{"Alarms on metric math are created as alarms on one metric.", plainAlarm},
	{"Ref of a secret is its name; Fn::GetAtt of its Id, which is the ARN, takes its place.", secretArn},
	{"ExcludePunctuation of a generated secret is ignored; ExcludeCharacters names the same characters.", excludePunctuation},
	{"A replication group has no nodes: no Redis runs, no client can connect, and alarms have no data.", nil},
	{"The ids of nodes are <group>-0001-001, where AWS has <group>-001.", nil},
	{"A replication group is deleted without a final snapshot, also with DeletionPolicy Snapshot.", nil},
	{"A replication group that moves to Valkey gets the version and the parameter group, but keeps the engine redis.", nil},
	{"A token that is taken away stays on the replication group. AWS may replace the group.", nil},
	{"IAM policies, key policies, quotas, node types and parameters are not checked.", nil},
}

// unknownType is one that the emulator refuses. A wait handle, which does nothing, is created and deleted in its place, and
// its id stands where an attribute is read.
func unknownType(name string) Difference {
	return Difference{name + " is not created; a placeholder takes its place.", func(t Template, id string, r resource) bool {
		if !r.is(name) {
			return false
		}
		r["Type"] = "AWS::CloudFormation::WaitConditionHandle"
		replace(map[string]any(t), func(reference map[string]any) bool {
			attribute, _ := reference["Fn::GetAtt"].([]any)
			if len(attribute) == 0 || attribute[0] != id {
				return false
			}
			delete(reference, "Fn::GetAtt")
			reference["Ref"] = id
			return true
		})
		return true
	}}
}

// adapt changes the template for the emulator, and returns what it was changed for.
func (t Template) adapt() []Difference {
	var found []Difference
	for _, difference := range Differences {
		changed := false
		for id, r := range t.resources() {
			changed = difference.adapt != nil && difference.adapt(t, id, r) || changed
		}
		if changed {
			found = append(found, difference)
		}
	}
	return found
}

func plainAlarm(_ Template, _ string, r resource) bool {
	p := r.properties()
	if _, math := p["Metrics"]; !r.is("AWS::CloudWatch::Alarm") || !math {
		return false
	}
	delete(p, "Metrics")
	maps.Copy(p, map[string]any{"Namespace": "AWS/ElastiCache", "MetricName": "CacheHits", "Statistic": "Sum", "Period": 300})
	return true
}

func excludePunctuation(_ Template, _ string, r resource) bool {
	generate, ok := r.properties()["GenerateSecretString"].(map[string]any)
	if !ok || generate["ExcludePunctuation"] != true {
		return false
	}
	delete(generate, "ExcludePunctuation")
	generate["ExcludeCharacters"] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	return true
}

func secretArn(t Template, id string, r resource) bool {
	if !r.is("AWS::SecretsManager::Secret") {
		return false
	}
	return replace(map[string]any(t), func(reference map[string]any) bool {
		if reference["Ref"] != id {
			return false
		}
		delete(reference, "Ref")
		reference["Fn::GetAtt"] = []any{id, "Id"}
		return true
	})
}

// replace gives each object in value to the replacement, which may change it, and tells whether one was changed.
func replace(value any, replacement func(object map[string]any) bool) bool {
	found := false
	switch value := value.(type) {
	case map[string]any:
		if replacement(value) {
			return true
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found = replace(value[key], replacement) || found
		}
	case []any:
		for _, element := range value {
			found = replace(element, replacement) || found
		}
	}
	return found
}

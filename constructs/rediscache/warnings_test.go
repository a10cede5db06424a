package rediscache_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// warningsOf are the warnings of a construct.
func warningsOf(construct constructs.IConstruct) (warnings []string) {
	for _, entry := range *construct.Node().Metadata() {
		if *entry.Type == "aws:cdk:warning" {
			warnings = append(warnings, fmt.Sprint(entry.Data))
		}
	}
	return warnings
}

func TestWhatIsRiskyIsAnAcknowledgeableWarning(t *testing.T) {
	alarms := func(options rediscache.AlarmOptions) func(f fixture, p *props) {
		return func(_ fixture, p *props) { p.Alarms = &options }
	}
	threshold := func(n float64) *rediscache.AlarmThreshold { return &rediscache.AlarmThreshold{Threshold: &n} }
	parameter := func(name, value string) func(f fixture, p *props) {
		return func(_ fixture, p *props) { p.Parameters = &map[string]*string{name: &value} }
	}
	set := func(change func(p *props)) func(f fixture, p *props) { return func(_ fixture, p *props) { change(p) } }
	tests := []struct {
		name   string
		change func(f fixture, p *props)
		want   []string // the ends of their ids
	}{
		{"a cache with alarm actions has none", nil, nil},
		{"no alarm action", set(func(p *props) { p.AlarmActions = nil }), []string{"noAlarmActions"}},
		{"no alarm action is fine without alarms", set(func(p *props) {
			p.AlarmActions, p.Alarms = nil, &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
		}), nil},
		{"one node", set(func(p *props) { p.NumCacheNodes = jsii.Number(1) }), []string{"singleNode"}},
		{"one node that is deleted with its stack is fine", set(func(p *props) {
			p.NumCacheNodes, p.RemovalPolicy = jsii.Number(1), awscdk.RemovalPolicy_DESTROY
		}), nil},
		{"no login", set(func(p *props) { p.Authentication = rediscache.Authentication_None() }), []string{"noAuth"}},
		{"no snapshots", set(func(p *props) { p.SnapshotRetentionLimit = jsii.Number(0) }), []string{"noSnapshots"}},
		{"a burstable type that was chosen, with Multi-AZ", set(func(p *props) { p.NodeType = jsii.String("cache.t4g.medium") }),
			[]string{"burstableMultiAz"}},
		{"a type of a previous generation", set(func(p *props) {
			p.NodeType, p.MultiAzEnabled = jsii.String("cache.t2.medium"), jsii.Bool(false)
		}), []string{"nodeTypeRetired"}},
		{"an engine whose support ends", set(func(p *props) { p.Engine = rediscache.EngineVersion_REDIS_6_2() }), []string{"engineSupport"}},
		{"an engine that is not known", set(func(p *props) {
			p.Engine = rediscache.EngineVersion_Of(jsii.String("valkey"), jsii.String("10.0"), jsii.String("valkey10"))
		}), []string{"engineUnknown"}},
		{"an unknown version after one whose support ends", set(func(p *props) {
			p.Engine = rediscache.EngineVersion_Of(jsii.String("redis"), jsii.String("6.5"), jsii.String("redis6.x"))
		}), []string{"engineUnknown"}},
		{"a slow log of what takes a second", set(func(p *props) { p.SlowLogThreshold = awscdk.Duration_Seconds(jsii.Number(1)) }),
			[]string{"slowLogThreshold"}},
		{"a CPU threshold above AWS's advice", alarms(rediscache.AlarmOptions{Cpu: threshold(46)}), []string{"cpuThreshold"}},
		{"a CPU threshold as AWS advises", alarms(rediscache.AlarmOptions{Cpu: threshold(45)}), nil},
		{"a threshold that is never exceeded", alarms(rediscache.AlarmOptions{Memory: threshold(100)}), []string{"fullThreshold"}},
		{"a hit rate that is never below", alarms(rediscache.AlarmOptions{CacheHitRate: threshold(0)}), []string{"hitRateThreshold"}},
		{"a parameter outside a disputed range", parameter("active-defrag-ignore-bytes", "1048576"), []string{"parameters"}},
		{"a parameter in that range", parameter("active-defrag-ignore-bytes", "10485760"), nil},
		{"a key of another app", func(f fixture, p *props) {
			p.EncryptionKey = awskms.Key_FromKeyArn(f.stack, jsii.String("Key"), jsii.String("arn:aws:kms:us-east-1:111122223333:key/k"))
		}, []string{"importedKey"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			cache := f.cache(func(p *props) {
				p.AlarmActions = &actions{snsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), nil))}
				if test.change != nil {
					test.change(f, p)
				}
			})
			warnings := warningsOf(cache)
			require.Len(t, warnings, len(test.want), "%v", warnings)
			for i, id := range test.want {
				assert.Contains(t, warnings[i], "[ack: "+rediscache.WarningPrefix+id+"]")
				awscdk.Annotations_Of(cache).AcknowledgeWarning(jsii.String(rediscache.WarningPrefix+id), jsii.String("known"))
			}
			assert.Empty(t, warningsOf(cache), "after all are acknowledged")
		})
	}
}

package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// WarningPrefix begins the id of every warning of this package; with it a warning is acknowledged:
//
//	awscdk.Annotations_Of(cache).AcknowledgeWarning(jsii.String(rediscache.WarningPrefix+"singleNode"), jsii.String("why"))
const WarningPrefix = "@securebase/cdk-redis-cache:"

// warning is legal and risky. check returns the message, or nothing where all is well.
type warning struct {
	id    string
	check func(s *settings) string
}

var warnings = []warning{
	{"singleNode", func(s *settings) string {
		if s.nodes == 1 && s.removalPolicy != awscdk.RemovalPolicy_DESTROY {
			return "NumCacheNodes: 1 has no failover: a failed node loses the data and takes minutes to be replaced; use 2 or more in production"
		}
		return ""
	}},
	{"nodeTypeRetired", func(s *settings) string {
		if known, ok := nodeTypes()[s.nodeType]; ok && !known.currentGeneration {
			return fmt.Sprintf("NodeType: %q is of a previous generation, which AWS may refuse for new clusters", s.nodeType)
		}
		return ""
	}},
	{"burstableMultiAz", func(s *settings) string {
		if s.nodeTypeGiven && nodeTypes()[s.nodeType].burstable && s.multiAz && s.removalPolicy != awscdk.RemovalPolicy_DESTROY {
			return fmt.Sprintf("NodeType: %q is burstable: out of CPU credits it slows down for as long as the load lasts, and a failover does not help; use an m or r type in production", s.nodeType)
		}
		return ""
	}},
	{"engineSupport", func(s *settings) string {
		if known := s.engine.lookup(); known.endOfStandardSupport != "" {
			return fmt.Sprintf("Engine: %s reaches the end of standard support on %s; after that AWS charges for extended support", s.engine, known.endOfStandardSupport)
		}
		return ""
	}},
	{"engineUnknown", func(s *settings) string {
		if _, known := knownEngines()[s.engine]; !known && !isToken(s.engine.engine+s.engine.version) {
			return fmt.Sprintf("Engine: %s was not known when this version of the construct was made; its parameters cannot be checked", s.engine)
		}
		return ""
	}},
	{"parameters", warnOfParameters},
	{"importedKey", func(s *settings) string {
		if s.key.imported {
			return "EncryptionKey is imported, so its policy is not changed here: unless it admits logs.<region>.amazonaws.com, the log groups cannot be made"
		}
		return ""
	}},
	{"noAuth", func(s *settings) string {
		if !s.authEnabled {
			return "AuthTokenEnabled: false lets everyone in who reaches the port; turning it on later replaces the cluster"
		}
		return ""
	}},
	{"noSnapshots", func(s *settings) string {
		if s.snapshotRetention == 0 {
			return "SnapshotRetentionLimit: 0 keeps no automatic snapshot, and turning them on later may fail; keep at least 1 day"
		}
		return ""
	}},
	{"noAlarmActions", func(s *settings) string {
		if s.alarms.enabled && len(s.alarmActions) == 0 {
			return "AlarmActions: none, so nobody hears of an alarm; pass awscloudwatchactions.NewSnsAction(topic)"
		}
		return ""
	}},
	{"cpuThreshold", func(s *settings) string {
		known, ok := nodeTypes()[s.nodeType]
		if !ok || !s.alarms.enabled || !s.alarms.cpu.enabled || !s.alarms.cpu.given || known.vcpus >= engineCpuVcpus {
			return ""
		}
		// The engine's thread has one of the vCPUs; AWS advises 90 % of its share of the host.
		if advised := 90 / float64(known.vcpus); s.alarms.cpu.threshold > advised {
			return fmt.Sprintf("Alarms.Cpu.Threshold: %s is above the %s %% that AWS advises for the %d vCPU of %s: the engine's one thread is full before the alarm fires",
				show(s.alarms.cpu.threshold), show(advised), known.vcpus, s.nodeType)
		}
		return ""
	}},
	{"hitRateThreshold", func(s *settings) string {
		if s.alarms.enabled && s.alarms.hitRate.enabled && s.alarms.hitRate.threshold == 0 {
			return "Alarms.CacheHitRate.Threshold: 0 never fires; use Enabled: false to leave the alarm out"
		}
		return ""
	}},
	{"fullThreshold", func(s *settings) string {
		if !s.alarms.enabled {
			return ""
		}
		for _, alarm := range []struct {
			name string
			alarmSetting
		}{{"Cpu", s.alarms.cpu}, {"EngineCpu", s.alarms.engineCpu}, {"Memory", s.alarms.memory}} {
			if alarm.enabled && alarm.threshold == 100 {
				return fmt.Sprintf("Alarms.%s.Threshold: 100 is never exceeded, so the alarm never fires; use Enabled: false to leave it out", alarm.name)
			}
		}
		return ""
	}},
}

// annotate adds the warnings that apply.
func annotate(scope constructs.Construct, s *settings) {
	var out *annotations
	for _, w := range warnings {
		if message := w.check(s); message != "" {
			if out == nil {
				out = newWarnings(scope)
			}
			out.add(w.id, message)
		}
	}
}

// annotations adds warnings to one construct.
type annotations struct{ cdk awscdk.Annotations }

func newWarnings(scope constructs.Construct) *annotations {
	return &annotations{awscdk.Annotations_Of(scope)}
}

func (a *annotations) add(id, message string) {
	a.cdk.AddWarningV2(ptr(WarningPrefix+id), &message)
}

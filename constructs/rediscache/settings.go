package rediscache

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// settings are RedisCacheProps with every default applied, once and only here. What the rules judge is plain values;
// what only gets passed on is as the caller gave it.
type settings struct {
	stack       awscdk.Stack
	namesake    string // the id of another cache of this Name in the stack
	named       bool   // whether Name was given, also if it is empty
	name        string
	description string

	vpc                   awsec2.IVpc
	subnets               subnets
	allowedSecurityGroups []awsec2.ISecurityGroup
	// allowedSecurityGroupIds are theirs, in the same order; empty for one that is made in this app.
	allowedSecurityGroupIds []string
	securityGroup           awsec2.ISecurityGroup
	port                    float64

	engine        engineVersion
	nodeType      string
	nodeTypeGiven bool
	nodes         float64
	multiAz       bool
	maxmemory     MaxmemoryPolicy
	slowLog       slowLogThreshold
	parameters    map[string]*string // as given

	authEnabled    bool
	authToken      authToken
	storeAuthToken *bool
	encryptionKey  awskms.IKey
	key            keyFacts

	snapshotRetention float64
	snapshotWindow    string
	maintenanceWindow string
	snapshotName      *string
	snapshotArns      *[]*string

	autoMinorVersionUpgrade bool
	removalPolicy           awscdk.RemovalPolicy

	notificationTopic awssns.ITopic
	topic             topicFacts
	alarmActions      []awscloudwatch.IAlarmAction
	alarms            alarmSettings
	dashboard         bool
	logRetention      awslogs.RetentionDays
	tags              map[string]*string
}

// subnets are what the selection found.
type subnets struct {
	all               []awsec2.ISubnet
	availabilityZones []string
	public            bool
	pendingLookup     bool   // dummies of a lookup that the CDK CLI has not done yet
	problem           string // why nothing could be selected
}

// alarmSettings has one setting for each alarm of the group.
type alarmSettings struct {
	enabled                                                    bool
	cpu, engineCpu, memory, evictions, hitRate, replicationLag alarmSetting
}

// alarmSetting is a threshold and how many periods in a row have to breach it.
type alarmSetting struct {
	threshold, evaluationPeriods float64
	enabled                      bool
	given                        bool // by the caller, so that a default is never warned of
}

// newSettings applies the defaults. The calls into CDK here read only; nothing is made before the rules have passed.
func newSettings(stack awscdk.Stack, props *RedisCacheProps) *settings {
	if props == nil {
		props = &RedisCacheProps{}
	}
	s := &settings{
		stack:    stack,
		namesake: namesakes[namesake{stack, value(props.Name)}],
		named:    props.Name != nil,
		name:     value(props.Name),

		vpc:                   props.Vpc,
		allowedSecurityGroups: elements(props.AllowedSecurityGroups),
		securityGroup:         props.SecurityGroup,
		port:                  valueOr(props.Port, 6379),

		nodeType:      valueOr(props.NodeType, "cache.t3.small"),
		nodeTypeGiven: props.NodeType != nil,
		nodes:         valueOr(props.NumCacheNodes, 2),
		maxmemory:     orDefault(props.MaxmemoryPolicy, MaxmemoryPolicy_ALLKEYS_LRU),
		slowLog:       slowLogThreshold{microseconds: 10_000},

		authEnabled:    valueOr(props.AuthTokenEnabled, true),
		storeAuthToken: props.StoreAuthToken,
		encryptionKey:  props.EncryptionKey,

		snapshotRetention: valueOr(props.SnapshotRetentionLimit, 7),
		snapshotWindow:    valueOr(props.SnapshotWindow, "03:00-05:00"),
		maintenanceWindow: valueOr(props.MaintenanceWindow, "sun:05:00-sun:07:00"),
		snapshotName:      props.SnapshotName,
		snapshotArns:      props.SnapshotArns,

		autoMinorVersionUpgrade: valueOr(props.AutoMinorVersionUpgrade, true),
		removalPolicy:           orDefault(props.RemovalPolicy, awscdk.RemovalPolicy_SNAPSHOT),

		notificationTopic: props.NotificationTopic,
		alarmActions:      slices.Clone(elements(props.AlarmActions)),
		dashboard:         valueOr(props.Dashboard, false),
		logRetention:      orDefault(props.LogRetention, awslogs.RetentionDays_ONE_MONTH),
	}
	s.description = valueOr(props.Description, s.title())
	s.multiAz = valueOr(props.MultiAzEnabled, s.nodes > 1)
	s.engine = engineOf(orDefault(props.Engine, EngineVersion_REDIS_7_1()))
	if props.Vpc != nil {
		s.subnets = selectSubnets(props.Vpc, props.VpcSubnets)
	}
	if props.SlowLogThreshold != nil {
		s.slowLog = slowLogOf(props.SlowLogThreshold)
	}
	if props.AuthToken != nil {
		s.authToken = authTokenOf(s.stack, props.AuthToken)
	}
	if props.EncryptionKey != nil {
		s.key = askOnce(props.EncryptionKey, keyFactsOf)
	}
	if props.NotificationTopic != nil {
		s.topic = askOnce(props.NotificationTopic, topicFactsOf)
	}
	for _, group := range s.allowedSecurityGroups {
		id := ""
		if group != nil {
			id = askOnce(group, securityGroupIdOf)
		}
		s.allowedSecurityGroupIds = append(s.allowedSecurityGroupIds, id)
	}
	if props.Tags != nil {
		s.tags = *props.Tags
	}
	if props.Parameters != nil {
		s.parameters = *props.Parameters
	}
	s.alarms = alarmSettingsOf(props.Alarms)
	return s
}

// title is what the cache is called where its Description does not reach.
func (s *settings) title() string {
	if s.named {
		return "Redis query cache " + s.name
	}
	return "Redis query cache"
}

// engineOf copies any EngineVersion, also one that a caller implements.
func engineOf(e EngineVersion) engineVersion {
	return engineVersion{value(e.Engine()), value(e.Version()), value(e.Family())}
}

// alarmSettingsOf has the default of every alarm.
func alarmSettingsOf(options *AlarmOptions) alarmSettings {
	if options == nil {
		options = &AlarmOptions{}
	}
	setting := func(given *AlarmThreshold, threshold, evaluationPeriods float64) alarmSetting {
		if given == nil {
			return alarmSetting{threshold: threshold, evaluationPeriods: evaluationPeriods, enabled: true}
		}
		return alarmSetting{
			threshold:         valueOr(given.Threshold, threshold),
			evaluationPeriods: valueOr(given.EvaluationPeriods, evaluationPeriods),
			enabled:           valueOr(given.Enabled, true),
			given:             true,
		}
	}
	return alarmSettings{
		enabled:        valueOr(options.Enabled, true),
		cpu:            setting(options.Cpu, 75, 10),
		engineCpu:      setting(options.EngineCpu, 90, 10),
		memory:         setting(options.Memory, 85, 10),
		evictions:      setting(options.Evictions, 1000, 1),
		hitRate:        setting(options.CacheHitRate, 70, 3),
		replicationLag: setting(options.ReplicationLag, 5, 5),
	}
}

// physicalName begins with the Name; nil where CloudFormation names the resource.
func (s *settings) physicalName(suffix string) *string {
	if !s.named {
		return nil
	}
	return ptr(s.name + suffix)
}

func (s *settings) replicas() bool { return s.nodes > 1 }

// storesAuthToken tells whether there is a connection secret.
func (s *settings) storesAuthToken() bool {
	return s.authEnabled && valueOr(s.storeAuthToken, true)
}

// keeps tells whether the group stays when the stack goes, and so everything that it needs.
func (s *settings) keeps() bool {
	return s.removalPolicy == awscdk.RemovalPolicy_RETAIN || s.removalPolicy == awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
}

// supportingRemovalPolicy is that of logs and secrets, which know no snapshots.
func (s *settings) supportingRemovalPolicy() awscdk.RemovalPolicy {
	if s.keeps() {
		return s.removalPolicy
	}
	return awscdk.RemovalPolicy_DESTROY
}

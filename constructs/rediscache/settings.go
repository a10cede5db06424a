package rediscache

import (
	"regexp"
	"slices"
	"strings"

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
	namesake    string // the path of another cache of this Name in the stack
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

// slowLogThreshold is SlowLogThreshold in microseconds, the unit of slowlog-log-slower-than.
type slowLogThreshold struct {
	microseconds float64
	unresolved   bool
}

// authToken is a token that the caller brings.
type authToken struct {
	given     bool
	reference string // what CloudFormation resolves to the token
	plainText bool   // it would be readable in the template
	ssmSecure bool   // CloudFormation resolves ssm-secure for the replication group, not for a secret
}

// keyFacts are what there is to know of a key.
type keyFacts struct {
	arn      *string
	spec     string // empty: CDK's default, or not known of an imported key
	imported bool
	alias    bool
}

// topicFacts are what there is to know of a topic.
type topicFacts struct {
	arn             *string
	stack           awscdk.Stack
	encrypted, fifo bool
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
	if len(s.allowedSecurityGroups) > 0 {
		for _, group := range s.allowedSecurityGroups {
			id := ""
			if group != nil {
				id = askOnce(group, securityGroupIdOf)
			}
			s.allowedSecurityGroupIds = append(s.allowedSecurityGroupIds, id)
		}
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

func slowLogOf(threshold awscdk.Duration) slowLogThreshold {
	if *threshold.IsUnresolved() {
		return slowLogThreshold{unresolved: true}
	}
	fraction := false
	milliseconds := *threshold.ToMilliseconds(&awscdk.TimeConversionOptions{Integral: &fraction})
	return slowLogThreshold{microseconds: milliseconds * 1000}
}

// authTokenOf looks at how CloudFormation would see the token: as one reference, or with text of its own.
func authTokenOf(stack awscdk.Stack, secret awscdk.SecretValue) authToken {
	token := authToken{given: true, reference: *secret.UnsafeUnwrap()}
	text, hasText := literalParts(stack.Resolve(token.reference))
	if hasText {
		token.plainText = !dynamicReference.MatchString(text)
		token.ssmSecure = strings.HasPrefix(text, "{{resolve:ssm-secure:")
	}
	return token
}

// dynamicReference is one reference and nothing beside it.
var dynamicReference = regexp.MustCompile(`^\{\{resolve:[^{}]+\}\}$`)

// literalParts is what a resolved value says in plain, with a dot for each part that only CloudFormation knows.
func literalParts(resolved any) (text string, hasText bool) {
	switch resolved := resolved.(type) {
	case string:
		return resolved, true
	case map[string]any:
		join, isJoin := resolved["Fn::Join"].([]any)
		if !isJoin || len(join) != 2 {
			return "", false
		}
		parts, _ := join[1].([]any)
		for _, part := range parts {
			if literal, ok := part.(string); ok {
				text += literal
			} else {
				text += "."
			}
		}
		return text, true
	}
	return "", false
}

func keyFactsOf(key awskms.IKey) keyFacts {
	facts := keyFacts{arn: key.KeyArn()}
	switch child := key.Node().DefaultChild().(type) {
	case awskms.CfnKey:
		facts.spec = value(child.KeySpec())
	case awskms.CfnAlias:
		facts.alias = true
	default:
		facts.imported = true
		facts.alias = strings.Contains(*facts.arn, ":alias/")
	}
	return facts
}

func topicFactsOf(topic awssns.ITopic) topicFacts {
	facts := topicFacts{arn: topic.TopicArn(), stack: awscdk.Stack_Of(topic)}
	facts.fifo = strings.HasSuffix(*facts.arn, ".fifo")
	if cfn, here := topic.Node().DefaultChild().(awssns.CfnTopic); here {
		fifo, _ := cfn.FifoTopic().(bool)
		facts.fifo = facts.fifo || fifo
		facts.encrypted = cfn.KmsMasterKeyId() != nil
	}
	return facts
}

// securityGroupIdOf is the id of an imported group, or empty.
func securityGroupIdOf(group awsec2.ISecurityGroup) string {
	if id := *group.SecurityGroupId(); !isToken(id) {
		return id
	}
	return ""
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

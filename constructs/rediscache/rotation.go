package rediscache

import (
	_ "embed"
	"math"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/numbers"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/subnets"
)

// RotationOptions are the options of the rotation of a generated token.
type RotationOptions struct {
	// AutomaticallyAfter is the time between two rotations, 4 hours to 1,000 days.
	//
	// Default: 30 days.
	AutomaticallyAfter awscdk.Duration `field:"optional" json:"automaticallyAfter" yaml:"automaticallyAfter"`

	// Grace is the time for which the old token stays valid after the connection secret has the new one, 0 to 10 minutes.
	// Applications have to read the connection secret again within it, or when their token is refused.
	//
	// Default: 5 minutes.
	Grace awscdk.Duration `field:"optional" json:"grace" yaml:"grace"`

	// VpcSubnets are the subnets of the function that tests a new token; it needs no route out of the VPC.
	//
	// Default: the subnets of the cache; with SubnetGroupName, the isolated subnets of the Vpc, else its private ones.
	VpcSubnets *awsec2.SubnetSelection `field:"optional" json:"vpcSubnets" yaml:"vpcSubnets"`
}

// rotation is RotationOptions.
type rotation struct {
	on         bool
	seconds    float64 // between two rotations
	grace      float64 // seconds
	unresolved bool
	subnets    subnets.Selection // of the tester
	ownSubnets bool              // not those of the cache
}

// Limits of Secrets Manager (RotationRulesType, API reference), and of the rotator, which has 15 minutes for everything.
// In seconds.
const (
	hour             = 60 * 60
	shortestRotation = 4 * hour
	longestRotation  = 1000 * 24 * hour
	longestGrace     = 10 * 60
)

func newRotation(options *RotationOptions, props *RedisCacheProps) rotation {
	if options == nil {
		return rotation{}
	}
	r := rotation{on: true}
	if props.Vpc != nil {
		selection := options.VpcSubnets
		if selection == nil && props.SubnetGroupName == nil {
			selection = props.VpcSubnets // those of the cache
		}
		r.subnets = subnets.Select(props.Vpc, selection)
		r.ownSubnets = options.VpcSubnets != nil || props.SubnetGroupName != nil
	}
	after := ptr.OrDefault(options.AutomaticallyAfter, awscdk.Duration_Days(ptr.To(30.0)))
	grace := ptr.OrDefault(options.Grace, awscdk.Duration_Minutes(ptr.To(5.0)))
	if r.unresolved = *after.IsUnresolved() || *grace.IsUnresolved(); r.unresolved {
		return r
	}
	fraction := &awscdk.TimeConversionOptions{Integral: ptr.To(false)}
	r.seconds, r.grace = *after.ToSeconds(fraction), *grace.ToSeconds(fraction)
	return r
}

func (r rotation) hours() float64 { return r.seconds / hour }

func (r rotation) check(report *check.Report) {
	if !r.on {
		return
	}
	if r.ownSubnets { // those of the cache are judged with it
		r.subnets.Check(report, "Authentication.Rotation.VpcSubnets")
	}
	if r.unresolved {
		report.Add("Authentication.Rotation", nil, "has a token for a duration, which cannot be converted to seconds; pass literals")
		return
	}
	report.Number("Authentication.Rotation.AutomaticallyAfter", r.seconds).
		When(!(r.seconds >= shortestRotation && r.seconds <= longestRotation), "seconds is not from 4 hours to 1,000 days").
		When(r.hours() != math.Trunc(r.hours()), "seconds is not a whole number of hours, as a rotation schedule needs")
	report.Number("Authentication.Rotation.Grace", r.grace).
		When(!(r.grace >= 0 && r.grace <= longestGrace) || r.grace != float64(int(r.grace)),
			"seconds is not a whole number of seconds up to 10 minutes")
}

// The functions are Python of the Lambda runtime, with nothing to install; see the tests beside them.
var (
	//go:embed rotation/rotator.py
	rotatorCode string
	//go:embed rotation/tester.py
	testerCode string
	//go:embed rotation/overdue.py
	overdueCode string
)

// newRotationSchedule rotates the generated token: a rotator outside the VPC calls the APIs, so it needs no endpoint, and a
// tester inside logs in to the cache, so it needs no API.
func newRotationSchedule(c *redisCache, s *settings) {
	r := s.auth.rotation
	if !r.on {
		return
	}
	tester := newTester(c, s)
	rotator := newRotator(c, s, tester)
	schedule := awssecretsmanager.NewCfnRotationSchedule(c, ptr.To("TokenRotation"), &awssecretsmanager.CfnRotationScheduleProps{
		SecretId:          c.authTokenSecret.SecretArn(),
		RotationLambdaArn: rotator.FunctionArn(),
		RotationRules: &awssecretsmanager.CfnRotationSchedule_RotationRulesProperty{
			ScheduleExpression: ptr.To("rate(" + numbers.Text(r.hours()) + " hours)"),
		},
		// It would rotate at deployment, and again whenever the schedule changes.
		RotateImmediatelyOnUpdate: false,
	})
	// Secrets Manager invokes the rotator when the schedule is created, so the permission and the way to the cache come first.
	schedule.Node().AddDependency(rotator, tester)
	for _, group := range c.securityGroups {
		schedule.Node().AddDependency(group)
	}
	overdue := newOverdueCheck(c, s)
	if s.monitoring.alarmsEnabled {
		c.alarms = append(c.alarms,
			newErrorsAlarm(c, s, "TokenRotationErrorsAlarm", "token-rotation-errors", rotator, 300,
				"The rotation of the AUTH token failed. Both tokens stay valid. Look at the log of the function; Secrets Manager tries again."),
			newErrorsAlarm(c, s, "TokenRotationOverdueAlarm", "token-rotation-overdue", overdue, 24*60*60,
				"The rotation of the AUTH token is more than a day overdue. Look at the log of the rotator, then run rotate-secret."))
	}
}

// rotationFunction is a function of the Lambda runtime's Python.
type rotationFunction struct {
	id, log, code string
	minutes       float64
	variables     map[string]*string
	subnets       *awsec2.SubnetSelection // nil: outside the VPC
}

// newFunction has a log group of its own, because the one that Lambda creates keeps its logs forever.
func (f rotationFunction) newFunction(c *redisCache, s *settings) awslambda.Function {
	props := &awslambda.FunctionProps{
		Runtime:     awslambda.Runtime_PYTHON_3_13(),
		Handler:     ptr.To("index.handler"),
		Code:        awslambda.Code_FromInline(&f.code),
		Timeout:     awscdk.Duration_Minutes(&f.minutes),
		Environment: &f.variables,
		Description: ptr.To("Rotation of the AUTH token of " + s.naming.title()),
		LogGroup:    newLogGroup(c, s, f.id+"Log", f.log),
	}
	if f.subnets != nil {
		props.Vpc = s.network.vpc
		props.VpcSubnets = f.subnets
		props.AllowAllOutbound = ptr.To(false)
	}
	return awslambda.NewFunction(c, &f.id, props)
}

func newTester(c *redisCache, s *settings) awslambda.Function {
	tester := rotationFunction{
		id: "TokenTester", log: "token-tester", code: testerCode, minutes: 1,
		subnets: &awsec2.SubnetSelection{Subnets: &s.auth.rotation.subnets.All},
	}.newFunction(c, s)
	c.allowFrom(tester)
	return tester
}

func newRotator(c *redisCache, s *settings, tester awslambda.Function) awslambda.Function {
	rotator := rotationFunction{
		id: "TokenRotator", log: "token-rotator", code: rotatorCode, minutes: 15,
		variables: map[string]*string{
			"REPLICATION_GROUP_ID": &c.cacheName,
			"CONNECTION_SECRET":    c.connectionSecret.SecretArn(),
			"TESTER":               tester.FunctionArn(),
			"GRACE_SECONDS":        ptr.To(numbers.Text(s.auth.rotation.grace)),
		},
	}.newFunction(c, s)
	rotator.AddPermission(ptr.To("SecretsManager"), &awslambda.Permission{
		Principal:     awsiam.NewServicePrincipal(ptr.To("secretsmanager.amazonaws.com"), nil),
		SourceAccount: s.naming.stack.Account(),
		SourceArn:     c.authTokenSecret.SecretArn(),
	})
	allow(rotator, c.authTokenSecret.SecretArn(), "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
		"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage")
	allow(rotator, ptr.To("*"), "secretsmanager:GetRandomPassword") // which has no resource
	if s.encryption.Key.Key != nil {
		allow(rotator, s.encryption.Arn, "kms:Decrypt", "kms:GenerateDataKey")
	}
	allow(rotator, c.connectionSecret.SecretArn(), "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
	allow(rotator, login.Arn(c.settings.naming.stack, "replicationgroup", c.cacheName),
		"elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup")
	allow(rotator, tester.FunctionArn(), "lambda:InvokeFunction")
	return rotator
}

func allow(fn awslambda.Function, resource *string, actions ...string) {
	fn.AddToRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: ptr.List(actions), Resources: &[]*string{resource},
	}))
}

// newOverdueCheck runs once a day. CloudWatch cannot alarm on what has not happened for longer than seven days.
func newOverdueCheck(c *redisCache, s *settings) awslambda.Function {
	overdue := rotationFunction{
		id: "TokenOverdue", log: "token-overdue", code: overdueCode, minutes: 1,
		variables: map[string]*string{
			"SECRET":           c.authTokenSecret.SecretArn(),
			"ROTATION_SECONDS": ptr.To(numbers.Text(s.auth.rotation.seconds)),
		},
	}.newFunction(c, s)
	allow(overdue, c.authTokenSecret.SecretArn(), "secretsmanager:DescribeSecret")
	daily := awsevents.NewCfnRule(c, ptr.To("TokenOverdueDaily"), &awsevents.CfnRuleProps{
		Description:        ptr.To("Checks the rotation of the AUTH token of " + s.naming.title()),
		ScheduleExpression: ptr.To("rate(1 day)"),
		Targets:            []*awsevents.CfnRule_TargetProperty{{Id: ptr.To("TokenOverdue"), Arn: overdue.FunctionArn()}},
	})
	overdue.AddPermission(ptr.To("Daily"), &awslambda.Permission{
		Principal: awsiam.NewServicePrincipal(ptr.To("events.amazonaws.com"), nil),
		SourceArn: daily.AttrArn(),
	})
	return overdue
}

package stacks

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
)

// Forms of AWS's identifiers. Resource ids have 8 or 17 hexadecimal digits (EC2, "Resource IDs").
var (
	accountPattern       = regexp.MustCompile(`^\d{12}$`)
	regionPattern        = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d+$`)
	zonePattern          = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d+(-[a-z]+-\d+)?[a-z]$`)
	vpcPattern           = regexp.MustCompile(`^vpc-([0-9a-f]{8}|[0-9a-f]{17})$`)
	subnetPattern        = regexp.MustCompile(`^subnet-([0-9a-f]{8}|[0-9a-f]{17})$`)
	securityGroupPattern = regexp.MustCompile(`^sg-([0-9a-f]{8}|[0-9a-f]{17})$`)
	topicArnPattern      = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$`)
	// Only what is plainly none is refused: net/mail, which knows more, is a tenth of the first build.
	emailPattern     = regexp.MustCompile(`^[^@<>\s]+@[^@<>\s.]+(\.[^@<>\s.]+)+$`)
	secretArnPattern = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$`)
)

// validate is nil, or a *rediscache.ValidationError at the path with everything that does not fit.
func (e Environment) validate(path string) error {
	d := &decoder{}
	d.check(e)
	if len(d.problems) == 0 {
		return nil
	}
	return invalid(path, d.problems...)
}

// check looks at what only the stack knows; the values of RedisCacheProps are judged by RedisCache.
func (d *decoder) check(e Environment) {
	if !namePattern.MatchString(e.Name) || len(e.Name) > longestName {
		d.problem("name", e.Name, "is not made of at most %d lower-case letters, digits and single hyphens", longestName)
	}
	d.form("account", e.Account, accountPattern, "an AWS account id of 12 digits")
	d.form("region", e.Region, regionPattern, "an AWS region, such as \"eu-central-1\"")
	d.partner("account", e.Account != "", "region", e.Region != "")
	d.partner("region", e.Region != "", "account", e.Account != "")

	d.checkNetwork(e)
	d.list("allowedSecurityGroupIds", e.AllowedSecurityGroupIds, securityGroupPattern, "a security group id, such as \"sg-0123456789abcdef0\"")
	d.unique("allowedSecurityGroupIds", e.AllowedSecurityGroupIds)

	d.form("alarmEmail", e.AlarmEmail, emailPattern, "an e-mail address")
	d.arn("alarmTopicArn", e.AlarmTopicArn, topicArnPattern, "the ARN of a standard SNS topic", e)
	d.arn("notificationTopicArn", e.NotificationTopicArn, topicArnPattern, "the ARN of a standard SNS topic", e)
	if e.AlarmEmail != "" && e.AlarmTopicArn != "" {
		d.problem("alarmEmail", e.AlarmEmail, "is subscribed to a topic that the stack makes, and alarmTopicArn has it make none; leave out one of them")
	}
	d.arn("authTokenSecretArn", e.AuthTokenSecretArn, secretArnPattern, "the complete ARN of a secret", e)

	d.partner("engine", e.Engine != nil, "engineVersion", e.EngineVersion != nil)
	d.partner("engineVersion", e.EngineVersion != nil, "engine", e.Engine != nil)
	d.partner("parameterGroupFamily", e.ParameterGroupFamily != nil, "engineVersion", e.EngineVersion != nil)
	if e.SlowLogThresholdMilliseconds != nil && *e.SlowLogThresholdMilliseconds < 0 {
		d.problem("slowLogThresholdMilliseconds", *e.SlowLogThresholdMilliseconds, "is negative; to switch the slow log off, set slowlog-log-slower-than to \"-1\" in parameters")
	}
	if e.RemovalPolicy != "" && !slices.Contains(removalPolicies, awscdk.RemovalPolicy(e.RemovalPolicy)) {
		d.problem("removalPolicy", e.RemovalPolicy, "is not a removal policy; use \"SNAPSHOT\", \"RETAIN\", \"RETAIN_ON_UPDATE_OR_DELETE\" or \"DESTROY\"")
	}
	if e.LogRetentionDays != nil && retentionDays[*e.LogRetentionDays] == "" {
		d.problem("logRetentionDays", *e.LogRetentionDays, "is not a retention of CloudWatch Logs; use 0 (for ever), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653")
	}
}

// checkNetwork wants all three of a given VPC, or none.
func (d *decoder) checkNetwork(e Environment) {
	hasVpc, hasZones, hasSubnets := e.VpcId != "", len(e.AvailabilityZones) > 0, len(e.SubnetIds) > 0
	d.form("vpcId", e.VpcId, vpcPattern, "a VPC id, such as \"vpc-0123456789abcdef0\"")
	d.list("availabilityZones", e.AvailabilityZones, zonePattern, "an Availability Zone, such as \"eu-central-1a\"")
	for _, zone := range e.AvailabilityZones {
		if e.Region != "" && zonePattern.MatchString(zone) && !strings.HasPrefix(zone, e.Region) {
			d.problem("availabilityZones", zone, "is not in region %q", e.Region)
		}
	}
	d.list("subnetIds", e.SubnetIds, subnetPattern, "a subnet id, such as \"subnet-0123456789abcdef0\"")
	d.unique("subnetIds", e.SubnetIds)
	d.partner("vpcId", hasVpc, "subnetIds", hasSubnets)
	d.partner("vpcId", hasVpc, "availabilityZones", hasZones)
	d.partner("subnetIds", hasSubnets, "vpcId", hasVpc)
	d.partner("availabilityZones", hasZones, "vpcId", hasVpc)
	if hasZones && hasSubnets && len(e.SubnetIds)%len(e.AvailabilityZones) != 0 {
		d.problem("subnetIds", len(e.SubnetIds), "do not fit the %d of availabilityZones; name the zone of each", len(e.AvailabilityZones))
	}
	if hasVpc && e.SecretsManagerEndpoint != nil {
		d.problem("secretsManagerEndpoint", *e.SecretsManagerEndpoint, "is for the VPC that the stack makes, and vpcId has it make none; leave it out")
	}
}

func (d *decoder) form(key, given string, pattern *regexp.Regexp, wanted string) {
	if given != "" && !pattern.MatchString(given) {
		d.problem(key, given, "is not %s", wanted)
	}
}

// list judges every element, also an empty one.
func (d *decoder) list(key string, given []string, pattern *regexp.Regexp, wanted string) {
	for _, element := range given {
		if !pattern.MatchString(element) {
			d.problem(key, element, "is not %s", wanted)
		}
	}
}

func (d *decoder) unique(key string, given []string) {
	seen := map[string]bool{}
	for _, element := range given {
		if seen[element] {
			d.problem(key, element, "is there twice; leave out one of them")
		}
		seen[element] = true
	}
}

// arn wants the region and account of the stack, where those are given.
func (d *decoder) arn(key, given string, pattern *regexp.Regexp, wanted string, e Environment) {
	d.form(key, given, pattern, wanted)
	if part := strings.Split(given, ":"); pattern.MatchString(given) && e.Region != "" && (part[3] != e.Region || part[4] != e.Account) {
		d.problem(key, given, "is not in account %q and region %q, as the stack is", e.Account, e.Region)
	}
}

func (d *decoder) partner(key string, given bool, partner string, partnerGiven bool) {
	if given && !partnerGiven {
		d.problem(key, nil, "needs %s beside it", partner)
	}
}

var removalPolicies = []awscdk.RemovalPolicy{
	awscdk.RemovalPolicy_SNAPSHOT, awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, awscdk.RemovalPolicy_DESTROY,
}

// retentionDays are CDK's names of what CloudWatch Logs takes.
var retentionDays = map[float64]awslogs.RetentionDays{
	0: awslogs.RetentionDays_INFINITE, 1: awslogs.RetentionDays_ONE_DAY, 3: awslogs.RetentionDays_THREE_DAYS, 5: awslogs.RetentionDays_FIVE_DAYS,
	7: awslogs.RetentionDays_ONE_WEEK, 14: awslogs.RetentionDays_TWO_WEEKS, 30: awslogs.RetentionDays_ONE_MONTH, 60: awslogs.RetentionDays_TWO_MONTHS,
	90: awslogs.RetentionDays_THREE_MONTHS, 120: awslogs.RetentionDays_FOUR_MONTHS, 150: awslogs.RetentionDays_FIVE_MONTHS,
	180: awslogs.RetentionDays_SIX_MONTHS, 365: awslogs.RetentionDays_ONE_YEAR, 400: awslogs.RetentionDays_THIRTEEN_MONTHS,
	545: awslogs.RetentionDays_EIGHTEEN_MONTHS, 731: awslogs.RetentionDays_TWO_YEARS, 1096: awslogs.RetentionDays_THREE_YEARS,
	1827: awslogs.RetentionDays_FIVE_YEARS, 2192: awslogs.RetentionDays_SIX_YEARS, 2557: awslogs.RetentionDays_SEVEN_YEARS,
	2922: awslogs.RetentionDays_EIGHT_YEARS, 3288: awslogs.RetentionDays_NINE_YEARS, 3653: awslogs.RetentionDays_TEN_YEARS,
}

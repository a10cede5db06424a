package stacks

import (
	"regexp"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
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
	secretArnPattern     = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$`)
	// Only what is plainly no address is refused: net/mail, which knows more, is a tenth of the first build.
	emailPattern = regexp.MustCompile(`^[^@<>\s]+@[^@<>\s.]+(\.[^@<>\s.]+)+$`)
	namePattern  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// A project starts the id of the replication group, whose first character is a letter.
	projectPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
)

const (
	standardTopic  = "the ARN of a standard SNS topic"
	completeSecret = "the complete ARN of a secret"
)

// check judges what only the stack knows; the cache judges its properties. A message names the key of cdk.json.
func (c common) check(r *check.Report) {
	c.checkNames(r)
	c.checkPlace(r)
	c.checkNetwork(r)
	c.checkTopics(r)
}

// longestId is the limit of a ReplicationGroupId and of a UserId (CreateReplicationGroup and CreateUser, API reference).
const longestId = 40

func (c common) checkNames(r *check.Report) {
	project := ptr.Or(c.Project, defaultProject)
	if !checkProject(r, project) {
		project = defaultProject
	}
	longest := max(0, longestId-len(project+"-"+c.longestNameSuffix))
	r.Text("name", c.name).
		Matches(namePattern, "must contain only lower-case letters, digits and single hyphens, and not start or end with a hyphen").
		When(len(c.name) > longest, "has %d characters; project %q leaves at most %d of the %d of %s",
			len(c.name), project, longest, longestId, c.longestNameIs)
	if c.cacheName != nil {
		r.Add("Name", *c.cacheName, "is set by the stack to %q; leave it out", c.prefix())
	}
}

// checkProject reports whether the project can be the start of the id of a stack, and leaves room for a name.
func checkProject(r *check.Report, project string) bool {
	longest := longestId - len("-x"+stackIdSuffix)
	return r.Text("project", project).
		Matches(projectPattern, "must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen").
		When(len(project) > longest, "has %d characters; use at most %d", len(project), longest).Known()
}

func (c common) checkPlace(r *check.Report) {
	checkForm(r, "account", c.Account, accountPattern, "an AWS account id of 12 digits")
	checkForm(r, "region", c.Region, regionPattern, "an AWS region, such as \"eu-central-1\"")
	needs(r, "account", c.Account != nil, "region", c.Region != nil)
	needs(r, "region", c.Region != nil, "account", c.Account != nil)
}

// knownPlace is the account and region as far as they are literals without a problem, else empty.
func (c common) knownPlace(r *check.Report) (account, region string) {
	known := func(key string, value *string) string {
		if r.Has(key) || check.IsToken(ptr.Value(value)) {
			return ""
		}
		return ptr.Value(value)
	}
	return known("account", c.Account), known("region", c.Region)
}

// checkNetwork wants all three keys of an existing VPC, or none.
func (c common) checkNetwork(r *check.Report) {
	zones, subnets := ptr.Strings(c.AvailabilityZones), ptr.Strings(c.SubnetIds)
	_, region := c.knownPlace(r)
	checkForm(r, "vpcId", c.VpcId, vpcPattern, "a VPC id, such as \"vpc-0123456789abcdef0\"")
	for i, zone := range zones {
		r.Text(check.Element("availabilityZones", i), zone).
			Matches(zonePattern, "is not an Availability Zone, such as \"eu-central-1a\"").
			When(!strings.HasPrefix(zone, region), "is not in region %q", region)
	}
	checkIds(r, "subnetIds", subnets, subnetPattern, "a subnet id, such as \"subnet-0123456789abcdef0\"")
	needs(r, "vpcId", c.VpcId != nil, "subnetIds", len(subnets) > 0)
	needs(r, "vpcId", c.VpcId != nil, "availabilityZones", len(zones) > 0)
	needs(r, "subnetIds", len(subnets) > 0, "vpcId", c.VpcId != nil)
	needs(r, "availabilityZones", len(zones) > 0, "vpcId", c.VpcId != nil)
	if len(zones) > 0 && len(subnets)%len(zones) != 0 {
		r.Add("subnetIds", nil, "has %d subnets for %d availabilityZones; name the zone of each subnet", len(subnets), len(zones))
	}
	c.checkCidr(r)
	r.Exclusive("vpcId", ptr.Value(c.VpcId), c.VpcId != nil, "Vpc", c.givenVpc != nil)
	if c.SecretsManagerEndpoint != nil && !c.ownVpc() {
		r.Add("secretsManagerEndpoint", *c.SecretsManagerEndpoint,
			"is for a VPC that the stack creates, but vpcId names an existing one; leave it out")
	}
	checkIds(r, "allowedSecurityGroupIds", ptr.Strings(c.AllowedSecurityGroupIds), securityGroupPattern,
		"a security group id, such as \"sg-0123456789abcdef0\"")
}

func (c common) checkTopics(r *check.Report) {
	checkForm(r, "alarmEmail", c.AlarmEmail, emailPattern, "an e-mail address")
	c.checkArn(r, "alarmTopicArn", c.AlarmTopicArn, topicArnPattern, standardTopic)
	c.checkArn(r, "notificationTopicArn", c.NotificationTopicArn, topicArnPattern, standardTopic)
	if c.AlarmEmail != nil && c.AlarmTopicArn != nil && (c.NotificationTopicArn != nil || c.notificationTopic != nil) {
		r.Add("alarmEmail", *c.AlarmEmail, "is for topics that the stack creates, but both topics exist already; leave it out")
	}
	r.Exclusive("notificationTopicArn", ptr.Value(c.NotificationTopicArn), c.NotificationTopicArn != nil,
		"NotificationTopic", c.notificationTopic != nil)
	r.Exclusive("customerManagedKey", true, ptr.Value(c.CustomerManagedKey), "EncryptionKey", c.encryptionKey != nil)
}

func checkForm(r *check.Report, key string, given *string, pattern *regexp.Regexp, wanted string) {
	if given != nil {
		r.Text(key, *given).Matches(pattern, "is not %s", wanted)
	}
}

func checkIds(r *check.Report, key string, ids []string, pattern *regexp.Regexp, wanted string) {
	for i, id := range ids {
		r.Text(check.Element(key, i), id).Matches(pattern, "is not %s", wanted)
	}
	r.Unique(key, ids)
}

// checkArn wants the account and region of the stack, where both are known.
func (c common) checkArn(r *check.Report, key string, given *string, pattern *regexp.Regexp, wanted string) {
	if given == nil {
		return
	}
	arn := r.Text(key, *given).Matches(pattern, "is not %s", wanted)
	account, region := c.knownPlace(r)
	if part := strings.Split(*given, ":"); arn.Known() && account != "" && region != "" {
		arn.When(part[3] != region || part[4] != account, "is not in account %q and region %q, as the stack is", account, region)
	}
}

// needs wants another key with a given one, unless that one is there and has a problem of its own.
func needs(r *check.Report, key string, given bool, partner string, partnerGiven bool) {
	if given && !partnerGiven && !r.Has(partner) {
		r.Add(key, nil, "requires %s as well; set both or neither", partner)
	}
}

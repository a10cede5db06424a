package rediscache

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/securebase/cdk-redis-cache/internal/suggest"
)

// rule judges one property. It reads the settings, reports what it finds and makes nothing; a value that is a token is
// not judged.
type rule struct {
	property string
	check    func(s *settings, r report)
}

// report takes the value and the reason for the rule's property; of for one below it, such as "[1]" or ".Cpu".
type report struct {
	property string
	found    *problems
}

func (r report) problem(shown any, format string, args ...any) {
	r.found.add(r.property, shown, format, args...)
}

func (r report) of(below string) report { return report{r.property + below, r.found} }

// validate applies every rule, in the order of the props, and finds all problems at once.
func (s *settings) validate() problems {
	var found problems
	for _, rule := range rules {
		rule.check(s, report{rule.property, &found})
	}
	return found
}

var rules = []rule{
	{"Name", checkName},
	{"Description", checkDescription},
	{"Vpc", checkVpc},
	{"VpcSubnets", checkSubnets},
	{"AllowedSecurityGroups", checkAllowedSecurityGroups},
	{"Port", checkPort},
	{"Engine", checkEngine},
	{"NodeType", checkNodeType},
	{"NumCacheNodes", checkNumCacheNodes},
	{"MultiAzEnabled", checkMultiAz},
	{"MaxmemoryPolicy", checkMaxmemoryPolicy},
	{"SlowLogThreshold", checkSlowLogThreshold},
	{"Parameters", checkParameters},
	{"AuthToken", checkAuthToken},
	{"StoreAuthToken", checkStoreAuthToken},
	{"EncryptionKey", checkEncryptionKey},
	{"SnapshotRetentionLimit", checkSnapshotRetentionLimit},
	{"SnapshotWindow", checkSnapshotWindow},
	{"MaintenanceWindow", checkMaintenanceWindow},
	{"SnapshotName", checkSnapshotName},
	{"SnapshotArns", checkSnapshotArns},
	{"RemovalPolicy", checkRemovalPolicy},
	{"NotificationTopic", checkNotificationTopic},
	{"AlarmActions", checkAlarmActions},
	{"Alarms", checkAlarms},
	{"LogRetention", checkLogRetention},
	{"Tags", checkTags},
}

// A ReplicationGroupId has 1 to 40 characters: letters, digits and hyphens, first a letter, no hyphen at the end and no
// two in a row; it is stored in lower case (CreateReplicationGroup, API reference).
const (
	longestGroupId = 40
	groupIdSuffix  = "-redis"
	longestName    = longestGroupId - len(groupIdSuffix)
)

var groupIdPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func checkName(s *settings, r report) {
	if !s.named || isToken(s.name) {
		return
	}
	switch {
	case s.namesake != "":
		r.problem(s.name, "is the name of %s in the same stack already; give each cache its own", s.namesake)
	case s.name == "":
		r.problem(s.name, "is empty; leave Name out to let CloudFormation name everything")
	case len(s.name) > longestName:
		r.problem(s.name, "has %d characters; with %q it may have %d, so use at most %d", len(s.name), groupIdSuffix, longestGroupId, longestName)
	case s.name != strings.ToLower(s.name) && groupIdPattern.MatchString(strings.ToLower(s.name)):
		r.problem(s.name, "has upper-case letters, which ElastiCache stores in lower case, so that alarms would look for a member that does not exist; use %q", strings.ToLower(s.name))
	case !groupIdPattern.MatchString(s.name):
		r.problem(s.name, "is not made of lower-case letters, digits and single hyphens, the first a letter and the last no hyphen")
	}
}

// ReplicationGroupDescription is required and has at most 255 characters.
func checkDescription(s *settings, r report) {
	if isToken(s.description) {
		return
	}
	if length := len([]rune(s.description)); length < 1 || length > 255 {
		r.problem(nil, "has %d characters; ElastiCache takes 1 to 255", length)
	}
}

func checkVpc(s *settings, r report) {
	if s.vpc == nil {
		r.problem(nil, "is required; pass the awsec2.IVpc that the cache is to live in")
	}
}

func checkSubnets(s *settings, r report) {
	if s.vpc == nil || s.subnets.pendingLookup {
		return
	}
	switch {
	case s.subnets.problem != "":
		r.problem(nil, "select no subnet: %s", s.subnets.problem)
	case len(s.subnets.all) == 0:
		r.problem(nil, "select no subnet; pass a selection that fits the VPC")
	case s.subnets.public:
		r.problem(nil, "are public; a cache belongs into isolated or private subnets")
	}
}

// checkElements refuses nil in a list.
func checkElements[T comparable](list []T, r report) {
	var zero T
	for i, element := range list {
		if element == zero {
			r.of("["+show(float64(i))+"]").problem(nil, "is nil; leave it out")
		}
	}
}

// checkAllowedSecurityGroups: EC2 refuses the same rule twice.
func checkAllowedSecurityGroups(s *settings, r report) {
	checkElements(s.allowedSecurityGroups, r)
	first := map[string]int{}
	for i, id := range s.allowedSecurityGroupIds {
		if before, twice := first[id]; twice && id != "" {
			r.of("["+show(float64(i))+"]").problem(id, "is the same group as [%d]; leave it out", before)
			continue
		}
		first[id] = i
	}
}

// checkPort: ElastiCache takes 1150 to 65535, and keeps 8005 for itself.
func checkPort(s *settings, r report) {
	if wholeIn(s.port, 1150, 65535, r) && s.port == 8005 {
		r.problem(s.port, "is kept by ElastiCache for itself; use another, such as 6379")
	}
}

// wholeIn wants a whole number in a range, and tells whether it has it; a token passes.
func wholeIn(number, least, most float64, r report) bool {
	if isNumberToken(number) {
		return true
	}
	if number != math.Trunc(number) || math.IsNaN(number) || number < least || number > most {
		r.problem(number, "is not a whole number from %s to %s", show(least), show(most))
		return false
	}
	return true
}

var versionPattern = regexp.MustCompile(`^\d+\.(\d+|x)(\.\d+)?$`)

func checkEngine(s *settings, r report) {
	e := s.engine
	if e.engine == "" || e.version == "" {
		r.problem(e.String(), "lacks an engine or a version; use EngineVersion_Of(\"valkey\", \"8.1\", nil)")
		return
	}
	if e.family == "" {
		r.problem(e.String(), "has no known parameter group family; name it in EngineVersion_Of")
		return
	}
	if isToken(e.family) {
		r.problem(nil, "has a token as its family, which is a part of a logical id; pass it as a literal")
		return
	}
	if isToken(e.engine) || isToken(e.version) {
		return
	}
	switch {
	case e.engine != "redis" && e.engine != "valkey":
		r.problem(e.engine, "is not an engine of replication groups; use \"redis\" or \"valkey\"")
	case !versionPattern.MatchString(e.version):
		r.problem(e.version, "is not a version of %s; use major.minor, such as \"7.1\"", e.engine)
	case e.before(6, 0):
		// Slow logs come from Redis 6.0 on, AUTH and TLS from 3.2.6 (log delivery and in-transit encryption, user guide).
		r.problem(e.String(), "delivers no slow log; use 6.0 or newer")
	case e.knownFamily() != "" && e.knownFamily() != e.family:
		r.problem(e.family, "is not the parameter group family of %s; use %q", e, e.knownFamily())
	case e.knownFamily() == "" && !e.familyFits():
		r.problem(e.family, "is not a parameter group family of %s: it does not have its engine and major version", e)
	}
}

// familyFits tells whether a family that our table does not have is of the version's engine and major: "valkey10".
func (e engineVersion) familyFits() bool {
	rest, ok := strings.CutPrefix(e.family, e.engine)
	return ok && strings.TrimSuffix(rest, ".x") == show(float64(e.major()))
}

func checkNodeType(s *settings, r report) {
	if isToken(s.nodeType) {
		return
	}
	family := nodeFamily(s.nodeType)
	known, exists := nodeTypes()[s.nodeType]
	if !exists {
		switch {
		case retiredNodeFamilies[family]:
			r.problem(s.nodeType, "is retired; use a current type, such as \"cache.t4g.small\" or \"cache.r7g.large\"")
		case nodeTypes()["cache."+s.nodeType].name != "":
			r.problem(s.nodeType, "is not an ElastiCache node type; did you mean %q?", "cache."+s.nodeType)
		default:
			r.problem(s.nodeType, "is not an ElastiCache node type%s", suggest.DidYouMean(s.nodeType, nodeTypes()))
		}
		return
	}
	if isToken(s.engine.engine) || isToken(s.engine.version) {
		return
	}
	if s.engine.engine == "redis" && valkeyOnlyNodeFamilies[family] {
		r.problem(s.nodeType, "runs Valkey and Memcached only; use a Valkey engine, or another type such as \"cache.r7g.large\"")
	}
	if oldest, limited := smallestRedisVersion[family]; limited && s.engine.engine == "redis" && s.engine.before(oldest[0], oldest[1]) {
		r.problem(s.nodeType, "needs Redis %d.%d or newer, not %s", oldest[0], oldest[1], s.engine.version)
	}
	// Data tiering, mandatory for r6gd, knows three policies only.
	policy := s.maxmemoryPolicy()
	if known.dataTiering && !isToken(policy) && !slices.Contains(dataTieringPolicies, policy) {
		r.problem(s.nodeType, "has data tiering, which cannot do maxmemory-policy %s; use %s, or another type", show(policy), strings.Join(dataTieringPolicies, ", "))
	}
}

var dataTieringPolicies = []string{"noeviction", "volatile-lru", "allkeys-lru"}

// maxmemoryPolicy is the one that wins.
func (s *settings) maxmemoryPolicy() string {
	return value((*s.engineParameters())[maxmemoryPolicyParameter])
}

// checkNumCacheNodes: a group with cluster mode disabled has a primary and up to five replicas.
func checkNumCacheNodes(s *settings, r report) {
	if isNumberToken(s.nodes) {
		r.problem(nil, "is a token, but every member gets alarms of its own at synth; pass it as a literal")
		return
	}
	wholeIn(s.nodes, 1, 6, r)
}

func checkMultiAz(s *settings, r report) {
	if !s.multiAz {
		return
	}
	zones := slices.Compact(slices.Sorted(slices.Values(s.subnets.availabilityZones)))
	switch {
	case s.nodes == 1:
		r.problem(true, "needs a replica, and NumCacheNodes is 1; use 2 or more nodes, or MultiAzEnabled false")
	case s.subnets.pendingLookup || s.subnets.public || len(zones) == 0 || slices.ContainsFunc(zones, isListToken):
	case len(s.subnets.all) > 0 && len(zones) < 2:
		r.problem(true, "needs subnets in two or more Availability Zones, and VpcSubnets has %s; add one, or use MultiAzEnabled false", show(strings.Join(zones, ", ")))
	}
}

func checkMaxmemoryPolicy(s *settings, r report) {
	policies := parametersByFamily()["redis7"][maxmemoryPolicyParameter]
	if !isToken(string(s.maxmemory)) && !policies.accepts(string(s.maxmemory)) {
		r.problem(string(s.maxmemory), "is not a maxmemory-policy; use %s", policies.wanted())
	}
}

func checkSlowLogThreshold(s *settings, r report) {
	switch threshold := s.slowLog; {
	case threshold.unresolved:
		r.problem(nil, "is a token, which cannot be turned into microseconds; set slowlog-log-slower-than in Parameters")
	case threshold.microseconds != math.Trunc(threshold.microseconds):
		r.problem(threshold.microseconds, "microseconds are not a whole number, as slowlog-log-slower-than needs")
	case threshold.microseconds > math.MaxInt64/2:
		r.problem(threshold.microseconds, "microseconds are too many for slowlog-log-slower-than")
	}
}

func checkParameters(s *settings, r report) {
	family, known := parametersByFamily()[s.engine.family]
	for _, name := range sortedKeys(s.parameters) {
		given, r := s.parameters[name], r.of("["+show(name)+"]")
		if given == nil {
			r.problem(nil, "is nil; leave it out for ElastiCache's default")
			continue
		}
		if owned, is := ownedParameters[name]; is {
			r.problem(*given, "is not yours to set: %s", owned)
			continue
		}
		if !known || isToken(name) {
			continue // a family that is newer than our table: see the warning
		}
		p, exists := family[name]
		switch {
		case !exists && s.engine.family == weakestFamily:
			// warned of
		case !exists:
			r.problem(*given, "is not a parameter of %s%s", s.engine.family, suggest.DidYouMean(name, family))
		case !p.modifiable:
			r.problem(*given, "cannot be changed: ElastiCache sets this parameter itself; leave it out")
		case tooNew(name, s.engine) != "":
			r.problem(*given, "needs engine version %s or newer, not %s", tooNew(name, s.engine), s.engine.version)
		case !isToken(*given) && !p.accepts(*given) && !disputedRanges[name] && s.engine.family != weakestFamily:
			r.problem(*given, "is not %s", p.wanted())
		}
	}
}

// weakestFamily is carried over from valkey8 in our table, for want of a full list of AWS's: warned of, not refused.
const weakestFamily = "valkey9"

// warnOfParameters tells what checkParameters could not be sure of.
func warnOfParameters(s *settings) string {
	family := parametersByFamily()[s.engine.family]
	var doubts []string
	for _, name := range sortedKeys(s.parameters) {
		given := s.parameters[name]
		if p, exists := family[name]; !isToken(name) && family != nil &&
			(!exists || !isToken(*given) && !p.accepts(*given)) {
			doubts = append(doubts, name+" "+show(*given))
		}
	}
	if len(doubts) == 0 {
		return ""
	}
	return "Parameters: not sure that " + s.engine.family + " takes " + strings.Join(doubts, ", ") + "; see that a deployment to a test account goes through"
}

// tooNew is the version that a parameter needs, where the engine is older; else empty.
func tooNew(name string, e engineVersion) string {
	for prefix, first := range firstEngineVersion {
		if strings.HasPrefix(name, prefix) && !isToken(e.version) && e.before(first[0], first[1]) {
			return show(float64(first[0])) + "." + show(float64(first[1]))
		}
	}
	return ""
}

func checkAuthToken(s *settings, r report) {
	switch {
	case !s.authToken.given:
	case !s.authEnabled:
		r.problem(nil, "is given, but AuthTokenEnabled is false; leave out one of them")
	case s.authToken.plainText:
		// The value is not shown: this text ends in build logs.
		r.problem(nil, "is plain text, which could be read in the template; use awscdk.SecretValue_SecretsManager(secretId, options)")
	case s.authToken.ssmSecure && s.storesAuthToken():
		r.problem(nil, "is an SSM secure string, which CloudFormation cannot put into the connection secret; keep the token in Secrets Manager, or set StoreAuthToken false")
	}
}

func checkStoreAuthToken(s *settings, r report) {
	switch {
	case s.storeAuthToken == nil:
	case !s.authEnabled && *s.storeAuthToken:
		r.problem(true, "needs a token, and AuthTokenEnabled is false; leave it out")
	case s.authEnabled && !*s.storeAuthToken && !s.authToken.given:
		r.problem(false, "would leave nobody with the generated token; pass an AuthToken of your own, or leave it out")
	}
}

// checkNotificationTopic: what ElastiCache cannot publish to, it gives up on without a word.
func checkNotificationTopic(s *settings, r report) {
	switch {
	case s.topic.fifo:
		r.problem(nil, "is a FIFO topic, which ElastiCache cannot publish to; use a standard one")
	case s.topic.encrypted:
		r.problem(nil, "is encrypted, and ElastiCache cannot publish to it; use a topic of its own without a key")
	}
}

// checkAlarmActions: an alarm takes five actions for each state (PutMetricAlarm, API reference).
func checkAlarmActions(s *settings, r report) {
	checkElements(s.alarmActions, r)
	if len(s.alarmActions) > 5 {
		r.problem(float64(len(s.alarmActions)), "actions are too many; an alarm takes 5")
	}
	for i, action := range s.alarmActions {
		if isAction(action, "Ec2Action") {
			r.of("["+show(float64(i))+"]").problem(nil, "is an EC2 action, which needs an alarm on an instance; use an SNS or Lambda action")
		}
	}
}

// checkEncryptionKey: ElastiCache, Secrets Manager and CloudWatch Logs take symmetric encryption keys only.
func checkEncryptionKey(s *settings, r report) {
	if s.key.alias {
		r.problem(nil, "is an alias, which no grant can name; pass the key itself, such as awskms.Key_FromKeyArn(scope, id, arn)")
	}
	if spec := s.key.spec; spec != "" && spec != symmetricKeySpec && !isToken(spec) {
		r.problem(spec, "is the spec of a key that does not encrypt data at rest; use a key with KeySpec_SYMMETRIC_DEFAULT")
	}
}

const symmetricKeySpec = "SYMMETRIC_DEFAULT"

func checkSnapshotRetentionLimit(s *settings, r report) { wholeIn(s.snapshotRetention, 0, 35, r) }

func checkSnapshotWindow(s *settings, r report) {
	if isToken(s.snapshotWindow) {
		return
	}
	daily, ok := parseDaily(s.snapshotWindow)
	switch {
	case !ok:
		r.problem(s.snapshotWindow, "is not a daily window in UTC; use hh24:mi-hh24:mi, such as \"03:00-05:00\"")
		return
	case daily.length < shortestWindow:
		r.problem(s.snapshotWindow, "has %d minutes; ElastiCache wants at least %d", daily.length, shortestWindow)
		return
	}
	if weekly, ok := parseWeekly(s.maintenanceWindow); ok && !isToken(s.maintenanceWindow) && daily.overlaps(weekly) {
		r.problem(s.snapshotWindow, "overlaps MaintenanceWindow %q; ElastiCache refuses that even with backups off", s.maintenanceWindow)
	}
}

func checkMaintenanceWindow(s *settings, r report) {
	if isToken(s.maintenanceWindow) {
		return
	}
	weekly, ok := parseWeekly(s.maintenanceWindow)
	switch {
	case !ok:
		r.problem(s.maintenanceWindow, "is not a weekly window in UTC; use ddd:hh24:mi-ddd:hh24:mi in lower case, such as \"sun:05:00-sun:07:00\"")
	case weekly.length < shortestWindow:
		r.problem(s.maintenanceWindow, "has %d minutes; ElastiCache wants at least %d", weekly.length, shortestWindow)
	}
}

func checkSnapshotName(s *settings, r report) {
	switch {
	case s.snapshotName == nil:
	case *s.snapshotName == "":
		r.problem("", "is empty; leave it out to start empty")
	case s.snapshotArns != nil && len(*s.snapshotArns) > 0:
		r.problem(*s.snapshotName, "and SnapshotArns exclude each other; leave out one of them")
	}
}

// S3 object ARNs, which for ElastiCache have no comma (CreateReplicationGroup, API reference).
var snapshotArnPattern = regexp.MustCompile(`^arn:[a-z-]+:s3:::[^/,]+/[^,]+$`)

func checkSnapshotArns(s *settings, r report) {
	for i, arn := range elements(s.snapshotArns) {
		r := r.of("[" + show(float64(i)) + "]")
		switch {
		case arn == nil:
			r.problem(nil, "is nil; leave it out")
		case !isToken(*arn) && !snapshotArnPattern.MatchString(*arn):
			r.problem(*arn, "is not the ARN of an object in S3 without commas; use \"arn:aws:s3:::bucket/key.rdb\"")
		}
	}
}

var removalPolicies = []awscdk.RemovalPolicy{
	awscdk.RemovalPolicy_SNAPSHOT, awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_DESTROY, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
}

func checkRemovalPolicy(s *settings, r report) {
	if !slices.Contains(removalPolicies, s.removalPolicy) {
		r.problem(string(s.removalPolicy), "is not a removal policy; use one of awscdk.RemovalPolicy_*")
	}
}

func checkAlarms(s *settings, r report) {
	if !s.alarms.enabled {
		return
	}
	percent := 100.0
	checkAlarm(s.alarms.cpu, percent, 60, r.of(".Cpu"))
	checkAlarm(s.alarms.engineCpu, percent, 60, r.of(".EngineCpu"))
	checkAlarm(s.alarms.memory, percent, 60, r.of(".Memory"))
	checkAlarm(s.alarms.evictions, math.MaxFloat64, 300, r.of(".Evictions"))
	checkAlarm(s.alarms.hitRate, percent, 300, r.of(".CacheHitRate"))
	checkAlarm(s.alarms.replicationLag, math.MaxFloat64, 60, r.of(".ReplicationLag"))
	if lag := s.alarms.replicationLag; lag.given && lag.enabled && s.nodes == 1 {
		r.of(".ReplicationLag").problem(nil, "has nothing to watch: NumCacheNodes is 1, so there is no replica; leave it out")
	}
}

// checkAlarm: CloudWatch evaluates an alarm over at most a day (PutMetricAlarm, API reference).
func checkAlarm(a alarmSetting, most, period float64, r report) {
	if !a.enabled {
		return
	}
	if t := a.threshold; !isNumberToken(t) && (math.IsNaN(t) || math.IsInf(t, 0) || t < 0 || t > most) {
		if most == 100 {
			r.of(".Threshold").problem(t, "is not a percentage from 0 to 100")
		} else {
			r.of(".Threshold").problem(t, "is not a number from 0 up")
		}
	}
	wholeIn(a.evaluationPeriods, 1, 24*60*60/period, r.of(".EvaluationPeriods"))
}

// logRetentions are what CloudWatch Logs takes (PutRetentionPolicy, API reference), by CDK's names.
var logRetentions = []awslogs.RetentionDays{
	awslogs.RetentionDays_ONE_DAY, awslogs.RetentionDays_THREE_DAYS, awslogs.RetentionDays_FIVE_DAYS, awslogs.RetentionDays_ONE_WEEK,
	awslogs.RetentionDays_TWO_WEEKS, awslogs.RetentionDays_ONE_MONTH, awslogs.RetentionDays_TWO_MONTHS, awslogs.RetentionDays_THREE_MONTHS,
	awslogs.RetentionDays_FOUR_MONTHS, awslogs.RetentionDays_FIVE_MONTHS, awslogs.RetentionDays_SIX_MONTHS, awslogs.RetentionDays_ONE_YEAR,
	awslogs.RetentionDays_THIRTEEN_MONTHS, awslogs.RetentionDays_EIGHTEEN_MONTHS, awslogs.RetentionDays_TWO_YEARS, awslogs.RetentionDays_THREE_YEARS,
	awslogs.RetentionDays_FIVE_YEARS, awslogs.RetentionDays_SIX_YEARS, awslogs.RetentionDays_SEVEN_YEARS, awslogs.RetentionDays_EIGHT_YEARS,
	awslogs.RetentionDays_NINE_YEARS, awslogs.RetentionDays_TEN_YEARS, awslogs.RetentionDays_INFINITE,
}

func checkLogRetention(s *settings, r report) {
	if !slices.Contains(logRetentions, s.logRetention) {
		r.problem(string(s.logRetention), "is not a retention of CloudWatch Logs; use one of awslogs.RetentionDays_*")
	}
}

// A resource takes 50 tags, with keys of 1 to 128 and values of up to 256 characters; "aws:" is AWS's own prefix
// (tagging, ElastiCache user guide).
var tagPattern = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

func checkTags(s *settings, r report) {
	if len(s.tags) > 50 {
		r.problem(float64(len(s.tags)), "tags are too many; a resource takes 50")
	}
	for _, key := range sortedKeys(s.tags) {
		tagValue, r := s.tags[key], r.of("["+show(key)+"]")
		switch length := len([]rune(key)); {
		case isToken(key):
		case length < 1 || length > 128:
			r.problem(nil, "has a key of %d characters; use 1 to 128", length)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			r.problem(nil, "has a key that begins with \"aws:\", which AWS keeps for itself; use another")
		case !tagPattern.MatchString(key):
			r.problem(nil, "has a key with other characters than letters, digits, spaces and _ . : / = + - @")
		}
		switch {
		case tagValue == nil:
			r.problem(nil, "has no value; use \"\" for an empty one")
		case isToken(*tagValue):
		case len([]rune(*tagValue)) > 256:
			r.problem(nil, "has a value of %d characters; use at most 256", len([]rune(*tagValue)))
		case !tagPattern.MatchString(*tagValue):
			r.problem(*tagValue, "has other characters than letters, digits, spaces and _ . : / = + - @")
		}
	}
}

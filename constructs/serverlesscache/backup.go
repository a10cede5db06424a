package serverlesscache

import (
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/names"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// backup is SnapshotRetentionLimit, DailySnapshotTime, SnapshotArnsToRestore, FinalSnapshotName and RemovalPolicy.
type backup struct {
	retention         float64
	dailyTime         string
	dailyTimeGiven    bool
	arnsToRestore     *[]*string
	finalSnapshotName *string
	removalPolicy     awscdk.RemovalPolicy
}

func newBackup(props *ServerlessCacheProps) backup {
	b := backup{
		retention:         ptr.Or(props.SnapshotRetentionLimit, 7),
		dailyTime:         ptr.Or(props.DailySnapshotTime, "03:00"),
		dailyTimeGiven:    props.DailySnapshotTime != nil,
		finalSnapshotName: ptr.Copy(props.FinalSnapshotName),
	}
	otherwise := awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	if b.finalSnapshotName != nil {
		otherwise = awscdk.RemovalPolicy_DESTROY
	}
	b.removalPolicy = ptr.OrDefault(props.RemovalPolicy, otherwise)
	if props.SnapshotArnsToRestore != nil {
		b.arnsToRestore = ptr.To(slices.Clone(*props.SnapshotArnsToRestore))
	}
	return b
}

var (
	timePattern = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)
	// snapshotArnPattern is a snapshot of a serverless cache, a snapshot of a replication group, or an RDB file in S3
	// ("Restoring from a backup into a new cache" and "Seeding", user guide).
	snapshotArnPattern = regexp.MustCompile(`^arn:[a-z-]+:` +
		`(elasticache:[a-z0-9-]+:\d{12}:(serverlesscachesnapshot|snapshot):[A-Za-z0-9.:-]+|s3:::[^/,]+/[^,]+)$`)
)

// longestSnapshotName is the length of a snapshot's name (CreateServerlessCacheSnapshot, API reference).
const longestSnapshotName = 255

// removalPolicies do without SNAPSHOT, which CloudFormation does not have for this resource.
var removalPolicies = []string{
	string(awscdk.RemovalPolicy_RETAIN), string(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE), string(awscdk.RemovalPolicy_DESTROY),
}

func (b backup) check(r *check.Report) {
	r.Number("SnapshotRetentionLimit", b.retention).Whole(0, 35)
	r.Text("DailySnapshotTime", b.dailyTime).
		Matches(timePattern, "is not a time in UTC; use hh:mm, such as \"03:00\"").
		When(b.dailyTimeGiven && b.retention == 0, "has no effect with SnapshotRetentionLimit 0; leave out one of them")
	for i, arn := range ptr.Value(b.arnsToRestore) {
		property := check.Element("SnapshotArnsToRestore", i)
		if arn == nil {
			r.Add(property, nil, "is nil; leave it out")
			continue
		}
		r.Text(property, *arn).Matches(snapshotArnPattern,
			"is not the ARN of a snapshot; use \"arn:aws:elasticache:<region>:<account>:serverlesscachesnapshot:<name>\" or "+
				"\"arn:aws:s3:::bucket/key.rdb\"")
	}
	if b.finalSnapshotName != nil {
		name := *b.finalSnapshotName
		r.Text("FinalSnapshotName", name).
			NotEmpty("leave it out for no final snapshot").
			When(len(name) > longestSnapshotName, "has %d characters; use at most %d", len(name), longestSnapshotName).
			Matches(names.Pattern, "must contain only lower-case letters, digits and single hyphens, start with a letter and not end with a hyphen")
	}
	r.Text("RemovalPolicy", string(b.removalPolicy)).
		When(b.removalPolicy == awscdk.RemovalPolicy_SNAPSHOT,
			"is not supported by CloudFormation for a serverless cache; use DESTROY with FinalSnapshotName").
		OneOf("a removal policy", removalPolicies...)
}

func (b backup) warn(w *warnings) {
	w.when(b.finalSnapshotName != nil && b.removalPolicy != awscdk.RemovalPolicy_DESTROY, "finalSnapshotName",
		"FinalSnapshotName: has no effect with RemovalPolicy %s, which never deletes the cache; use DESTROY, or leave it out",
		check.Quote(string(b.removalPolicy)))
}

// apply leaves snapshots out where there are none: CreateServerlessCache wants a limit of 1 or more.
func (b backup) apply(p *awselasticache.CfnServerlessCacheProps) {
	if b.retention != 0 {
		p.SnapshotRetentionLimit = &b.retention
		p.DailySnapshotTime = &b.dailyTime
	}
	p.SnapshotArnsToRestore = b.arnsToRestore
	p.FinalSnapshotName = b.finalSnapshotName
}

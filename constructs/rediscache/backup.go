package rediscache

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
	"github.com/securebase/cdk-redis-cache/internal/window"
)

// backup is SnapshotRetentionLimit, SnapshotWindow, MaintenanceWindow, SnapshotName, SnapshotArns and RemovalPolicy.
type backup struct {
	retention         float64
	snapshotWindow    string
	maintenanceWindow string
	snapshotName      *string
	snapshotArns      *[]*string
	removalPolicy     awscdk.RemovalPolicy
}

func newBackup(props *RedisCacheProps) backup {
	b := backup{
		retention:         ptr.Or(props.SnapshotRetentionLimit, 7),
		snapshotWindow:    ptr.Or(props.SnapshotWindow, "03:00-05:00"),
		maintenanceWindow: ptr.Or(props.MaintenanceWindow, "sun:05:00-sun:07:00"),
		snapshotName:      ptr.Copy(props.SnapshotName),
		removalPolicy:     ptr.OrDefault(props.RemovalPolicy, awscdk.RemovalPolicy_SNAPSHOT),
	}
	if props.SnapshotArns != nil {
		b.snapshotArns = ptr.To(slices.Clone(*props.SnapshotArns))
	}
	return b
}

// supportingRemovalPolicy is for logs and secrets, which have no snapshots: they stay where the group stays.
func (b backup) supportingRemovalPolicy() awscdk.RemovalPolicy {
	switch b.removalPolicy {
	case awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE:
		return b.removalPolicy
	}
	return awscdk.RemovalPolicy_DESTROY
}

// Names of snapshots: letters, digits and single hyphens, starting with a letter (CreateSnapshot, API reference); those of
// automatic snapshots, automatic.<node>-<date>, have a dot.
var snapshotNamePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*$`)

const longestSnapshotName = 255

// snapshotArnPattern is an object in S3, without a comma in its key (CreateReplicationGroup, API reference).
var snapshotArnPattern = regexp.MustCompile(`^arn:[a-z-]+:s3:::[^/,]+/[^,]+$`)

// removalPolicies are the values of awscdk.RemovalPolicy_*, which are the words of cdk.json too.
var removalPolicies = []string{
	string(awscdk.RemovalPolicy_SNAPSHOT), string(awscdk.RemovalPolicy_RETAIN),
	string(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE), string(awscdk.RemovalPolicy_DESTROY),
}

func (b backup) check(r *check.Report, t topology) {
	r.Number("SnapshotRetentionLimit", b.retention).Whole(0, 35)
	b.checkWindows(r)
	if b.snapshotName != nil {
		r.Text("SnapshotName", *b.snapshotName).
			NotEmpty("leave it out to start empty").
			When(strings.HasPrefix(*b.snapshotName, "arn:"),
				"is an ARN; use the name of an ElastiCache snapshot, or SnapshotArns for RDB files in S3").
			When(len(*b.snapshotName) > longestSnapshotName || !snapshotNamePattern.MatchString(*b.snapshotName),
				"is not the name of a snapshot: at most %d letters, digits, hyphens and dots, starting with a letter", longestSnapshotName).
			When(len(ptr.Value(b.snapshotArns)) > 0, "and SnapshotArns exclude each other; leave out one of them")
	}
	if t.clusterMode.on && len(ptr.Value(b.snapshotArns)) > 0 {
		// CreateReplicationGroup then wants the slots of every node group, in the NodeGroupConfiguration that is never set: see
		// clusterMode.apply.
		r.Add("SnapshotArns", nil, "cannot be restored in cluster mode, because ElastiCache does not know the slots of the files; restore them "+
			"to a cache without ClusterMode, take a snapshot of it, and use SnapshotName")
	}
	for i, arn := range ptr.Value(b.snapshotArns) {
		property := check.Element("SnapshotArns", i)
		if arn == nil {
			r.Add(property, nil, "is nil; leave it out")
			continue
		}
		r.Text(property, *arn).Matches(snapshotArnPattern,
			"is not the ARN of an object in S3 without commas; use \"arn:aws:s3:::bucket/key.rdb\"")
	}
	r.Text("RemovalPolicy", string(b.removalPolicy)).OneOf("a removal policy", removalPolicies...)
}

func (b backup) checkWindows(r *check.Report) {
	daily, isDaily := window.ParseDaily(b.snapshotWindow)
	weekly, isWeekly := window.ParseWeekly(b.maintenanceWindow)
	r.Text("SnapshotWindow", b.snapshotWindow).
		When(!isDaily, "is not a daily window in UTC; use hh24:mi-hh24:mi, such as \"03:00-05:00\"").
		When(daily.Minutes() < window.Minimum, "has %d minutes; use at least %d", daily.Minutes(), window.Minimum).
		When(isWeekly && daily.Overlaps(weekly),
			"overlaps MaintenanceWindow %q; ElastiCache refuses that even with snapshots off", b.maintenanceWindow)
	r.Text("MaintenanceWindow", b.maintenanceWindow).
		When(!isWeekly, "is not a weekly window in UTC; use ddd:hh24:mi-ddd:hh24:mi in lower case, such as \"sun:05:00-sun:07:00\"").
		When(weekly.Minutes() < window.Minimum, "has %d minutes; use at least %d", weekly.Minutes(), window.Minimum)
}

func (b backup) warn(w warning.Target) {
	w.WarnIf(b.retention == 0, "noSnapshots",
		"SnapshotRetentionLimit: 0 keeps no automatic snapshot, and turning snapshots on later may fail; keep at least 1 day")
}

func (b backup) apply(g *awselasticache.CfnReplicationGroupProps) {
	g.SnapshotRetentionLimit = &b.retention
	g.SnapshotWindow = &b.snapshotWindow
	g.PreferredMaintenanceWindow = &b.maintenanceWindow
	g.SnapshotName = b.snapshotName
	g.SnapshotArns = b.snapshotArns
}

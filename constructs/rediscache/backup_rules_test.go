package rediscache

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

func TestSnapshotRules(t *testing.T) {
	retention := func(p *RedisCacheProps) **float64 { return &p.SnapshotRetentionLimit }
	name := func(p *RedisCacheProps) **string { return &p.SnapshotName }
	arn := func(name, arn string, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.SnapshotArns = &[]*string{&arn} }, want...)
	}
	whole := " is not a whole number from 0 to 35"
	notObject := ` is not the ARN of an object in S3 without commas; use "arn:aws:s3:::bucket/key.rdb"`
	runRules(t, []ruleCase{
		property("no snapshots are accepted", retention, 0),
		property("35 days are the most", retention, 35),
		property("36 days are too many", retention, 36, "SnapshotRetentionLimit: 36"+whole),
		property("a negative number is refused", retention, -1, "SnapshotRetentionLimit: -1"+whole),
		property("half a day is refused", retention, 0.5, "SnapshotRetentionLimit: 0.5"+whole),
		property("a token as retention is not judged", retention, numberToken),
		property("a snapshot name is accepted", name, "nightly"),
		property("an empty snapshot name is refused", name, "", `SnapshotName: "" is empty; leave it out to start empty`),
		arn("the ARN of an RDB file is accepted", "arn:aws:s3:::backups/redis/2026.rdb"),
		arn("an ARN of another partition is accepted", "arn:aws-cn:s3:::backups/redis.rdb"),
		arn("a bucket is not a file", "arn:aws:s3:::backups", `SnapshotArns[0]: "arn:aws:s3:::backups"`+notObject),
		arn("a URL is not an ARN", "s3://backups/redis.rdb", `SnapshotArns[0]: "s3://backups/redis.rdb"`+notObject),
		arn("a comma is refused", "arn:aws:s3:::backups/a,b.rdb", `SnapshotArns[0]: "arn:aws:s3:::backups/a,b.rdb"`+notObject),
		arn("a token as ARN is not judged", stringToken),
		with("a nil ARN is refused", func(p *RedisCacheProps) { p.SnapshotArns = &[]*string{nil} }, "SnapshotArns[0]: is nil; leave it out"),
		with("a name and ARNs exclude each other", func(p *RedisCacheProps) {
			p.SnapshotName, p.SnapshotArns = ptr.To("nightly"), &[]*string{ptr.To("arn:aws:s3:::b/k.rdb")}
		}, `SnapshotName: "nightly" and SnapshotArns exclude each other; leave out one of them`),
		with("ARNs cannot be restored in cluster mode", func(p *RedisCacheProps) {
			p.ClusterMode, p.SnapshotArns = &ClusterModeOptions{}, &[]*string{ptr.To("arn:aws:s3:::b/k.rdb")}
		}, "SnapshotArns: cannot be restored in cluster mode, because ElastiCache does not know the slots of the files; restore them to a cache "+
			"without ClusterMode, take a snapshot of it, and use SnapshotName"),
		with("a snapshot by name is restored in cluster mode", func(p *RedisCacheProps) {
			p.ClusterMode, p.SnapshotName = &ClusterModeOptions{}, ptr.To("nightly")
		}),
	})
}

// The grammar of windows, and when two of them overlap, is tested in internal/window.
func TestWindowRules(t *testing.T) {
	windows := func(name, snapshot, maintenance string, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.SnapshotWindow, p.MaintenanceWindow = &snapshot, &maintenance }, want...)
	}
	daily := ` is not a daily window in UTC; use hh24:mi-hh24:mi, such as "03:00-05:00"`
	weekly := ` is not a weekly window in UTC; use ddd:hh24:mi-ddd:hh24:mi in lower case, such as "sun:05:00-sun:07:00"`
	overlap := func(snapshot, maintenance string) string {
		return fmt.Sprintf("SnapshotWindow: %q overlaps MaintenanceWindow %q; ElastiCache refuses that even with snapshots off",
			snapshot, maintenance)
	}
	runRules(t, []ruleCase{
		windows("windows that touch are accepted", "03:00-05:00", "sun:05:00-sun:07:00"),
		windows("a minute of overlap is refused", "03:00-05:01", "sun:05:00-sun:07:00", overlap("03:00-05:01", "sun:05:00-sun:07:00")),
		windows("an overlap after midnight is refused", "23:30-00:30", "mon:00:00-mon:02:00", overlap("23:30-00:30", "mon:00:00-mon:02:00")),
		windows("60 minutes are enough", "03:00-04:00", "sun:05:00-sun:06:00"),
		windows("59 minutes for snapshots are too few", "03:00-03:59", "sun:05:00-sun:06:00",
			`SnapshotWindow: "03:00-03:59" has 59 minutes; use at least 60`),
		windows("59 minutes for maintenance are too few", "03:00-04:00", "sun:05:00-sun:05:59",
			`MaintenanceWindow: "sun:05:00-sun:05:59" has 59 minutes; use at least 60`),
		windows("a window of no time is refused", "03:00-03:00", "sun:05:00-sun:06:00",
			`SnapshotWindow: "03:00-03:00" has 0 minutes; use at least 60`),
		windows("a daily window has no day", "sun:03:00-sun:05:00", "sun:05:00-sun:06:00", `SnapshotWindow: "sun:03:00-sun:05:00"`+daily),
		windows("a weekly window has a day", "03:00-05:00", "05:00-06:00", `MaintenanceWindow: "05:00-06:00"`+weekly),
		windows("both may be wrong at once", "x", "y", `SnapshotWindow: "x"`+daily, `MaintenanceWindow: "y"`+weekly),
		windows("a token as snapshot window is not judged", stringToken, "sun:05:00-sun:06:00"),
		windows("a token as maintenance window is not judged", "03:00-05:00", stringToken),
	})
}

func TestRemovalPolicyRules(t *testing.T) {
	policy := func(name string, policy awscdk.RemovalPolicy, want ...string) ruleCase {
		return with(name, func(p *RedisCacheProps) { p.RemovalPolicy = policy }, want...)
	}
	runRules(t, []ruleCase{
		policy("a policy of CDK is accepted", awscdk.RemovalPolicy_RETAIN),
		policy("another one is refused", "KEEP",
			`RemovalPolicy: "KEEP" is not a removal policy; use "SNAPSHOT", "RETAIN", "RETAIN_ON_UPDATE_OR_DELETE" or "DESTROY"`),
	})
}

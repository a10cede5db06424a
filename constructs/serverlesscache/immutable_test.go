package serverlesscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestWhatImmutableConstructsSwallowIsAWarning(t *testing.T) {
	f := newFixture()
	group := func(id string) awsec2.ISecurityGroup {
		groupID := "sg-" + id
		return awsec2.SecurityGroup_FromSecurityGroupId(f.stack, &id, &groupID, &awsec2.SecurityGroupImportOptions{Mutable: jsii.Bool(false)})
	}
	role := awsiam.Role_FromRoleArn(f.stack, jsii.String("Theirs"), jsii.String("arn:aws:iam::111122223333:role/theirs"),
		&awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)})
	cache := f.cache(func(p *props) {
		p.SecurityGroups, p.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{group("11111111")}, &[]awsec2.ISecurityGroup{group("22222222")}
	})
	cache.ConnectClient(group("33333333"), role)

	warnings := assertions.Annotations_FromStack(f.stack)
	owed := "sg-11111111 is imported with Mutable false, so CDK adds no rule to it; its owner has to add ingress of TCP 6379-6380 from "
	for _, want := range []string{
		owed + "sg-22222222 [ack: " + rediscache.WarningPrefix + "immutableSecurityGroup]",
		owed + "sg-33333333 [ack: " + rediscache.WarningPrefix + "immutableSecurityGroup]",
		"Test/Theirs is an immutable role, so CDK adds no policy to it; its owner has to allow it elasticache:Connect [ack: " +
			rediscache.WarningPrefix + "immutableRole]",
	} {
		assert.NotPanics(t, func() { warnings.HasWarning(jsii.String("/Test/Cache"), want) }, want)
	}
}

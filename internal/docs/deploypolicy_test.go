package docs_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"
)

// handlerActions are what CloudFormation's handlers call to create, read, update and delete a resource of each type: the
// permissions of the registry schemas (us-east-1, 2026-08), without those for properties that the stacks never set,
// such as replicas of a secret in another region, Firehose, or a permissions boundary.
var handlerActions = map[string]string{
	"AWS::CloudWatch::Alarm":     "cloudwatch: DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
	"AWS::CloudWatch::Dashboard": "cloudwatch: DeleteDashboards GetDashboard ListTagsForResource PutDashboard TagResource UntagResource",
	"AWS::EC2::FlowLog": "ec2: CreateFlowLogs CreateTags DeleteFlowLogs DeleteTags DescribeFlowLogs DescribeTags; iam: PassRole; " +
		"logs: CreateLogDelivery DeleteLogDelivery",
	"AWS::EC2::RouteTable": "ec2: CreateRouteTable CreateTags DeleteRouteTable DeleteTags DescribeRouteTables",
	"AWS::EC2::SecurityGroup": "ec2: AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup CreateTags DeleteSecurityGroup " +
		"DeleteTags DescribeInstances DescribeSecurityGroups RevokeSecurityGroupEgress RevokeSecurityGroupIngress " +
		"UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress",
	"AWS::EC2::SecurityGroupIngress": "ec2: AuthorizeSecurityGroupIngress DescribeSecurityGroupRules DescribeSecurityGroups RevokeSecurityGroupIngress " +
		"UpdateSecurityGroupRuleDescriptionsIngress",
	"AWS::EC2::SecurityGroupEgress": "ec2: AuthorizeSecurityGroupEgress DescribeSecurityGroupRules RevokeSecurityGroupEgress " +
		"UpdateSecurityGroupRuleDescriptionsEgress",
	"AWS::EC2::Subnet":                      "ec2: CreateSubnet CreateTags DeleteSubnet DeleteTags DescribeNetworkAcls DescribeSubnets ModifySubnetAttribute",
	"AWS::EC2::SubnetRouteTableAssociation": "ec2: AssociateRouteTable DescribeRouteTables DescribeSubnets DisassociateRouteTable",
	"AWS::EC2::VPC": "ec2: CreateTags CreateVpc DeleteTags DeleteVpc DescribeNetworkAcls DescribeSecurityGroups DescribeVpcAttribute " +
		"DescribeVpcEncryptionControls DescribeVpcs ModifyVpcAttribute",
	"AWS::EC2::VPCEndpoint": "ec2: CreateTags CreateVpcEndpoint DeleteTags DeleteVpcEndpoints DescribeSecurityGroups DescribeSubnets " +
		"DescribeVpcEndpoints DescribeVpcs ModifyVpcEndpoint",
	"AWS::ElastiCache::ParameterGroup": "elasticache: AddTagsToResource CreateCacheParameterGroup DeleteCacheParameterGroup DescribeCacheParameterGroups " +
		"DescribeCacheParameters DescribeEngineDefaultParameters ListTagsForResource ModifyCacheParameterGroup RemoveTagsFromResource; " +
		"iam: CreateServiceLinkedRole",
	"AWS::ElastiCache::ReplicationGroup": "elasticache: AddTagsToResource CreateCacheCluster CreateReplicationGroup CreateSnapshot DecreaseReplicaCount " +
		"DeleteCacheCluster DeleteReplicationGroup DescribeCacheClusters DescribeReplicationGroups IncreaseReplicaCount ListTagsForResource " +
		"ModifyReplicationGroup ModifyReplicationGroupShardConfiguration RemoveTagsFromResource; iam: CreateServiceLinkedRole; " +
		"kms: CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey; " +
		"logs: CreateLogDelivery DeleteLogDelivery GetLogDelivery ListLogDeliveries UpdateLogDelivery",
	"AWS::ElastiCache::SubnetGroup": "elasticache: AddTagsToResource CreateCacheSubnetGroup DeleteCacheSubnetGroup DescribeCacheSubnetGroups " +
		"ListTagsForResource ModifyCacheSubnetGroup RemoveTagsFromResource",
	"AWS::ElastiCache::User": "elasticache: AddTagsToResource CreateUser DeleteUser DescribeUsers ListTagsForResource ModifyUser RemoveTagsFromResource",
	"AWS::ElastiCache::UserGroup": "elasticache: AddTagsToResource CreateUserGroup DeleteUserGroup DescribeUserGroups ListTagsForResource " +
		"ModifyReplicationGroup ModifyUserGroup RemoveTagsFromResource",
	"AWS::IAM::ManagedPolicy": "iam: AttachRolePolicy CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion DetachRolePolicy GetPolicy " +
		"GetPolicyVersion ListEntitiesForPolicy ListPolicyVersions",
	"AWS::IAM::Policy": "iam: DeleteRolePolicy GetRolePolicy PutRolePolicy",
	"AWS::IAM::Role": "iam: AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies " +
		"ListRolePolicies PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
	"AWS::KMS::Alias": "kms: CreateAlias DeleteAlias ListAliases UpdateAlias",
	"AWS::KMS::Key": "kms: CreateKey DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation GetKeyPolicy GetKeyRotationStatus " +
		"ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
	"AWS::Lambda::Function": "ec2: DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs; iam: PassRole; " +
		"lambda: CreateFunction DeleteFunction GetFunction GetFunctionCodeSigningConfig GetFunctionRecursionConfig GetRuntimeManagementConfig " +
		"TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration; s3: GetObject",
	"AWS::Lambda::Permission": "lambda: AddPermission GetPolicy RemovePermission",
	"AWS::Logs::LogGroup": "logs: AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeIndexPolicies DescribeLogGroups " +
		"DescribeResourcePolicies DisassociateKmsKey GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy TagResource UntagResource",
	"AWS::SNS::Subscription": "sns: GetSubscriptionAttributes SetSubscriptionAttributes Subscribe Unsubscribe",
	"AWS::SNS::Topic": "sns: CreateTopic DeleteTopic GetDataProtectionPolicy GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource " +
		"SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource",
	"AWS::SNS::TopicPolicy":                 "sns: SetTopicAttributes",
	"AWS::SecretsManager::RotationSchedule": "lambda: InvokeFunction; secretsmanager: CancelRotateSecret DescribeSecret RotateSecret",
	"AWS::SecretsManager::Secret": "secretsmanager: CreateSecret DeleteSecret DescribeSecret GetRandomPassword GetSecretValue TagResource UntagResource " +
		"UpdateSecret",
	// CDK's own custom resource calls a function of the stack.
	"Custom::VpcRestrictDefaultSG": "lambda: InvokeFunction",
}

// besideHandlers are actions that no handler's list has, with what needs them.
var besideHandlers = map[string]string{
	"logs:PutResourcePolicy":        "log delivery of ElastiCache writes the log groups' resource policy as the caller",
	"ssm:GetParameters":             "the template's parameter BootstrapVersion",
	"ec2:DescribeAvailabilityZones": "Fn::GetAZs",
}

type policyDocument struct {
	Statement []struct {
		Sid, Effect      string
		Action, Resource oneOrMore
		Condition        map[string]any
	}
}

type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

// deployPolicy is the JSON block between the marks of docs/security.md.
func deployPolicy(t testing.TB) (policy policyDocument, text string) {
	t.Helper()
	page := readPage(t, "docs/security.md")
	inside := false
	page.walk(func(node ast.Node) {
		switch node := node.(type) {
		case *ast.HTMLBlock:
			inside = strings.HasPrefix(page.linesOf(node), "<!-- deploy-policy:begin -->")
		case *ast.FencedCodeBlock:
			if inside {
				text += page.linesOf(node)
			}
		}
	})
	require.NoError(t, json.Unmarshal([]byte(text), &policy), text)
	return policy, text
}

type template struct {
	Resources map[string]struct {
		Type       string
		Properties map[string]any
	}
}

// goldenTemplates are the templates of testdata by the name of the environment.
func goldenTemplates(t testing.TB) map[string]template {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "*.template.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	templates := map[string]template{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var read template
		require.NoError(t, json.Unmarshal(content, &read))
		templates[path.Base(filepath.ToSlash(file))] = read
	}
	return templates
}

func TestTheDeployPolicyAllowsWhatTheHandlersCall(t *testing.T) {
	policy, _ := deployPolicy(t)
	allowed := map[string]bool{}
	for _, statement := range policy.Statement {
		assert.Equal(t, "Allow", statement.Effect, statement.Sid)
		for _, action := range statement.Action {
			assert.False(t, allowed[action], "%s is there twice", action)
			allowed[action] = true
		}
	}
	needed := map[string]string{}
	for action, reason := range besideHandlers {
		needed[action] = reason
	}
	for resource, services := range handlerActions {
		for _, service := range strings.Split(services, "; ") {
			prefix, actions, _ := strings.Cut(service, ": ")
			for _, action := range strings.Fields(actions) {
				needed[prefix+":"+action] = resource
			}
		}
	}
	for action, by := range needed {
		assert.True(t, allowed[action], "the policy lacks %s, needed by %s", action, by)
	}
	for action := range allowed {
		assert.NotEmpty(t, needed[action], "the policy allows %s, which nothing needs", action)
	}
}

func TestTheDeployPolicyKnowsEveryTypeOfTheTemplates(t *testing.T) {
	for name, template := range goldenTemplates(t) {
		for id, resource := range template.Resources {
			assert.Contains(t, handlerActions, resource.Type, "%s of %s", id, name)
		}
	}
}

// Roles are the way to more rights, so the policy reaches the stacks' own only; a service-linked one only of ElastiCache.
func TestTheDeployPolicyReachesNoRoleOfOthers(t *testing.T) {
	policy, _ := deployPolicy(t)
	for _, statement := range policy.Statement {
		if !slices.ContainsFunc(statement.Action, func(action string) bool { return strings.HasPrefix(action, "iam:") }) {
			continue
		}
		for _, resource := range statement.Resource {
			assert.Regexp(t, `^arn:aws:iam::\*:(role|policy)/(securebase-\*|aws-service-role/elasticache\.amazonaws\.com/\*)$`, resource, statement.Sid)
		}
	}
}

// IAM counts the characters of a managed policy without white space, and takes 6,144 of them.
func TestTheDeployPolicyFitsIntoOneManagedPolicy(t *testing.T) {
	_, text := deployPolicy(t)
	size := 0
	for _, character := range text {
		if !unicode.IsSpace(character) {
			size++
		}
	}
	assert.LessOrEqual(t, size, 6144)
}

package replacement

// types are createOnlyProperties and conditionalCreateOnlyProperties of the CloudFormation registry schemas of us-east-1 of
// 2026-08-07, as github.com/pulumi/pulumi-aws-native keeps them in aws-cloudformation-schema (commit 43eed3b). ConnectionType of
// a serverless cache came later (cfn-lint 1.58.0).
var types = []Type{
	{
		Name: "AWS::ElastiCache::ReplicationGroup", PhysicalName: "ReplicationGroupId",
		CreateOnly: []string{
			"AtRestEncryptionEnabled", "CacheSubnetGroupName", "DataTieringEnabled", "GlobalReplicationGroupId", "KmsKeyId", "NetworkType",
			"Port", "PreferredCacheClusterAZs", "ReplicationGroupId", "SnapshotArns", "SnapshotName",
		},
		Conditional: []string{"AuthToken", "NodeGroupConfiguration"},
	},
	{
		Name: "AWS::ElastiCache::ServerlessCache", PhysicalName: "ServerlessCacheName",
		CreateOnly: []string{
			"ConnectionType", "KmsKeyId", "NetworkType", "ServerlessCacheName", "SnapshotArnsToRestore", "SubnetIds",
		},
	},
	{
		Name:       "AWS::ElastiCache::ParameterGroup",
		CreateOnly: []string{"CacheParameterGroupFamily"},
	},
	{
		Name: "AWS::ElastiCache::SubnetGroup", PhysicalName: "CacheSubnetGroupName",
		CreateOnly: []string{"CacheSubnetGroupName"},
	},
	{
		Name: "AWS::ElastiCache::User", PhysicalName: "UserId",
		CreateOnly: []string{"UserId", "UserName"},
	},
	{
		Name: "AWS::ElastiCache::UserGroup", PhysicalName: "UserGroupId",
		CreateOnly: []string{"UserGroupId"},
	},
	{
		Name: "AWS::SecretsManager::Secret", PhysicalName: "Name",
		CreateOnly: []string{"Name"},
	},
	{
		Name:       "AWS::SecretsManager::RotationSchedule",
		CreateOnly: []string{"SecretId"},
	},
	{
		Name: "AWS::KMS::Key",
	},
	{
		Name: "AWS::KMS::Alias", PhysicalName: "AliasName",
		CreateOnly: []string{"AliasName"},
	},
	{
		Name: "AWS::Logs::LogGroup", PhysicalName: "LogGroupName",
		CreateOnly: []string{"LogGroupName"},
	},
	{
		Name: "AWS::CloudWatch::Alarm", PhysicalName: "AlarmName",
		CreateOnly: []string{"AlarmName"},
	},
	{
		Name: "AWS::CloudWatch::Dashboard", PhysicalName: "DashboardName",
		CreateOnly: []string{"DashboardName"},
	},
	{
		Name: "AWS::Events::Rule", PhysicalName: "Name",
		CreateOnly: []string{"EventBusName", "Name"},
	},
	{
		Name: "AWS::SNS::Topic", PhysicalName: "TopicName",
		CreateOnly: []string{"FifoTopic", "TopicName"},
	},
	{
		Name: "AWS::SNS::TopicPolicy",
	},
	{
		Name:        "AWS::SNS::Subscription",
		CreateOnly:  []string{"Endpoint", "Protocol", "TopicArn"},
		Conditional: []string{"Region"},
	},
	{
		Name:        "AWS::EC2::VPC",
		CreateOnly:  []string{"CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "VpcEncryptionControl"},
		Conditional: []string{"InstanceTenancy"},
	},
	{
		Name: "AWS::EC2::Subnet",
		CreateOnly: []string{
			"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6Native",
			"Ipv6NetmaskLength", "OutpostArn", "VpcId",
		},
		Conditional: []string{"Ipv6CidrBlock"},
	},
	{
		Name:       "AWS::EC2::RouteTable",
		CreateOnly: []string{"VpcId"},
	},
	{
		Name:       "AWS::EC2::SubnetRouteTableAssociation",
		CreateOnly: []string{"RouteTableId", "SubnetId"},
	},
	{
		Name: "AWS::EC2::VPCEndpoint",
		CreateOnly: []string{
			"DnsOptions/PrivateDnsPreference", "DnsOptions/PrivateDnsSpecifiedDomains", "ResourceConfigurationArn", "ServiceName",
			"ServiceNetworkArn", "ServiceRegion", "VpcEndpointType", "VpcId",
		},
	},
	{
		Name: "AWS::EC2::FlowLog",
		CreateOnly: []string{
			"DeliverCrossAccountRole", "DeliverLogsPermissionArn", "DestinationOptions", "LogDestination", "LogDestinationType", "LogFormat",
			"LogGroupName", "MaxAggregationInterval", "ResourceId", "ResourceType", "TagFieldSpecifications", "TrafficType",
		},
	},
	{
		Name: "AWS::EC2::SecurityGroup", PhysicalName: "GroupName",
		CreateOnly: []string{"GroupDescription", "GroupName", "VpcId"},
	},
	{
		Name: "AWS::EC2::SecurityGroupIngress",
		CreateOnly: []string{
			"CidrIp", "CidrIpv6", "FromPort", "GroupId", "GroupName", "IpProtocol", "SourcePrefixListId", "SourceSecurityGroupId",
			"SourceSecurityGroupName", "SourceSecurityGroupOwnerId", "ToPort",
		},
	},
	{
		Name: "AWS::EC2::SecurityGroupEgress",
		CreateOnly: []string{
			"CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId", "FromPort", "GroupId", "IpProtocol", "ToPort",
		},
	},
	{
		Name: "AWS::IAM::Role", PhysicalName: "RoleName",
		CreateOnly: []string{"Path", "RoleName"},
	},
	{
		Name: "AWS::IAM::Policy",
	},
	{
		Name: "AWS::IAM::ManagedPolicy", PhysicalName: "ManagedPolicyName",
		CreateOnly: []string{"Description", "ManagedPolicyName", "Path"},
	},
	{
		Name: "AWS::Lambda::Function", PhysicalName: "FunctionName",
		CreateOnly:  []string{"FunctionName", "PackageType", "TenancyConfig"},
		Conditional: []string{"DurableConfig"},
	},
	{
		Name: "AWS::Lambda::Permission",
		CreateOnly: []string{
			"Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl", "Principal", "PrincipalOrgID",
			"SourceAccount", "SourceArn",
		},
	},
	{
		Name:       "AWS::ApplicationAutoScaling::ScalableTarget",
		CreateOnly: []string{"ResourceId", "ScalableDimension", "ServiceNamespace"},
	},
	{
		Name:       "AWS::ApplicationAutoScaling::ScalingPolicy",
		CreateOnly: []string{"PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"},
	},
}

package adopt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (a *adoption) network() {
	name := a.ofNodes("SubnetGroupName", func(node cacheCluster) string { return node.CacheSubnetGroupName })
	a.vpc(name)
	if name != "" {
		a.text("SubnetGroupName", "subnetGroupName", name)
	}
	a.securityGroups()
	a.port()
	a.notifications()
}

// vpc has no subnets: the subnet group has them. RedisCache refuses to go on without a VPC.
func (a *adoption) vpc(subnetGroupName string) {
	if subnetGroupName == "" {
		return
	}
	for _, group := range a.subnetGroups {
		if group.CacheSubnetGroupName != subnetGroupName {
			continue
		}
		var zones, subnets, zoneOfEach []string
		for _, subnet := range group.Subnets {
			zone := subnet.SubnetAvailabilityZone.Name
			id, _ := subnet.SubnetIdentifier.(string)
			if zone == "" || id == "" {
				a.unknown("Vpc: a subnet of %s has no id or no Availability Zone in the answer", subnetGroupName)
				return
			}
			zones, subnets, zoneOfEach = append(zones, zone), append(subnets, id), append(zoneOfEach, zone)
		}
		slices.Sort(zones)
		zones = slices.Compact(zones)
		if group.VpcId == "" || len(zones) == 0 {
			a.unknown("Vpc: the subnet group %s has no VPC or no subnets in the answer", subnetGroupName)
			return
		}
		a.add(prop{
			name: "Vpc",
			code: fmt.Sprintf("awsec2.Vpc_FromVpcAttributes(scope, jsii.String(\"Vpc\"), &awsec2.VpcAttributes{\nVpcId: "+
				"jsii.String(%q),\nAvailabilityZones: %s,\n})",
				group.VpcId, goStrings(zones)),
			packages: []string{jsiiPackage, ec2Package}, key: "vpcId", value: group.VpcId,
		})
		a.add(prop{key: "availabilityZones", value: zoneOfEach})
		a.add(prop{key: "subnetIds", value: subnets})
		return
	}
	a.unknown("Vpc: the subnet group %s is not in the files; add --subnet-groups", subnetGroupName)
}

// goStrings is a list of texts as jsii takes it.
func goStrings(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = strconv.Quote(text)
	}
	return "jsii.Strings(" + strings.Join(quoted, ", ") + ")"
}

func (a *adoption) securityGroups() {
	ids := a.ofNodes("SecurityGroups", func(node cacheCluster) string {
		var ids []string
		for _, group := range node.SecurityGroups {
			ids = append(ids, group.SecurityGroupId)
		}
		slices.Sort(ids)
		return strings.Join(ids, " ")
	})
	if ids == "" {
		return
	}
	list := strings.Fields(ids)
	code := "&[]awsec2.ISecurityGroup{\n"
	for i, id := range list {
		code += fmt.Sprintf("awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String(\"SecurityGroup%d\"), jsii.String(%q), nil),\n", i+1,
			id)
	}
	a.add(prop{name: "SecurityGroups", code: code + "}", packages: []string{jsiiPackage, ec2Package}})
	a.environment("SecurityGroups: an environment creates a security group for the cache in the place of %s; put the groups of the "+
		"clients in allowedSecurityGroupIds",
		strings.Join(list, ", "))
}

func (a *adoption) port() {
	for _, group := range a.group.NodeGroups {
		if group.PrimaryEndpoint != nil && group.PrimaryEndpoint.Port != 0 {
			a.number("Port", "port", group.PrimaryEndpoint.Port)
			return
		}
	}
	if endpoint := a.group.ConfigurationEndpoint; endpoint != nil && endpoint.Port != 0 {
		a.number("Port", "port", endpoint.Port)
		return
	}
	a.unknown("Port: the replication group has no endpoint yet")
}

func (a *adoption) notifications() {
	for _, node := range a.nodes {
		if topic := node.NotificationConfiguration; topic != nil && topic.TopicArn != "" {
			arn := a.ofNodes("NotificationTopic", func(node cacheCluster) string {
				if node.NotificationConfiguration == nil {
					return ""
				}
				return node.NotificationConfiguration.TopicArn
			})
			if arn == "" {
				return
			}
			if topic.TopicStatus == "inactive" {
				a.cannot("NotificationTopic: notifications to %s are switched off (inactive), and the first change of the topic switches them on", arn)
			}
			a.add(prop{
				name: "NotificationTopic", code: fmt.Sprintf("awssns.Topic_FromTopicArn(scope, jsii.String(\"EventTopic\"),\njsii.String(%q))", arn),
				packages: []string{jsiiPackage, "github.com/aws/aws-cdk-go/awscdk/v2/awssns"}, key: "notificationTopicArn", value: arn,
			})
			return
		}
	}
	if len(a.nodes) > 0 {
		a.environment("NotificationTopic: an environment creates a topic for events; the replication group has none")
	}
}

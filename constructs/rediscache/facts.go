package rediscache

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// What CDK has to be asked about the objects in the props, as plain values that the rules can judge.

// slowLogThreshold is SlowLogThreshold in microseconds, the unit of slowlog-log-slower-than.
type slowLogThreshold struct {
	microseconds float64
	unresolved   bool
}

// authToken is a token that the caller brings.
type authToken struct {
	given     bool
	reference string // what CloudFormation resolves to the token
	plainText bool   // it would be readable in the template
	ssmSecure bool   // CloudFormation resolves ssm-secure for the replication group, not for a secret
}

// keyFacts are what there is to know of a key.
type keyFacts struct {
	arn      *string
	spec     string // empty: CDK's default, or not known of an imported key
	imported bool
	alias    bool
}

// topicFacts are what there is to know of a topic.
type topicFacts struct {
	arn             *string
	stack           awscdk.Stack
	encrypted, fifo bool
}

func slowLogOf(threshold awscdk.Duration) slowLogThreshold {
	if *threshold.IsUnresolved() {
		return slowLogThreshold{unresolved: true}
	}
	fraction := false
	milliseconds := *threshold.ToMilliseconds(&awscdk.TimeConversionOptions{Integral: &fraction})
	return slowLogThreshold{microseconds: milliseconds * 1000}
}

// authTokenOf looks at how CloudFormation would see the token: as one reference, or with text of its own.
func authTokenOf(stack awscdk.Stack, secret awscdk.SecretValue) authToken {
	token := authToken{given: true, reference: *secret.UnsafeUnwrap()}
	text, hasText := literalParts(stack.Resolve(token.reference))
	if hasText {
		token.plainText = !dynamicReference.MatchString(text)
		token.ssmSecure = strings.HasPrefix(text, "{{resolve:ssm-secure:")
	}
	return token
}

// dynamicReference is one reference and nothing beside it.
var dynamicReference = regexp.MustCompile(`^\{\{resolve:[^{}]+\}\}$`)

// literalParts is what a resolved value says in plain, with a dot for each part that only CloudFormation knows.
func literalParts(resolved any) (text string, hasText bool) {
	switch resolved := resolved.(type) {
	case string:
		return resolved, true
	case map[string]any:
		join, isJoin := resolved["Fn::Join"].([]any)
		if !isJoin || len(join) != 2 {
			return "", false
		}
		parts, _ := join[1].([]any)
		for _, part := range parts {
			if literal, ok := part.(string); ok {
				text += literal
			} else {
				text += "."
			}
		}
		return text, true
	}
	return "", false
}

func keyFactsOf(key awskms.IKey) keyFacts {
	facts := keyFacts{arn: key.KeyArn()}
	switch child := key.Node().DefaultChild().(type) {
	case awskms.CfnKey:
		facts.spec = value(child.KeySpec())
	case awskms.CfnAlias:
		facts.alias = true
	default:
		facts.imported = true
		facts.alias = strings.Contains(*facts.arn, ":alias/")
	}
	return facts
}

func topicFactsOf(topic awssns.ITopic) topicFacts {
	facts := topicFacts{arn: topic.TopicArn(), stack: awscdk.Stack_Of(topic)}
	facts.fifo = strings.HasSuffix(*facts.arn, ".fifo")
	if cfn, here := topic.Node().DefaultChild().(awssns.CfnTopic); here {
		fifo, _ := cfn.FifoTopic().(bool)
		facts.fifo = facts.fifo || fifo
		facts.encrypted = cfn.KmsMasterKeyId() != nil
	}
	return facts
}

// securityGroupIdOf is the id of an imported group, or empty.
func securityGroupIdOf(group awsec2.ISecurityGroup) string {
	if id := *group.SecurityGroupId(); !isToken(id) {
		return id
	}
	return ""
}

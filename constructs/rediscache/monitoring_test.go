package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestNotificationTopicReceivesEvents(t *testing.T) {
	f := newFixture()
	topic := awssns.NewTopic(f.stack, jsii.String("Events"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	f.cache(func(p *props) { p.NotificationTopic = topic })
	tpl := synthesize(t, f.stack)
	group := tpl.one(t, replicationGroup)
	assert.Equal(t, tpl.ref(t, "Events"), group.Properties["NotificationTopicArn"])
	assert.Contains(t, group.DependsOn, tpl.idOf(t, "EventsPolicy"), "ElastiCache gives up on a topic that refuses it")
}

func TestTopicOfAnotherStackIsReferredToAndNothingElse(t *testing.T) {
	app := newApp()
	arn := "arn:aws:sns:eu-central-1:123456789012:events"
	topic := awssns.Topic_FromTopicArn(newStack(app, "Topics"), jsii.String("Events"), &arn)
	stack := newStack(app, "Test")
	rediscache.NewRedisCache(stack, jsii.String("Cache"), &props{Vpc: newVpc(stack), NotificationTopic: topic})
	assert.Equal(t, arn, synthesize(t, stack).one(t, replicationGroup).Properties["NotificationTopicArn"])
	assert.Empty(t, *stack.Dependencies())
}

func TestTopicThatElastiCacheCannotPublishToIsRefused(t *testing.T) {
	stack := newStackIn(newApp(), "Test", "123456789012", "eu-central-1")
	f := fixture{stack, newVpc(stack)}
	topic := func(id string, p *awssns.TopicProps) awssns.ITopic { return awssns.NewTopic(stack, &id, p) }
	imported := func(id, arn string) awssns.ITopic { return awssns.Topic_FromTopicArn(stack, &id, &arn) }
	fifo := "is a FIFO topic, which ElastiCache cannot publish to; use a standard one"
	elsewhere := "and the cache in aws://123456789012/eu-central-1; use a topic of the cache's account and region"
	tests := []struct {
		name  string
		topic awssns.ITopic
		want  string
	}{
		{"an encrypted topic", topic("Encrypted", &awssns.TopicProps{MasterKey: awskms.NewKey(stack, jsii.String("Key"), nil)}),
			"is encrypted, so ElastiCache cannot publish to it; use a separate topic without a key"},
		{"a FIFO topic", topic("Fifo", &awssns.TopicProps{Fifo: jsii.Bool(true)}), fifo},
		{"a FIFO topic of another app", imported("ImportedFifo", "arn:aws:sns:eu-central-1:123456789012:events.fifo"), fifo},
		{"a topic of another region", imported("Region", "arn:aws:sns:us-east-1:123456789012:events"),
			"is in aws://123456789012/us-east-1 " + elsewhere},
		{"a topic of another account", imported("Account", "arn:aws:sns:eu-central-1:210987654321:events"),
			"is in aws://210987654321/eu-central-1 " + elsewhere},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := validationError(t, func() { f.cache(func(p *props) { p.NotificationTopic = test.topic }) })
			assert.EqualError(t, err, invalid("Test/Cache", "NotificationTopic: "+test.want))
		})
	}
}

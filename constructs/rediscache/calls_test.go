package rediscache_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// requestBudget is how many requests to the kernel a cache may cost for each resource in the template. Requests are
// what a synth in Go takes longer for than one in JavaScript; unlike seconds, they are the same everywhere.
const requestBudget = 2.0

// Like a stack that has several caches: what they share is made once, and asked once.
type shared struct {
	fixture
	key           awskms.IKey
	events        awssns.ITopic
	notifications []awscloudwatch.IAlarmAction
}

// shapes are the caches that the budget is for.
var shapes = map[string]func(s shared, name string) *rediscache.RedisCacheProps{
	"prod": func(s shared, name string) *rediscache.RedisCacheProps {
		return &rediscache.RedisCacheProps{
			Vpc:               s.vpc,
			Name:              &name,
			NodeType:          jsii.String("cache.r6g.large"),
			NumCacheNodes:     jsii.Number(2),
			EncryptionKey:     s.key,
			NotificationTopic: s.events,
			AlarmActions:      &s.notifications,
		}
	},
	"dev": func(s shared, name string) *rediscache.RedisCacheProps {
		return &rediscache.RedisCacheProps{
			Vpc:           s.vpc,
			NodeType:      jsii.String("cache.t3.micro"),
			NumCacheNodes: jsii.Number(1),
			RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
			AlarmActions:  &s.notifications,
		}
	},
}

func TestACacheCostsFewRequestsForEachResource(t *testing.T) {
	if os.Getenv(countingProcess) != "" {
		synthesizeAll(t)
		return
	}
	counted := countRequests(t)
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		t.Run(shape, func(t *testing.T) {
			one, two := counted[synthOf{shape, 1}], counted[synthOf{shape, 2}]
			requests, resources := total(two.requests)-total(one.requests), two.resources-one.resources
			require.Greater(t, resources, 10, "the count finds the cache's resources")
			require.Greater(t, requests, resources/2, "the count finds the requests")
			perResource := float64(requests) / float64(resources)
			t.Logf("a further %s cache: %d requests for %d resources, %.2f for each", shape, requests, resources, perResource)
			assert.LessOrEqual(t, perResource, requestBudget, "the requests of the further cache:\n%s", difference(two.requests, one.requests))
		})
	}
}

type synthOf struct {
	shape  string
	caches int
}

// counts are the requests of a synth by what is asked for, and the resources of its template.
type counts struct {
	requests  map[string]int
	resources int
}

const (
	countingProcess = "REDISCACHE_COUNT_REQUESTS"
	countingMark    = "counting:"
)

// countRequests synthesizes one and two caches of each shape in a process of its own, whose kernel prints each request.
func countRequests(t *testing.T) map[synthOf]counts {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^TestACacheCostsFewRequestsForEachResource$")
	command.Env = append(os.Environ(), countingProcess+"=1", "JSII_DEBUG=1")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	require.NoError(t, command.Run(), "%s%s", &stdout, &stderr)

	counted := map[synthOf]counts{}
	var current counts
	lines := bufio.NewScanner(&stderr)
	lines.Buffer(nil, 16<<20) // a template is one line
	for lines.Scan() {
		text, isRequest := strings.CutPrefix(lines.Text(), "> {")
		if !isRequest {
			continue
		}
		if _, mark, marked := strings.Cut(text, countingMark); marked {
			var of synthOf
			_, err := fmt.Sscanf(mark, "%d:%d:%s", &of.caches, &current.resources, &of.shape)
			require.NoError(t, err, mark)
			of.shape = strings.TrimRight(of.shape, `"]}`)
			counted[of] = current
			current = counts{}
			continue
		}
		if current.requests == nil {
			current.requests = map[string]int{}
		}
		current.requests[subject(t, "{"+text)]++
	}
	require.NoError(t, lines.Err())
	return counted
}

// synthesizeAll is what the process that countRequests starts does. It marks the end of each synth by a request, because
// those are printed in order.
func synthesizeAll(t *testing.T) {
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		// The first synth also loads what others find loaded, so it is done again.
		for _, caches := range []int{1, 1, 2} {
			resources := synthesizeShape(t, shape, caches)
			awscdk.Token_IsUnresolved(fmt.Sprintf("%s%d:%d:%s", countingMark, caches, resources, shape))
		}
	}
}

func synthesizeShape(t *testing.T, shape string, caches int) (resources int) {
	f := newFixture()
	s := shared{
		fixture: f,
		key:     awskms.NewKey(f.stack, jsii.String("Key"), nil),
		events:  awssns.NewTopic(f.stack, jsii.String("Events"), nil),
		notifications: []awscloudwatch.IAlarmAction{
			awscloudwatchactions.NewSnsAction(awssns.NewTopic(f.stack, jsii.String("Alarms"), nil)),
		},
	}
	for i := range caches {
		id := fmt.Sprintf("Cache%d", i)
		rediscache.NewRedisCache(f.stack, &id, shapes[shape](s, strings.ToLower(id)))
	}
	return len(synthesize(t, f.stack).Resources)
}

// subject is what a request asks for: "create aws-cdk-lib.aws_cloudwatch.CfnAlarm".
func subject(t *testing.T, line string) string {
	t.Helper()
	var request struct {
		Api, Fqn, Method, Property string
		Objref                     struct {
			Id string `json:"$jsii.byref"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(line), &request), line)
	object, _, _ := strings.Cut(request.Objref.Id, "@")
	return strings.Join(strings.Fields(strings.Join([]string{request.Api, request.Fqn, object, request.Method, request.Property}, " ")), " ")
}

func total(requests map[string]int) (sum int) {
	for _, count := range requests {
		sum += count
	}
	return sum
}

// difference lists what larger has more of than smaller.
func difference(larger, smaller map[string]int) string {
	var list strings.Builder
	for _, subject := range slices.Sorted(maps.Keys(larger)) {
		if more := larger[subject] - smaller[subject]; more > 0 {
			fmt.Fprintf(&list, "%4d %s\n", more, subject)
		}
	}
	return list.String()
}

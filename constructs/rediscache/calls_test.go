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

// Requests to the kernel are why a synth in Go takes longer than one in JavaScript; unlike seconds, they are the same on
// every machine. The budget is for a further cache in a stack: for what only it has, by its alarms, whose number grows with
// the nodes, and its other resources; and for what it asks about the objects that caches share, a number that does not grow
// with the cache.
const (
	requestsForEachAlarm    = 1
	requestsForEachResource = 4.5 // that is no alarm
	requestsAboutShared     = 24
)

// shared is what the caches of a stack have in common.
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
	"sharded": func(s shared, name string) *rediscache.RedisCacheProps {
		return &rediscache.RedisCacheProps{
			Vpc:               s.vpc,
			Name:              &name,
			NodeType:          jsii.String("cache.r6g.large"),
			ClusterMode:       &rediscache.ClusterModeOptions{NumNodeGroups: jsii.Number(3), ReplicasPerNodeGroup: jsii.Number(2)},
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

func TestFurtherCacheCostsFewRequests(t *testing.T) {
	if os.Getenv(countingProcess) != "" {
		makeCaches(t)
		return
	}
	counted := countRequests(t)
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		t.Run(shape, func(t *testing.T) {
			further := counted[shape]
			require.NotNil(t, further, "the process counts this shape")
			require.Greater(t, further.resources, 10, "the count finds the resources of the cache")
			require.Greater(t, total(further.own), further.resources, "the count finds the requests for them")
			budget := requestsForEachAlarm*float64(further.alarms) + requestsForEachResource*float64(further.resources-further.alarms)
			t.Logf("%d requests for %d resources, %d of them alarms, and %d about what caches share",
				total(further.own), further.resources, further.alarms, total(further.shared))
			assert.LessOrEqual(t, float64(total(further.own)), budget, "for the resources:\n%s", listed(further.own))
			assert.LessOrEqual(t, total(further.shared), requestsAboutShared, "about what caches share:\n%s", listed(further.shared))
		})
	}
}

// counts are the requests of a further cache by their subject, and its resources in the template.
type counts struct {
	own, shared       map[string]int
	resources, alarms int
}

// The process that counts marks what it does by requests, because those are printed in order. Its standard output has the
// resources of each shape.
const (
	countingProcess = "REDISCACHE_COUNT_REQUESTS"
	countingMark    = "counting:"
	furtherBegins   = "begins"
	furtherEnds     = "ends"
	resourcesLine   = "%s has %d resources, %d of them alarms\n"
)

// countRequests makes caches in a process of its own, whose kernel prints each request. A request to an object that had
// one before the further cache is about what caches share.
func countRequests(t *testing.T) map[string]*counts {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), countingProcess+"=1", "JSII_DEBUG=1")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	require.NoError(t, command.Run(), "%s", &stdout)

	counted, known := map[string]*counts{}, map[string]bool{}
	var further *counts // the one that is being made
	lines := bufio.NewScanner(&stderr)
	lines.Buffer(nil, 16<<20) // a template is one line
	for lines.Scan() {
		text, isRequest := strings.CutPrefix(lines.Text(), "> {")
		if !isRequest {
			continue
		}
		if _, mark, marked := strings.Cut(text, countingMark); marked {
			shape, event, _ := strings.Cut(strings.TrimRight(mark, `"]}`), ":")
			switch event {
			case furtherBegins:
				further = &counts{own: map[string]int{}, shared: map[string]int{}}
				counted[shape] = further
			case furtherEnds:
				further = nil
			}
			continue
		}
		r := parseRequest(t, "{"+text)
		switch {
		case further == nil:
			known[r.Objref.Id] = r.Objref.Id != ""
		case known[r.Objref.Id]:
			further.shared[r.subject()]++
		default:
			further.own[r.subject()]++
		}
	}
	require.NoError(t, lines.Err())
	for line := range strings.Lines(stdout.String()) {
		var shape string
		var resources, alarms int
		if _, err := fmt.Sscanf(line, resourcesLine, &shape, &resources, &alarms); err == nil && counted[shape] != nil {
			counted[shape].resources, counted[shape].alarms = resources, alarms
		}
	}
	return counted
}

// makeCaches is what the process that countRequests starts does. The kernel may take what it printed last with it, so the
// last caches are not counted.
func makeCaches(t *testing.T) {
	mark := func(shape, event string) { awscdk.Token_IsUnresolved(countingMark + shape + ":" + event) }
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		f := newFixture()
		s := shared{
			fixture: f,
			key:     awskms.NewKey(f.stack, jsii.String("Key"), nil),
			events:  awssns.NewTopic(f.stack, jsii.String("Events"), nil),
			notifications: []awscloudwatch.IAlarmAction{
				awscloudwatchactions.NewSnsAction(awssns.NewTopic(f.stack, jsii.String("Alarms"), nil)),
			},
		}
		newCache := func(id string) { rediscache.NewRedisCache(f.stack, &id, shapes[shape](s, strings.ToLower(id))) }
		newCache("First")
		mark(shape, furtherBegins)
		newCache("Further")
		mark(shape, furtherEnds)
		resources, alarms := 0, 0
		for id, r := range synthesize(t, f.stack).Resources {
			if !strings.HasPrefix(id, "Further") {
				continue
			}
			resources++
			if r.Type == alarm {
				alarms++
			}
		}
		fmt.Printf(resourcesLine, shape, resources, alarms)
	}
	uncounted := newFixture()
	uncounted.cache(nil)
	synthesize(t, uncounted.stack)
}

// request is one that the kernel prints.
type request struct {
	Api, Fqn, Method, Property string
	Objref                     struct {
		Id string `json:"$jsii.byref"`
	}
}

func parseRequest(t *testing.T, line string) (r request) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(line), &r), line)
	return r
}

// subject is what a request asks for: "create aws-cdk-lib.aws_cloudwatch.CfnAlarm".
func (r request) subject() string {
	class, _, _ := strings.Cut(r.Objref.Id, "@")
	return strings.Join(strings.Fields(strings.Join([]string{r.Api, r.Fqn, class, r.Method, r.Property}, " ")), " ")
}

func total(requests map[string]int) (sum int) {
	for _, count := range requests {
		sum += count
	}
	return sum
}

func listed(requests map[string]int) string {
	var list strings.Builder
	for _, subject := range slices.Sorted(maps.Keys(requests)) {
		fmt.Fprintf(&list, "%4d %s\n", requests[subject], subject)
	}
	return list.String()
}

package rediscache

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// One mistake in each property that can have one without CDK, written in another order.
func TestProblemsComeAllAtOnceInTheOrderOfTheProps(t *testing.T) {
	s := newSettings(fakeStack{}, &RedisCacheProps{
		Tags:                   &map[string]*string{"aws:x": ptr.To("")},
		LogRetention:           "TEN_DAYS",
		Alarms:                 &AlarmOptions{Memory: &AlarmThreshold{Threshold: ptr.To(101.0)}},
		AlarmActions:           &[]awscloudwatch.IAlarmAction{nil},
		RemovalPolicy:          "KEEP",
		SnapshotArns:           &[]*string{nil},
		SnapshotName:           ptr.To(""),
		MaintenanceWindow:      ptr.To("y"),
		SnapshotWindow:         ptr.To("x"),
		SnapshotRetentionLimit: ptr.To(36.0),
		Authentication:         Authentication_Token(nil, nil),
		Parameters:             &map[string]*string{"timeout": nil, "databases": ptr.To("0")},
		SlowLogThreshold:       &fakeDuration{unresolved: true},
		MaxmemoryPolicy:        "lru",
		MultiAzEnabled:         ptr.To(true),
		NumCacheNodes:          ptr.To(1.0),
		NodeType:               ptr.To("r7g.large"),
		Engine:                 EngineVersion_Of(ptr.To("redis"), ptr.To("7.1"), ptr.To("redis6.x")),
		Port:                   ptr.To(80.0),
		SecurityGroups:         &[]awsec2.ISecurityGroup{},
		AllowedSecurityGroups:  &[]awsec2.ISecurityGroup{nil},
		SubnetGroupName:        ptr.To(""),
		Description:            ptr.To(""),
		ReplicationGroupId:     ptr.To(""),
		Name:                   ptr.To(""),
	})
	var told []string
	for _, problem := range s.check().Problems() {
		told = append(told, problem.Property)
	}
	assert.Equal(t, []string{
		"Name", "ReplicationGroupId", "Description", "Vpc", "SubnetGroupName", "AllowedSecurityGroups[0]", "SecurityGroups", "Port",
		"Engine", "NodeType", "MultiAzEnabled", "MaxmemoryPolicy", "SlowLogThreshold",
		`Parameters["databases"]`, `Parameters["timeout"]`, "Authentication", "SnapshotRetentionLimit", "SnapshotWindow",
		"MaintenanceWindow", "SnapshotName", "SnapshotArns[0]", "RemovalPolicy", "AlarmActions[0]", "Alarms.Memory.Threshold",
		"LogRetention", `Tags["aws:x"]`,
	}, told)

	field := reflect.TypeFor[RedisCacheProps]()
	last := -1
	for _, property := range told {
		name := property[:strings.IndexAny(property+".", ".[")]
		found, is := field.FieldByName(name)
		require.True(t, is, "%s is not a property", name)
		assert.GreaterOrEqual(t, found.Index[0], last, property)
		last = found.Index[0]
	}
}

func TestNilPropsLackAVpcAndNothingElse(t *testing.T) {
	assert.Equal(t, []string{"Vpc: is required; pass the awsec2.IVpc for the cache"}, linesOf(newSettings(fakeStack{}, nil).check()))
}

func TestErrorHasALineForEachProblem(t *testing.T) {
	one := &ValidationError{Path: "A/B", Problems: []Problem{{"Port", "1", "is low"}}}
	assert.EqualError(t, one, "RedisCache [A/B]: 1 invalid property:\n  - Port: 1 is low")
	two := &ValidationError{Path: "A/B", Problems: []Problem{{"Port", "1", "is low"}, {"Vpc", "", "is missing"}}}
	assert.EqualError(t, two, "RedisCache [A/B]: 2 invalid properties:\n  - Port: 1 is low\n  - Vpc: is missing")
}

// stacks and generated structs find a property by its json tag, as CDK's own structs have them.
func TestEveryPropertyHasItsNameAsJSONTag(t *testing.T) {
	structs := []reflect.Type{
		reflect.TypeFor[RedisCacheProps](), reflect.TypeFor[AlarmOptions](), reflect.TypeFor[AlarmThreshold](),
		reflect.TypeFor[ClusterModeOptions](), reflect.TypeFor[GeneratedTokenOptions](), reflect.TypeFor[RotationOptions](),
		reflect.TypeFor[TokenOptions](), reflect.TypeFor[IamOptions](), reflect.TypeFor[UserOptions](),
		reflect.TypeFor[ConnectFunctionOptions](), reflect.TypeFor[RedisCacheAttributes](), reflect.TypeFor[CacheUserAttributes](),
		reflect.TypeFor[UtilizationScalingOptions](),
	}
	for _, of := range structs {
		require.Positive(t, of.NumField(), of.Name())
		for i := range of.NumField() {
			field := of.Field(i)
			name := strings.ToLower(field.Name[:1]) + field.Name[1:]
			assert.Equal(t, name, field.Tag.Get("json"), "%s.%s", of.Name(), field.Name)
			assert.Equal(t, name, field.Tag.Get("yaml"), "%s.%s", of.Name(), field.Name)
			assert.Contains(t, []string{"required", "optional"}, field.Tag.Get("field"), "%s.%s", of.Name(), field.Name)
			isOptionalKind := field.Type.Kind() == reflect.Pointer || field.Type.Kind() == reflect.Interface || field.Type.Kind() == reflect.String
			assert.True(t, isOptionalKind, "%s.%s can be left out", of.Name(), field.Name)
		}
	}
}

package rediscache

import (
	"cmp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// The rules judge plain values, so their tests need no kernel: fakes answer what settings ask CDK.

// ruleCase changes the props, or the settings where a prop would need CDK, and wants these lines and no others.
type ruleCase struct {
	name     string
	props    func(p *RedisCacheProps)
	settings func(s *settings)
	want     []string
}

// with is a case that changes the props.
func with(name string, change func(p *RedisCacheProps), want ...string) ruleCase {
	return ruleCase{name: name, props: change, want: want}
}

// property is a case that changes one property.
func property[T any](name string, field func(p *RedisCacheProps) **T, value T, want ...string) ruleCase {
	return with(name, func(p *RedisCacheProps) { *field(p) = &value }, want...)
}

func runRules(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			props := &RedisCacheProps{Vpc: twoZones()}
			if c.props != nil {
				c.props(props)
			}
			s := newSettings(fakeStack{}, props)
			if c.settings != nil {
				c.settings(s)
			}
			assert.Equal(t, append([]string{}, c.want...), linesOf(s.check()))
		})
	}
}

func linesOf(r *check.Report) []string {
	lines := []string{}
	for _, problem := range r.Problems() {
		lines = append(lines, problem.String())
	}
	return lines
}

// Values that only CloudFormation knows, as CDK writes them.
const (
	stringToken = "${Token[TOKEN.7]}"
	numberToken = -1.8881545897087626e+289
)

// fakeStack is in eu-central-1.
type fakeStack struct{ awscdk.Stack }

func (fakeStack) Account() *string { return ptr.To("123456789012") }
func (fakeStack) Region() *string  { return ptr.To("eu-central-1") }

func (fakeStack) Node() constructs.Node { return fakeNode{} }

type fakeNode struct{ constructs.Node }

func (fakeNode) Root() constructs.IConstruct { return nil }

// fakeVpc has subnets in the zones in turn.
type fakeVpc struct {
	awsec2.IVpc
	isolated, private int
	zones             []string
	region            string // empty: that of the stack
}

func twoZones() *fakeVpc {
	return &fakeVpc{isolated: 2, zones: []string{"eu-central-1a", "eu-central-1b"}}
}

func (v *fakeVpc) IsolatedSubnets() *[]awsec2.ISubnet { return v.subnets(v.isolated) }
func (v *fakeVpc) PrivateSubnets() *[]awsec2.ISubnet  { return v.subnets(v.private) }

func (v *fakeVpc) Env() *interfaces.ResourceEnvironment { return environmentIn(v.region) }

func environmentIn(region string) *interfaces.ResourceEnvironment {
	return &interfaces.ResourceEnvironment{Account: fakeStack{}.Account(), Region: ptr.To(cmp.Or(region, *fakeStack{}.Region()))}
}

func (v *fakeVpc) subnets(count int) *[]awsec2.ISubnet {
	subnets := make([]awsec2.ISubnet, count)
	for i := range subnets {
		subnets[i] = &fakeSubnet{zone: v.zones[i%len(v.zones)]}
	}
	return &subnets
}

type fakeSubnet struct {
	awsec2.ISubnet
	zone string
}

func (s *fakeSubnet) AvailabilityZone() *string { return &s.zone }

type fakeSecurityGroup struct {
	awsec2.ISecurityGroup
	id, region string
}

func (g *fakeSecurityGroup) Env() *interfaces.ResourceEnvironment { return environmentIn(g.region) }

func (g *fakeSecurityGroup) SecurityGroupId() *string { return &g.id }

type fakeDuration struct {
	awscdk.Duration
	milliseconds float64
	unresolved   bool
}

func (d *fakeDuration) IsUnresolved() *bool { return &d.unresolved }
func (d *fakeDuration) ToMilliseconds(*awscdk.TimeConversionOptions) *float64 {
	return &d.milliseconds
}

type fakeSecretValue struct{ awscdk.SecretValue }

type fakeKey struct{ awskms.IKey }

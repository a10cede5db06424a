package stacks

import (
	"net/netip"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

const (
	defaultVpcCidr = "10.0.0.0/16"
	// largestVpcMask is EC2's limit; smallestVpcMask leaves two subnets of /25, enough for the largest cache and its
	// functions. Larger VPCs have subnets of /24.
	largestVpcMask  = 16
	smallestVpcMask = 24
	largestSubnet   = 24
)

func (c common) checkCidr(r *check.Report) {
	if c.VpcCidr == nil {
		return
	}
	cidr, err := netip.ParsePrefix(*c.VpcCidr)
	text := r.Text("vpcCidr", *c.VpcCidr).
		When(err != nil || !cidr.Addr().Is4(), "is not a range of IPv4 addresses, such as %q", "10.1.0.0/16").
		When(cidr.Bits() < largestVpcMask || cidr.Bits() > smallestVpcMask, "has a mask of /%d; use /%d to /%d",
			cidr.Bits(), largestVpcMask, smallestVpcMask).
		When(cidr != cidr.Masked(), "does not start at the first address of its range; use %q", cidr.Masked())
	if text.Known() && !c.ownVpc() {
		r.Add("vpcCidr", *c.VpcCidr, "is for a VPC that the stack creates, but vpcId names an existing one; leave it out")
	}
	if check.IsToken(*c.VpcCidr) {
		r.Add("vpcCidr", nil, "is a token, but the subnets are cut from it; pass it as a literal")
	}
}

// subnetMask is the mask of two subnets that fit into the VPC.
func subnetMask(vpcCidr string) float64 {
	return float64(max(largestSubnet, netip.MustParsePrefix(vpcCidr).Bits()+1))
}

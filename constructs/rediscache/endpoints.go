package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/numbers"
)

// endpoints are where clients connect.
type endpoints struct {
	primary       *string // nil in cluster mode
	reader        *string // nil without replicas, and in cluster mode
	configuration *string // nil with cluster mode disabled
	port          float64
}

func newEndpoints(group awselasticache.CfnReplicationGroup, s *settings) endpoints {
	if s.topology.clusterMode.on {
		return endpoints{configuration: group.AttrConfigurationEndPointAddress(), port: s.network.port}
	}
	e := endpoints{primary: group.AttrPrimaryEndPointAddress(), port: s.network.port}
	if s.topology.replicas() {
		e.reader = group.AttrReaderEndPointAddress()
	}
	return e
}

// host is where a client connects first.
func (e endpoints) host() *string {
	if e.configuration != nil {
		return e.configuration
	}
	return e.primary
}

func (e endpoints) portText() string { return numbers.Text(e.port) }

// connectionString has no token: it ends in logs.
func (e endpoints) connectionString() string { return "rediss://" + *e.host() + ":" + e.portText() }

package rediscache

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
)

// endpoint is where clients connect. reader is nil without replicas.
type endpoint struct {
	primary, reader *string
	port            float64
}

// portText is the port inside a string. Only a token needs CDK to write it.
func (e endpoint) portText() string {
	if isNumberToken(e.port) {
		return *awscdk.Token_AsString(e.port, nil)
	}
	return strconv.FormatFloat(e.port, 'f', -1, 64)
}

func endpointOf(group awselasticache.CfnReplicationGroup, s *settings) endpoint {
	e := endpoint{primary: group.AttrPrimaryEndPointAddress(), port: s.port}
	if s.replicas() {
		e.reader = group.AttrReaderEndPointAddress()
	}
	return e
}

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

func (e endpoint) portText() string { return numberText(e.port) }

// numberText is a number inside a string. Only a token needs CDK to write it.
func numberText(n float64) string {
	if isNumberToken(n) {
		return *awscdk.Token_AsString(n, nil)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

func endpointOf(group awselasticache.CfnReplicationGroup, s *settings) endpoint {
	e := endpoint{primary: group.AttrPrimaryEndPointAddress(), port: s.port}
	if s.replicas() {
		e.reader = group.AttrReaderEndPointAddress()
	}
	return e
}

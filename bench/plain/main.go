// Command plain is the least that a Go app of CDK does: one L1 construct.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	awselasticache.NewCfnParameterGroup(awscdk.NewStack(app, jsii.String("plain"), nil), jsii.String("Parameters"),
		&awselasticache.CfnParameterGroupProps{CacheParameterGroupFamily: jsii.String("valkey8"), Description: jsii.String("plain")})
	app.Synth(nil)
}

package adopt

import (
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	jsiiPackage        = "github.com/aws/jsii-runtime-go"
	cdkPackage         = "github.com/aws/aws-cdk-go/awscdk/v2"
	ec2Package         = "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elasticachePackage = "github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	constructsPackage  = "github.com/aws/constructs-go/constructs/v10"
	rediscachePackage  = "github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// override is what the replication group has today in the place of a resource that RedisCache creates. Without code, it has
// nothing.
type override struct{ property, code string }

// goFile has two functions: the props, and what to say besides for `cdk import`.
func (a *adoption) goFile() string {
	var body strings.Builder
	id := strconv.Quote(a.group.ReplicationGroupId)
	fmt.Fprintf(&body, "// AdoptedProps are the properties of the replication group %s, as the AWS CLI described it. RETAIN is for "+
		"the\n// import; choose the RemovalPolicy afterwards.\n", id)
	body.WriteString("func AdoptedProps(scope constructs.Construct) *rediscache.RedisCacheProps {\n\treturn &rediscache.RedisCacheProps{\n")
	for _, p := range a.props {
		if p.name != "" {
			fmt.Fprintf(&body, "%s: %s,\n", p.name, p.code)
		}
	}
	body.WriteString("RemovalPolicy: awscdk.RemovalPolicy_RETAIN,\n")
	for _, line := range slices.Concat(label("unknown: ", a.found.Unknown), label("cannot: ", a.found.Cannot)) {
		body.WriteString("// " + line + "\n")
	}
	body.WriteString("}\n}\n\n")
	body.WriteString("// ForImport says what the replication group has today where RedisCache will have resources of its own, so that " +
		"`cdk import`\n// takes in the replication group alone. Leave it out in the deployment after the import.\n")
	body.WriteString("func ForImport(group awselasticache.CfnReplicationGroup) {\n")
	for _, o := range a.overrides {
		if o.code == "" {
			fmt.Fprintf(&body, "group.AddPropertyDeletionOverride(jsii.String(%q))\n", o.property)
			continue
		}
		fmt.Fprintf(&body, "group.AddPropertyOverride(jsii.String(%q), %s)\n", o.property, o.code)
	}
	body.WriteString("}\n")

	source := "package " + a.options.Package + "\n\n" + a.imports() + "\n" + body.String()
	formatted, err := format.Source([]byte(source))
	if err != nil {
		panic(fmt.Errorf("the printed Go is no Go: %w\n%s", err, source)) // the names are constants and the texts are quoted
	}
	return string(formatted)
}

// label makes comments of one line each: a name in an answer must not end a comment.
func label(prefix string, lines []string) (labelled []string) {
	for _, line := range lines {
		labelled = append(labelled, prefix+strings.Join(strings.Fields(line), " "))
	}
	return labelled
}

// imports are the packages in two groups, as goimports sorts them.
func (a *adoption) imports() string {
	used := map[string]bool{cdkPackage: true, elasticachePackage: true, constructsPackage: true, jsiiPackage: true}
	for _, p := range a.props {
		for _, path := range p.packages {
			used[path] = true
		}
	}
	delete(used, rediscachePackage)
	text := "import (\n"
	for _, path := range slices.Sorted(maps.Keys(used)) {
		text += strconv.Quote(path) + "\n"
	}
	return text + "\n" + strconv.Quote(rediscachePackage) + "\n)\n"
}

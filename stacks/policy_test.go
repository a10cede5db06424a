package stacks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

// The packs that the stacks are held against, by the names that their rules begin with.
var policyPacks = []string{"AwsSolutions", "HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321"}

func TestPolicyPacks(t *testing.T) {
	environments := map[string]string{} // by the name of the stack
	app := newPolicyApp(t)
	for _, e := range []stacks.Environment{stacks.DevEnvironment(), stacks.ProdEnvironment(), shardedEnvironment()} {
		environments[e.StackId()] = e.Name
		stacks.NewRedisCacheStack(app, e.StackId(), &stacks.RedisCacheStackProps{Environment: e})
	}
	serverless := serverlessEnvironment()
	environments[serverless.StackId()] = serverless.Name
	stacks.NewServerlessCacheStack(app, serverless.StackId(), &stacks.ServerlessCacheStackProps{Environment: serverless})

	results := map[string]policyResult{}
	for name, result := range runPolicyPacks(t, app) {
		results[environments[name]] = result
		assert.Empty(t, result.problems(), name)
		for _, pack := range policyPacks {
			assert.NotEmpty(t, result.compliant[pack], "%s has nothing to say about %s, so it did not run", pack, name)
		}
	}
	require.Len(t, results, len(environments))

	t.Run("docs/security.md has what is acknowledged", func(t *testing.T) {
		checkGenerated(t, "../docs/security.md", "acknowledged", "\n"+acknowledgedTable(results)+"\n"+controlTowerTable(t)+"\n")
	})
}

// shardedEnvironment is prod in cluster mode.
func shardedEnvironment() stacks.Environment {
	environment := stacks.ProdEnvironment()
	environment.Name = "sharded"
	environment.ClusterMode = &rediscache.ClusterModeOptions{NumNodeGroups: jsii.Number(3), ReplicasPerNodeGroup: jsii.Number(2)}
	return environment
}

// What is acknowledged for an environment without a key holds for a serverless cache too.
func TestPolicyPacksAcceptAServerlessCacheThatIsThrownAway(t *testing.T) {
	environment := stacks.DevServerlessEnvironment()
	app := newPolicyApp(t)
	stacks.NewServerlessCacheStack(app, environment.StackId(), &stacks.ServerlessCacheStackProps{Environment: environment})
	result := runPolicyPacks(t, app)["securebase-dev-redis"]
	assert.NotEmpty(t, result.compliant["AwsSolutions"])
	assert.NotEmpty(t, result.acknowledged)
	assert.Empty(t, result.problems())
}

func TestPolicyPacksAcceptIam(t *testing.T) {
	environment := stacks.ProdEnvironment()
	environment.Authentication = rediscache.Authentication_Iam(nil)
	app := newPolicyApp(t)
	stacks.NewRedisCacheStack(app, environment.StackId(), &stacks.RedisCacheStackProps{Environment: environment})
	result := runPolicyPacks(t, app)["securebase-prod-redis"]
	assert.NotEmpty(t, result.compliant["AwsSolutions"])
	assert.Empty(t, result.problems())
}

func TestATokenThatIsRotatedHasNothingToAcknowledge(t *testing.T) {
	environment := stacks.ProdEnvironment()
	environment.Authentication = rediscache.Authentication_GeneratedToken(
		&rediscache.GeneratedTokenOptions{Rotation: &rediscache.RotationOptions{}})
	app := newPolicyApp(t)
	stacks.NewRedisCacheStack(app, environment.StackId(), &stacks.RedisCacheStackProps{Environment: environment})
	for finding := range runPolicyPacks(t, app)["securebase-prod-redis"].acknowledged {
		assert.NotEqual(t, "Cache/AuthToken", finding.Resource, finding.Rule)
	}
}

// A production environment without a key is not what is acknowledged for one that is thrown away; and an
// acknowledgement that is no longer needed is as wrong as a missing one.
func TestPolicyPacksSeeWhatIsNewAndWhatIsGone(t *testing.T) {
	environment := stacks.ProdEnvironment()
	environment.CustomerManagedKey = jsii.Bool(false)
	app := newPolicyApp(t)
	stack := stacks.NewRedisCacheStack(app, environment.StackId(), &stacks.RedisCacheStackProps{Environment: environment})
	stack.Cache().SubnetGroup().AddMetadata(jsii.String("cdk_nag"), map[string]any{
		"rules_to_suppress": []map[string]string{{"id": "AwsSolutions-AEC3", "reason": "Nothing that a subnet group could break."}},
	})

	problems := runPolicyPacks(t, app)["securebase-prod-redis"].problems()

	assert.Contains(t, problems, "AwsSolutions-AEC3 is acknowledged for Cache/SubnetGroup, which does not break it: "+
		"remove the acknowledgement")
	var findings []string
	for _, problem := range problems {
		findings = append(findings, strings.SplitN(problem, ":", 2)[0])
	}
	for _, resource := range []string{"Cache/SlowLog", "Cache/EngineLog", "FlowLogs"} {
		assert.Contains(t, findings, "PCI.DSS.321-CloudWatchLogGroupEncrypted of "+resource)
	}
	for _, secret := range []string{"Cache/AuthToken", "Cache/Connection"} {
		assert.Contains(t, findings, "HIPAA.Security-SecretsManagerUsingKMSKey of "+secret)
	}
	assert.Contains(t, findings, "NIST.800.53.R5-SNSEncryptedKMS of AlarmTopic")
	assert.Len(t, problems, 1+9+6+3, strings.Join(problems, "\n"))
}

// newPolicyApp has the context of cdk.json, because feature flags make other resources.
func newPolicyApp(t *testing.T) awscdk.App {
	text, err := os.ReadFile("../cdk.json")
	require.NoError(t, err)
	var settings struct{ Context map[string]any }
	require.NoError(t, json.Unmarshal(text, &settings))
	settings.Context["aws:cdk:enable-path-metadata"] = true
	// Or a finding would panic in Synth, before the test has read the reports.
	settings.Context["@aws-cdk/core:annotationsInValidationReport"] = false
	return awscdk.NewApp(&awscdk.AppProps{Context: &settings.Context, Outdir: jsii.String(t.TempDir())})
}

// policyResult is what the packs say of a stack, and what the stack says to that.
type policyResult struct {
	broken       []policyFinding
	compliant    map[string]int           // by pack
	acknowledged map[policyFinding]string // reasons
}

type policyFinding struct{ Rule, Resource, Message string }

func (f policyFinding) key() policyFinding { return policyFinding{Rule: f.Rule, Resource: f.Resource} }

// problems are the findings without an acknowledgement, and the acknowledgements without a finding.
func (r policyResult) problems() []string {
	var problems []string
	found := map[policyFinding]bool{}
	for _, finding := range r.broken {
		found[finding.key()] = true
		if r.acknowledged[finding.key()] == "" {
			problems = append(problems, fmt.Sprintf("%s of %s: %s", finding.Rule, finding.Resource, finding.Message))
		}
	}
	for finding := range r.acknowledged {
		if !found[finding] {
			problems = append(problems, fmt.Sprintf("%s is acknowledged for %s, which does not break it: remove the acknowledgement",
				finding.Rule, finding.Resource))
		}
	}
	slices.Sort(problems)
	return problems
}

// runPolicyPacks synthesizes the app with the packs, and reads the reports that they leave beside the templates.
func runPolicyPacks(t *testing.T, app awscdk.App) map[string]policyResult {
	props := &cdknag.NagPackProps{ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_JSON}}
	aspects := awscdk.Aspects_Of(app)
	aspects.Add(cdknag.NewAwsSolutionsChecks(props), nil)
	aspects.Add(cdknag.NewHIPAASecurityChecks(props), nil)
	aspects.Add(cdknag.NewNIST80053R5Checks(props), nil)
	aspects.Add(cdknag.NewPCIDSS321Checks(props), nil)
	directory := *app.Synth(nil).Directory()

	results := map[string]policyResult{}
	templates, err := filepath.Glob(filepath.Join(directory, "*.template.json"))
	require.NoError(t, err)
	for _, template := range templates {
		stack := strings.TrimSuffix(filepath.Base(template), ".template.json")
		result := policyResult{compliant: map[string]int{}, acknowledged: acknowledgementsIn(t, template)}
		for _, pack := range policyPacks {
			result.read(t, pack, filepath.Join(directory, pack+"--"+stack+"-NagReport.json"))
		}
		results[stack] = result
	}
	return results
}

func (r *policyResult) read(t *testing.T, pack, file string) {
	var report struct {
		Lines []struct{ RuleId, ResourceId, Compliance, RuleInfo string }
	}
	readJson(t, file, &report)
	for _, line := range report.Lines {
		if line.Compliance == "Compliant" {
			r.compliant[pack]++
			continue
		}
		// Non-Compliant, Suppressed, or UNKNOWN: a rule that could not be evaluated is a finding too.
		r.broken = append(r.broken, policyFinding{line.RuleId, shortPath(line.ResourceId), line.Compliance + ": " + line.RuleInfo})
	}
}

// acknowledgementsIn are those beside the resources; one for a whole stack would hide what comes later.
func acknowledgementsIn(t *testing.T, file string) map[policyFinding]string {
	type metadata struct {
		Path string `json:"aws:cdk:path"`
		Nag  struct {
			Rules []struct{ Id, Reason string } `json:"rules_to_suppress"`
		} `json:"cdk_nag"`
	}
	var template struct {
		Metadata  metadata
		Resources map[string]struct{ Metadata metadata }
	}
	readJson(t, file, &template)
	require.Empty(t, template.Metadata.Nag.Rules, "%s acknowledges for the whole stack", file)
	all := map[policyFinding]string{}
	for _, resource := range template.Resources {
		for _, rule := range resource.Metadata.Nag.Rules {
			all[policyFinding{Rule: rule.Id, Resource: shortPath(resource.Metadata.Path)}] = rule.Reason
		}
	}
	return all
}

// shortPath is the path in the stack of what was written in Go: without stack, and without the Resource of an L2.
func shortPath(path string) string {
	_, inStack, _ := strings.Cut(path, "/")
	return strings.TrimSuffix(inStack, "/Resource")
}

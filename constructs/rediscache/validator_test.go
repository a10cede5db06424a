package rediscache_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sampleVariable has the test binary, started by itself, synthesize a sample with CDK's CloudFormation validator. The
// validator is switched by the environment that the kernel is started with, so this takes a process of its own.
const sampleVariable = "REDISCACHE_TEST_SAMPLE"

var (
	validatorFinding = regexp.MustCompile(`CloudFormation-Validate::\w+`)
	// findingsOfTheDrawnProps are warnings about what was drawn.
	findingsOfTheDrawnProps = []string{
		"CloudFormation-Validate::W2001", // a parameter for the threshold of an alarm that is off
		"CloudFormation-Validate::W1011", // a token from a NoEcho parameter, which is the caller's choice
	}
)

// CDK's validator has no finding on 40 random caches of one app, and does see a mistake.
func TestValidatorFindsNothingInASample(t *testing.T) {
	if kind := os.Getenv(sampleVariable); kind != "" {
		synthesizeSample(kind)
		return
	}
	assembly := t.TempDir()
	run := func(kind string) (string, error) {
		command := exec.Command(os.Args[0], "-test.run=^TestValidatorFindsNothingInASample$", "-test.v")
		command.Env = append(os.Environ(), sampleVariable+"="+kind, "CDK_VALIDATION=true", "CDK_OUTDIR="+assembly)
		output, err := command.CombinedOutput()
		return string(output), err
	}
	output, err := run("valid")
	assert.NoError(t, err, output)
	assert.Contains(t, output, "synthesized 40 stacks")
	for _, id := range validatorFinding.FindAllString(output, -1) {
		assert.Contains(t, findingsOfTheDrawnProps, id, "a finding of the validator: %s", output)
	}

	output, err = run("invalid")
	assert.Error(t, err, "the validator has to be on")
	// What the kernel prints may be lost when the process dies of the finding; the report is not.
	assert.Contains(t, output, "ValidationFailed")
	report, err := os.ReadFile(filepath.Join(assembly, "validation-report.json"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "CloudFormation Validate")
	assert.Contains(t, string(report), "NumCacheClusters: 'two' is not of type 'integer'")
}

func synthesizeSample(kind string) {
	app := newApp()
	stacks := 40
	if kind == "invalid" {
		stacks = 1
	}
	for i := range stacks {
		runExample(i, func(t *rapid.T) {
			cache := drawProps(t, newStack(app, fmt.Sprint("Test", i))).make()
			if kind == "invalid" {
				cache.ReplicationGroup().AddPropertyOverride(jsii.String("ReplicationGroupDescription"), jsii.Number(1))
				cache.ReplicationGroup().AddPropertyOverride(jsii.String("NumCacheClusters"), jsii.String("two"))
			}
		})
	}
	app.Synth(nil)
	fmt.Printf("synthesized %d stacks\n", stacks)
}

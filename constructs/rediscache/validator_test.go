package rediscache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/childprocess"
	"github.com/securebase/cdk-redis-cache/internal/proptest"
)

// sampleVariable has the test binary, started by itself, synthesize a sample to that directory with CDK's CloudFormation validator.
// The validator is switched by the environment that the kernel is started with, so this takes a process of its own.
const sampleVariable = "REDISCACHE_TEST_SAMPLE"

// What CDK calls its report, what the test keeps that of the valid caches as, and what the process prints after them.
const (
	report        = "validation-report.json"
	reportOfValid = "valid.json"
	synthesized   = "the valid caches are synthesized"
)

var (
	validatorFinding = regexp.MustCompile(`"ruleName": "([A-Z]\d{4})"`) // an annotation has another form
	// findingsOfTheDrawnProps are warnings about what was drawn.
	findingsOfTheDrawnProps = []string{
		"W2001", // a parameter for the threshold of an alarm that is off
		"W1011", // a token from a NoEcho parameter, which is the caller's choice
	}
)

// CDK's validator has no finding on 40 random caches of one app, and does see a mistake. Both in one process, because the
// validator takes seconds to start.
func TestValidatorFindsNothingInASample(t *testing.T) {
	if assembly := os.Getenv(sampleVariable); assembly != "" {
		synthesizeSample(40, func(rediscache.RedisCache) {})
		_ = os.Rename(filepath.Join(assembly, report), filepath.Join(assembly, reportOfValid)) // there is none without a finding or a warning
		fmt.Println(synthesized)
		synthesizeSample(1, func(cache rediscache.RedisCache) {
			cache.ReplicationGroup().AddPropertyOverride(jsii.String("ReplicationGroupDescription"), jsii.Number(1))
			cache.ReplicationGroup().AddPropertyOverride(jsii.String("NumCacheClusters"), jsii.String("two"))
		})
		return
	}
	assembly := t.TempDir()
	stdout, stderr, err := childprocess.Run(t, sampleVariable+"="+assembly, "CDK_VALIDATION=true", "CDK_OUTDIR="+assembly)
	assert.Error(t, err, "the validator has to be on")
	require.Contains(t, stdout, synthesized, "the valid caches have to pass")
	found, err := os.ReadFile(filepath.Join(assembly, reportOfValid))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, id := range validatorFinding.FindAllStringSubmatch(string(found), -1) {
		assert.Contains(t, findingsOfTheDrawnProps, id[1], "a finding of the validator: %s", found)
	}

	// What the kernel prints may be lost when the process dies of the finding; the report is not.
	assert.Contains(t, stdout+stderr, "ValidationFailed")
	found, err = os.ReadFile(filepath.Join(assembly, report))
	require.NoError(t, err)
	assert.Contains(t, string(found), "CloudFormation Validate")
	assert.Contains(t, string(found), "NumCacheClusters: 'two' is not of type 'integer'")
}

// synthesizeSample makes an app of random caches, each in a stack of its own.
func synthesizeSample(stacks int, change func(rediscache.RedisCache)) {
	app := newApp()
	for i := range stacks {
		proptest.RunExample(i, func(t *rapid.T) { change(drawProps(t, newStack(app, fmt.Sprint("Test", i))).make()) })
	}
	app.Synth(nil)
}

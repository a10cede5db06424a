package rediscache_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plainToken looks like the tokens that the construct generates: 32 letters and digits.
const plainToken = "pX7dQ2mZ9vL4cT8hR3nW6bY1kF5sJ0aG"

// writeAssembly synthesizes caches with every kind of token, each with a connected function and outputs, and returns the
// cloud assembly's files by name.
func writeAssembly(t *testing.T) map[string]string {
	t.Helper()
	app := awscdk.NewApp(&awscdk.AppProps{
		Outdir:             jsii.String(t.TempDir()),
		AnalyticsReporting: jsii.Bool(false), // a compressed list of construct classes, which cannot be searched
		Context:            &map[string]any{"@aws-cdk/core:checkSecretUsage": true},
	})
	stack := func(id string, change func(stack awscdk.Stack, p *props)) {
		f := fixture{stack: newStack(app, id)}
		f.vpc = newVpc(f.stack)
		cache := f.cache(func(p *props) { change(f.stack, p) })
		cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
		for name, value := range map[string]*string{
			"Primary": cache.PrimaryEndpointAddress(), "Uri": cache.ConnectionString(), "Secret": cache.ConnectionSecret().SecretArn(),
		} {
			awscdk.NewCfnOutput(f.stack, &name, &awscdk.CfnOutputProps{Value: value})
		}
	}
	stack("Dev", func(_ awscdk.Stack, p *props) { p.NumCacheNodes = jsii.Number(1) })
	stack("Prod", func(stack awscdk.Stack, p *props) {
		p.Name, p.NodeType, p.Dashboard = jsii.String("securebase-prod"), jsii.String("cache.r6g.large"), jsii.Bool(true)
		p.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), nil)
		p.Tags = &map[string]*string{"Tier": jsii.String("Premium")}
	})
	stack("Given", func(_ awscdk.Stack, p *props) {
		ownToken(secretsManagerValue("team/token", "value"), nil)(p)
	})
	stack("Parameter", func(stack awscdk.Stack, p *props) {
		parameter := awscdk.NewCfnParameter(stack, jsii.String("Token"), &awscdk.CfnParameterProps{NoEcho: jsii.Bool(true)})
		ownToken(awscdk.SecretValue_CfnParameter(parameter), nil)(p)
	})
	// A token in plain text is refused, so that an app which goes on without the cache has it nowhere either.
	refused := newStack(app, "Refused")
	err := validationError(t, func() {
		fixture{stack: refused, vpc: newVpc(refused)}.cache(ownToken(awscdk.SecretValue_UnsafePlainText(jsii.String(plainToken)), nil))
	})
	assert.NotContains(t, err.Error(), plainToken)

	directory := *app.Synth(nil).Directory()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, directory+"/")] = string(text)
		return err
	}))
	return files
}

func TestTokenIsNowhereInTheAssembly(t *testing.T) {
	files := writeAssembly(t)
	for _, name := range []string{
		"tree.json", "manifest.json", "Dev.template.json", "Prod.template.json", "Given.template.json", "Parameter.template.json",
		"Refused.template.json",
	} {
		require.NotEmpty(t, files[name], "%s, of %v", name, slices.Sorted(maps.Keys(files)))
	}
	size := 0
	for _, text := range files {
		size += len(text)
	}
	t.Logf("%d files, %d bytes", len(files), size)
	assert.Empty(t, leaks(files), "secret-looking values")

	// The token is in two places of a template, and only as a reference.
	for _, name := range []string{"Dev", "Prod", "Given"} {
		assert.Equal(t, allowedPlaces, withoutIntrinsics(places(files[name+".template.json"], dynamicReference)), name)
	}
	for _, name := range []string{"Dev", "Prod"} {
		assert.Equal(t, allowedPlaces, withoutIntrinsics(places(files[name+".template.json"], refersToID("CacheAuthToken04672416"))),
			"%s: who refers to the generated secret", name)
	}
	assert.Equal(t, allowedPlaces, withoutIntrinsics(places(files["Parameter.template.json"], refersToID("Token"))),
		"who refers to the parameter")
	assert.Empty(t, places(files["Parameter.template.json"], dynamicReference))
	assert.Empty(t, places(files["Refused.template.json"], dynamicReference))

	// Outside the templates nothing refers to it, but for the tree and the metadata, which repeat the properties.
	for name, text := range files {
		if strings.Contains(text, "{{resolve:") {
			assert.Regexp(t, `\.template\.json$|^tree\.json$`, name)
		}
	}
	for _, name := range []string{"Dev", "Prod", "Given", "Parameter"} {
		var made template
		require.NoError(t, json.Unmarshal([]byte(files[name+".template.json"]), &made))
		function := made.one(t, "AWS::Lambda::Function").Properties
		variables := function["Environment"].(object)["Variables"].(object)
		names := []string{"REDIS_AUTH_SECRET", "REDIS_HOST", "REDIS_PORT", "REDIS_READER_HOST"}
		if name == "Dev" { // which has no replica
			names = names[:3]
		}
		assert.Equal(t, names, slices.Sorted(maps.Keys(variables)), name)
		assert.Equal(t, object{"Ref": "CacheConnection8F83CF9B"}, variables["REDIS_AUTH_SECRET"], name)
		assert.Len(t, made.Outputs, 3, name)
	}
}

// The search itself: a token put into any one of these places by hand is found.
func TestPlainTokenInTheAssemblyIsFound(t *testing.T) {
	files := writeAssembly(t)
	require.Empty(t, leaks(files))
	ids := knownIDs(files)
	tokens := []string{plainToken, "k3Jf9s!Qx7Lm2&Zw", "7f3q9z2m5x8k1v6b4n0c", "Zq8-Wn4-Tb6-Xe2-Kp9"}
	for _, c := range []struct{ file, before string }{
		{"Prod.template.json", `"AuthToken": `},
		{"Prod.template.json", `"SecretString": `},
		{"Prod.template.json", `"REDIS_HOST": `},
		{"Prod.template.json", `"Outputs": {`},
		{"Prod.template.json", `"LogGroupName": `},
		{"Prod.template.json", `"AlarmDescription": "`},
		{"tree.json", `"attributes":{`},
		{"manifest.json", `"artifacts": {`},
		{"Prod.metadata.json", `{`},
	} {
		for _, token := range tokens {
			text := files[c.file]
			at := strings.Index(text, c.before)
			require.GreaterOrEqual(t, at, 0, "%s has no %s", c.file, c.before)
			changed := text[:at+len(c.before)] + fmt.Sprintf("%q", token) + text[at+len(c.before):]
			assert.Contains(t, leaksOf(c.file, changed, ids), leak{c.file, token}, "in %s after %s", c.file, c.before)
		}
	}
	// A dynamic reference in a place of its own is found too.
	assert.Equal(t, []string{"Outputs.Uri.Value"}, places(`{"Outputs":{"Uri":{"Value":"{{resolve:secretsmanager:x}}"}}}`, dynamicReference))
	assert.Equal(t, []string{"Outputs.Uri.Value"}, places(`{"Outputs":{"Uri":{"Value":{"Ref":"Token"}}}}`, refersToID("Token")))
}

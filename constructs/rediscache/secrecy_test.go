package rediscache_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
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
	stack := func(id string, change func(stack awscdk.Stack, props *props)) {
		f := fixture{stack: awscdk.NewStack(app, &id, nil)}
		f.vpc = newVpc(f.stack)
		cache := f.cache(func(props *props) { change(f.stack, props) })
		f.connectFunction(cache)
		for name, value := range map[string]*string{
			"Primary": cache.PrimaryEndpointAddress(), "Uri": cache.ConnectionString(), "Secret": cache.ConnectionSecret().SecretArn(),
		} {
			awscdk.NewCfnOutput(f.stack, &name, &awscdk.CfnOutputProps{Value: value})
		}
	}
	stack("Dev", func(_ awscdk.Stack, props *props) { props.NumCacheNodes = jsii.Number(1) })
	stack("Prod", func(stack awscdk.Stack, props *props) {
		props.Name, props.NodeType, props.Dashboard = jsii.String("securebase-prod"), jsii.String("cache.r6g.large"), jsii.Bool(true)
		props.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), nil)
		props.Tags = &map[string]*string{"Tier": jsii.String("Premium")}
	})
	stack("Given", func(_ awscdk.Stack, props *props) {
		props.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_SecretsManager(
			jsii.String("team/token"), &awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("value")}), nil)
	})
	stack("Parameter", func(stack awscdk.Stack, props *props) {
		parameter := awscdk.NewCfnParameter(stack, jsii.String("Token"), &awscdk.CfnParameterProps{NoEcho: jsii.Bool(true)})
		props.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_CfnParameter(parameter), nil)
	})
	// A token in plain text is refused, so that an app which goes on without the cache has it nowhere either.
	refused := awscdk.NewStack(app, jsii.String("Refused"), nil)
	err := validationError(t, func() {
		fixture{stack: refused, vpc: newVpc(refused)}.cache(func(props *props) {
			props.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_UnsafePlainText(jsii.String(plainToken)), nil)
		})
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

// leak is a value that should not be there, and the file that it is in.
type leak struct{ file, value string }

// tokenCharacters are runs of what an AUTH token can be made of, at its least length of 16.
var tokenCharacters = regexp.MustCompile(`[A-Za-z0-9!&#$^<>-]{16,}`)

// A secret-looking value is a run of 16 or more of those characters with a digit and an entropy of 3.4 bits a character,
// counted without what is known not to be one: logical ids, ids of constructs, hashes and addresses (32 or more
// hexadecimal digits), CDK's unique names (words and eight hexadecimal digits), words with small numbers, feature flags.
func secretLooking(text string, ids []string) (found []string) {
	for _, run := range tokenCharacters.FindAllString(featureFlag.ReplaceAllString(text, ""), -1) {
		rest := run
		for _, id := range ids {
			rest = strings.ReplaceAll(rest, id, "")
		}
		rest = hash.ReplaceAllString(rest, "")
		rest = uniqueName.ReplaceAllString(rest, "")
		rest = words.ReplaceAllString(rest, "")
		if len(rest) >= 16 && strings.ContainsAny(rest, "0123456789") && entropy(rest) >= 3.4 {
			found = append(found, run)
		}
	}
	return found
}

var (
	featureFlag = regexp.MustCompile(`"@aws-cdk/[\w.-]+:[\w.:-]+"`)
	hash        = regexp.MustCompile(`\b[0-9a-f]{32,}`)
	uniqueName  = regexp.MustCompile(`\b([A-Z][a-z]+)+[0-9A-F]{8}\b`) // CDK's, of words and a hash
	words       = regexp.MustCompile(`\b([A-Z]?[a-z]{3,}|[A-Z]{3,})\d{0,2}\b`)
)

// entropy in bits a character.
func entropy(text string) (bits float64) {
	count := map[rune]float64{}
	for _, r := range text {
		count[r]++
	}
	for _, n := range count {
		p := n / float64(len(text))
		bits -= p * math.Log2(p)
	}
	return bits
}

var constructId = regexp.MustCompile(`"id":\s*"([^"]+)"`)

// leaks looks for the literal and for secret-looking values in every file.
func leaks(files map[string]string) (found []leak) {
	ids := []string{"InstanceRequireImdsv2Aspect"} // CDK's explanation of a feature flag
	for name, text := range files {
		if strings.HasSuffix(name, ".template.json") {
			var made struct {
				Resources, Outputs, Parameters, Conditions, Mappings, Rules map[string]any
			}
			if json.Unmarshal([]byte(text), &made) == nil {
				for _, section := range []map[string]any{made.Resources, made.Outputs, made.Parameters, made.Conditions, made.Mappings, made.Rules} {
					ids = slices.AppendSeq(ids, maps.Keys(section))
				}
			}
		}
	}
	for _, match := range constructId.FindAllStringSubmatch(files["tree.json"], -1) {
		ids = append(ids, match[1])
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return len(id) < 8 }) // a short one could be a part of a token
	slices.SortFunc(ids, func(a, b string) int { return len(b) - len(a) })    // the longest first
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.Contains(files[name], plainToken) {
			found = append(found, leak{name, plainToken})
		}
		for _, value := range secretLooking(files[name], ids) {
			found = append(found, leak{name, value})
		}
	}
	return found
}

// places are where a template's text refers to a token, as paths such as "Resources.CacheConnection....SecretString".
func places(text string, isToken func(value any) bool) (found []string) {
	var made any
	if json.Unmarshal([]byte(text), &made) != nil {
		return []string{"not JSON"}
	}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		if isToken(value) {
			found = append(found, path)
		}
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				walk(strings.TrimPrefix(path+"."+key, "."), value[key])
			}
		case []any:
			for _, element := range value {
				walk(path, element)
			}
		}
	}
	walk("", made)
	return slices.Compact(found)
}

var (
	dynamicReference = func(value any) bool {
		text, is := value.(string)
		return is && strings.Contains(text, "{{resolve:")
	}
	allowedPlaces = []string{
		"Resources.CacheConnection8F83CF9B.Properties.SecretString",
		"Resources.CacheReplicationGroupBFE59FF3.Properties.AuthToken",
	}
)

// refersTo is a Ref or GetAtt of a logical id.
func refersToId(id string) func(value any) bool {
	return func(value any) bool {
		object, _ := value.(map[string]any)
		attribute, _ := object["Fn::GetAtt"].([]any)
		return object["Ref"] == id || len(attribute) > 0 && attribute[0] == id
	}
}

// withoutIntrinsics cuts a path before "Fn::Join" and the like.
func withoutIntrinsics(paths []string) []string {
	for i := range paths {
		paths[i], _, _ = strings.Cut(paths[i], ".Fn::")
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func TestTheTokenIsNowhereInTheAssembly(t *testing.T) {
	files := writeAssembly(t)
	for _, name := range []string{"tree.json", "manifest.json", "Dev.template.json", "Prod.template.json", "Given.template.json", "Parameter.template.json", "Refused.template.json"} {
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
		assert.Equal(t, allowedPlaces, withoutIntrinsics(places(files[name+".template.json"], refersToId("CacheAuthToken04672416"))),
			"%s: who refers to the generated secret", name)
	}
	assert.Equal(t, allowedPlaces, withoutIntrinsics(places(files["Parameter.template.json"], refersToId("Token"))), "who refers to the parameter")
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
		function := made.the(t, "AWS::Lambda::Function").Properties
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
func TestAPlainTokenInTheAssemblyIsFound(t *testing.T) {
	files := writeAssembly(t)
	require.Empty(t, leaks(files))
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
			changed := maps.Clone(files)
			changed[c.file] = text[:at+len(c.before)] + fmt.Sprintf("%q", token) + text[at+len(c.before):]
			found := leaks(changed)
			assert.Contains(t, found, leak{c.file, token}, "in %s after %s", c.file, c.before)
		}
	}
	// A dynamic reference in a place of its own is found too.
	assert.Equal(t, []string{"Outputs.Uri.Value"}, places(`{"Outputs":{"Uri":{"Value":"{{resolve:secretsmanager:x}}"}}}`, dynamicReference))
	assert.Equal(t, []string{"Outputs.Uri.Value"}, places(`{"Outputs":{"Uri":{"Value":{"Ref":"Token"}}}}`, refersToId("Token")))
}

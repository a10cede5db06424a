package rediscache_test

import (
	"encoding/json"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

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

var constructID = regexp.MustCompile(`"id":\s*"([^"]+)"`)

// leaks looks for the literal and for secret-looking values in every file.
func leaks(files map[string]string) (found []leak) {
	ids := knownIDs(files)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		found = append(found, leaksOf(name, files[name], ids)...)
	}
	return found
}

// leaksOf are those of one file.
func leaksOf(name, text string, ids []string) (found []leak) {
	if strings.Contains(text, plainToken) {
		found = append(found, leak{name, plainToken})
	}
	for _, value := range secretLooking(text, ids) {
		found = append(found, leak{name, value})
	}
	return found
}

// knownIDs are the logical ids and the ids of constructs, the longest first. A short one could be a part of a token.
func knownIDs(files map[string]string) []string {
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
	for _, match := range constructID.FindAllStringSubmatch(files["tree.json"], -1) {
		ids = append(ids, match[1])
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return len(id) < 8 })
	slices.SortFunc(ids, func(a, b string) int { return len(b) - len(a) })
	return ids
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

// refersToID is a Ref or GetAtt of a logical id.
func refersToID(id string) func(value any) bool {
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

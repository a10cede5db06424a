package guard

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/template"
)

func parse(content string) (*template.Template, error) { return template.Parse([]byte(content)) }

func TestAFindingIsALineThatSaysWhatToDo(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes []change
		want    string
	}{
		{"a named group", []change{set("Group", "Port", 6380)},
			`Group (AWS::ElastiCache::ReplicationGroup) Port: "6379" -> "6380": replaces the resource by an empty one; its data is only in ` +
				`the final snapshot (with the fixed ReplicationGroupId "securebase-prod-redis" the deployment fails, because the new one needs ` +
				`the same name). Keep "6379"; or create a second cache beside this one with SnapshotName, move the clients, then remove this one`},
		{"a group without a name or protection", []change{func(d document) {
			set("Group", "ReplicationGroupId", nil)(d)
			attribute("Group", "UpdateReplacePolicy", "Delete")(d)
		}, set("Group", "SnapshotName", "monday")},
			`Group (AWS::ElastiCache::ReplicationGroup) SnapshotName: none -> "monday": replaces the resource and loses its data. Leave it ` +
				`as it was at the first deployment, also when the snapshot is gone: it is read at creation only`},
		{"a property that was not there", []change{set("Group", "NetworkType", "ipv6")},
			`Group (AWS::ElastiCache::ReplicationGroup) NetworkType: none -> "ipv6": replaces the resource by an empty one; its data is only ` +
				`in the final snapshot (with the fixed ReplicationGroupId "securebase-prod-redis" the deployment fails, because the new one ` +
				`needs the same name). Leave it out; or create a second cache beside this one with SnapshotName, move the clients, then remove ` +
				`this one`},
		{"a group that is retained", []change{attribute("Group", "UpdateReplacePolicy", "Retain"), set("Group", "ReplicationGroupId", "other")},
			`Group (AWS::ElastiCache::ReplicationGroup) ReplicationGroupId: "securebase-prod-redis" -> "other": replaces the resource by an ` +
				`empty one; the old one stays outside the stack. Keep the id: set ReplicationGroupId, or keep Name`},
		{"a group whose key gets another logical id", []change{rename("Key", "CacheKey")},
			`Group (AWS::ElastiCache::ReplicationGroup) KmsKeyId: "${Key.Arn}" -> "${CacheKey.Arn}": replaces the resource by an empty one; ` +
				`its data is only in the final snapshot (with the fixed ReplicationGroupId "securebase-prod-redis" the deployment fails, ` +
				`because the new one needs the same name). Keep "${Key.Arn}"; or create a second cache beside this one with SnapshotName, move ` +
				`the clients, then remove this one`},
		{"a group with a new logical id", []change{rename("Group", "CacheGroup")},
			`Group (AWS::ElastiCache::ReplicationGroup): changes its logical id to CacheGroup, which deletes the resource; its data is only ` +
				`in the final snapshot. Keep the path of the construct, or call OverrideLogicalId("Group") on the resource; ` +
				"to move it, use `cdk refactor`, or `cdk orphan` and then `cdk import`"},
		{"a cache that is retained", []change{remove("Serverless")},
			`Serverless (AWS::ElastiCache::ServerlessCache): takes the resource out of the stack; it goes on running, and the stack no ` +
				`longer manages it. Keep it in the template`},
		{"a serverless cache that is deleted after a last snapshot",
			[]change{attribute("Serverless", "DeletionPolicy", "Delete"), remove("Serverless")},
			`Serverless (AWS::ElastiCache::ServerlessCache): deletes the resource; its data is only in the final snapshot. Keep it in the ` +
				`template`},
		{"a serverless cache that is replaced",
			[]change{attribute("Serverless", "UpdateReplacePolicy", "Delete"), set("Serverless", "KmsKeyId", "key")},
			`Serverless (AWS::ElastiCache::ServerlessCache) KmsKeyId: none -> "key": replaces the resource by an empty one; its data is only ` +
				`in the final snapshot (with the fixed ServerlessCacheName "queries" the deployment fails, because the new one needs the same ` +
				`name). Leave it out; or create a second cache beside this one, move the clients, then remove this one`},
		{"less data in a serverless cache", []change{set("Serverless", "CacheUsageLimits", storage(9))},
			`Serverless (AWS::ElastiCache::ServerlessCache) CacheUsageLimits.DataStorage.Maximum: "10" -> "9": evicts keys with a TTL, and ` +
				`then refuses writes, if the cache holds more data than that. Compare it with the metric BytesUsedForCache first`},
		{"another type", []change{attribute("Group", "Type", "AWS::ElastiCache::CacheCluster")},
			`Group (AWS::ElastiCache::ReplicationGroup) Type: AWS::ElastiCache::ReplicationGroup -> AWS::ElastiCache::CacheCluster: gives ` +
				`the logical id to a resource of another type, which CloudFormation refuses. Give the new resource an id of its own, and keep ` +
				`the old one`},
		{"a weaker policy", []change{attribute("Group", "DeletionPolicy", "Delete")},
			`Group (AWS::ElastiCache::ReplicationGroup) DeletionPolicy: "Snapshot" -> "Delete": leaves less of the resource when it leaves ` +
				`the stack. Keep the RemovalPolicy`},
		{"a token of a replaced secret", []change{set("AuthToken", "Name", nil)},
			`AuthToken (AWS::SecretsManager::Secret) Name: "securebase-prod/redis/auth-token" -> none: replaces the resource and loses its ` +
				`value. Keep the name, or read the value before and write it into the new secret` + "\n" +
				`Group (AWS::ElastiCache::ReplicationGroup) AuthToken: {{resolve:secretsmanager:${AuthToken}:SecretString:auth_token::}} -> ` +
				`{{resolve:secretsmanager:${AuthToken}:SecretString:auth_token::}}, which is replaced: changes the token: CloudFormation adds ` +
				`the new one and ` +
				"keeps the old one until a later `--auth-token-update-strategy SET`. Keep the login; or change it by the ElastiCache API, and " +
				"take the replication group out of the stack with `cdk orphan` and back in with `cdk import` (docs/logins.md)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lines []string
			for _, f := range compare(t, test.changes...) {
				lines = append(lines, f.String())
			}
			assert.Equal(t, test.want, strings.Join(lines, "\n"))
		})
	}
}

func TestTokensAndPasswordsAreNotShown(t *testing.T) {
	secret := "correct-horse-battery-staple"
	for _, test := range []struct {
		name    string
		changes []change
		want    string
	}{
		{"a token in plain text", []change{set("Group", "AuthToken", secret)}, "(not shown)"},
		{"a token in plain text before", []change{set("Group", "AuthToken", secret), set("Group", "AuthToken", ref("Token"))},
			"(not shown) -> ${Token}"},
		{"a token that is joined", []change{set("Group", "AuthToken", map[string]any{"Fn::Join": []any{"", []any{secret, ref("Tail")}}})},
			"-> ${Tail}"},
		{"a token that goes", []change{set("Group", "AuthToken", secret), set("Group", "AuthToken", nil)}, "AuthToken: (not shown) -> none"},
		{"a password", []change{set("Password", "SecretString", secret)}, "SecretString: (not shown) -> (not shown)"},
		{"a user", []change{set("User", "AuthenticationMode", map[string]any{"Type": "password", "Passwords": []any{secret}})},
			`"iam" -> "password"`},
		{"passwords of a user", []change{set("User", "Passwords", []any{secret})}, "Passwords: none -> (not shown)"},
		{"a secret that is no longer generated", []change{func(d document) {
			set("AuthToken", "GenerateSecretString", map[string]any{"SecretStringTemplate": secret})(d)
		}, set("AuthToken", "GenerateSecretString", nil)}, "GenerateSecretString: (not shown) -> none"},
		{"a template of a secret", []change{set("AuthToken", "GenerateSecretString", map[string]any{"SecretStringTemplate": secret})},
			"-> (not shown)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			findings := compare(t, test.changes...)
			require.NotEmpty(t, findings)
			printed, err := json.Marshal(findings)
			require.NoError(t, err)
			for _, f := range findings {
				assert.NotContains(t, f.String(), secret)
			}
			assert.NotContains(t, string(printed), secret)
			assert.Contains(t, findings[len(findings)-1].String(), test.want)
		})
	}
}

func TestAllowedFindingsAreNoLosses(t *testing.T) {
	before, next := deployed(t), deployed(t)
	set("Group", "Port", 6380)(next)
	set("Group", "KmsKeyId", nil)(next)
	remove("SlowLog")(next)
	old, now := before.parsed(t), next.parsed(t)
	findings := Compare(old, now)
	require.Len(t, findings, 3)
	assert.Equal(t, 3, Losses(findings))

	require.NoError(t, Allow(findings, old, now, []string{"Group"}))
	assert.Equal(t, 1, Losses(findings))
	assert.True(t, strings.HasPrefix(findings[0].String(), "allowed: Group "))
	assert.True(t, strings.HasPrefix(findings[2].String(), "SlowLog "))
	require.NoError(t, Allow(findings, old, now, []string{"Group", "SlowLog"}))
	assert.Zero(t, Losses(findings))
}

func TestAnUnknownIdCannotBeAllowed(t *testing.T) {
	parsed := deployed(t).parsed(t)
	assert.NoError(t, Allow(nil, parsed, parsed, []string{"Group"}), "an id without a finding")
	err := Allow(nil, parsed, parsed, []string{"Grup", "Group", "x"})
	assert.EqualError(t, err, `--allow Grup: neither template has a resource of this id; did you mean "Group"?`+"\n"+
		`--allow x: neither template has a resource of this id`)
}

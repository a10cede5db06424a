package adopt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (a *adoption) authentication() {
	switch {
	case a.group.AuthTokenEnabled == nil:
		a.unknown("Authentication: the replication group does not say whether it has a token")
		a.noAuthentication()
	case *a.group.AuthTokenEnabled:
		a.token()
	case len(a.group.UserGroupIds) > 0:
		a.users()
	default:
		a.add(prop{name: "Authentication", code: "rediscache.Authentication_None()", packages: []string{rediscachePackage},
			key: "authentication", value: "none"})
	}
	a.transit()
}

// noAuthentication is a login that RedisCache refuses with a message, where leaving it out would be a new token.
func (a *adoption) noAuthentication() {
	a.add(prop{name: "Authentication", code: "rediscache.Authentication_Token(nil, nil)", packages: []string{rediscachePackage}})
}

// token: ElastiCache does not tell it, so where it is kept is an option.
func (a *adoption) token() {
	if a.options.TokenSecret == "" {
		a.unknown("Authentication: ElastiCache does not print the token; put it into a secret in Secrets Manager, and add --token-secret " +
			"with its complete ARN")
		a.noAuthentication()
		return
	}
	options := "nil"
	if a.options.TokenKey != "" {
		options = "&awscdk.SecretsManagerSecretOptions{JsonField: jsii.String(" + strconv.Quote(a.options.TokenKey) + ")}"
	}
	p := prop{
		name: "Authentication",
		code: fmt.Sprintf("rediscache.Authentication_Token(awscdk.SecretValue_SecretsManager(\njsii.String(%q),\n%s,\n), nil)",
			a.options.TokenSecret, options),
		packages: []string{jsiiPackage, cdkPackage, rediscachePackage},
	}
	if a.options.TokenKey == "auth_token" {
		p.key, p.value = "authTokenSecretArn", a.options.TokenSecret
	} else {
		a.noJSON = true
		a.environment("Authentication: an environment reads the token by the JSON key auth_token, and this secret has it elsewhere; copy " +
			"it to that key, or use the Go props")
	}
	a.add(p)
}

func (a *adoption) users() {
	if len(a.group.UserGroupIds) > 1 {
		a.cannot("Authentication: the replication group has %d user groups, and RedisCache has one: %s", len(a.group.UserGroupIds),
			strings.Join(a.group.UserGroupIds, ", "))
		a.noAuthentication()
		return
	}
	id := a.group.UserGroupIds[0]
	a.add(prop{
		name: "Authentication",
		code: fmt.Sprintf("rediscache.Authentication_UserGroup(\nawselasticache.CfnUserGroup_FromUserGroupId(scope, "+
			"jsii.String(\"UserGroup\"), jsii.String(%q)),\n)", id),
		packages: []string{jsiiPackage, rediscachePackage, elasticachePackage},
	})
	a.noJSON = true
	a.environment("Authentication: an environment cannot have the user group %s; use the Go props", id)
	a.checkUserGroup(id)
}

func (a *adoption) checkUserGroup(id string) {
	index := slices.IndexFunc(a.userGroups, func(group userGroup) bool { return group.UserGroupId == id })
	if index < 0 {
		a.unknown("Authentication: the user group %s is not in the files, so nobody sees whether it lets in clients without a password; "+
			"add --user-groups", id)
		return
	}
	group := a.userGroups[index]
	if slices.Contains(group.UserIds, "default") {
		a.cannot("Authentication: the user group %s has ElastiCache's own user default, which needs no password; replace it by a user "+
			"named default that is off", id)
	}
	if group.Status != "active" {
		a.unknown("Authentication: the user group %s is %s; wait until it is active, and ask again", id, orAsk(group.Status,
			"in an unknown status"))
	}
}

// transit: RedisCache always encrypts in transit, and from version 7.0 on says that plain text is refused.
func (a *adoption) transit() {
	switch {
	case a.group.TransitEncryptionEnabled == nil:
		a.unknown("TransitEncryptionEnabled: the replication group does not say it")
	case !*a.group.TransitEncryptionEnabled:
		a.cannot("TransitEncryptionEnabled: false, and RedisCache always encrypts; switch to preferred and then to required by `aws " +
			"elasticache modify-replication-group` first")
	case a.group.TransitEncryptionMode == "preferred":
		a.cannot("TransitEncryptionMode: preferred, and RedisCache requires TLS; move the clients to TLS and switch to required first")
	}
}

package guard

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// addLogin finds what refuses clients that could log in before.
func (c *comparison) addLogin(old, now *template.Resource) {
	switch old.Type {
	case replacement.ReplicationGroup:
		if old.Property("AuthToken").Exists() && now.Property("AuthToken").Exists() {
			c.addChangedLogin(old, now, "AuthToken", "changes the token: CloudFormation adds the new one and keeps the old one until a later "+
				"`--auth-token-update-strategy SET`")
		}
		c.addChangedSet(old, now, "UserGroupIds", "changes who can log in, or fails where there is a token")
	case replacement.ServerlessCache:
		c.addChangedLogin(old, now, "UserGroupId", "changes who can log in")
	case replacement.User:
		for _, property := range []string{"AuthenticationMode", "NoPasswordRequired", "Passwords"} {
			c.addChangedLogin(old, now, property, "changes how the user logs in")
		}
	case replacement.UserGroup:
		c.addLeavingMembers(old, now)
	case replacement.Secret:
		c.addNewSecretValue(old, now)
	}
}

func (c *comparison) addChangedLogin(old, now *template.Resource, property, effect string) {
	if !c.changed(old, now, property) {
		return
	}
	shown := hide(property, now.Property(property))
	if old.Property(property).Equal(now.Property(property)) {
		shown += ", which is replaced"
	}
	c.addLoginFinding(old, property, hide(property, old.Property(property)), shown, effect)
}

func (c *comparison) addLoginFinding(old *template.Resource, property, before, after, effect string) {
	c.add(Finding{
		LogicalID: old.LogicalID, Type: old.Type, Loss: LoginChanged, Property: property, Old: before, New: after,
		Effect: effect, Remedy: remedy(old.Type, property, old.Property(property)),
	})
}

// addChangedSet compares lists without their order.
func (c *comparison) addChangedSet(old, now *template.Resource, property, effect string) {
	before, after := old.Property(property), now.Property(property)
	sameMembers := before.Exists() && after.Exists() && slices.Equal(members(before), members(after))
	if c.changed(old, now, property) && !sameMembers && len(members(before))+len(members(after)) > 0 {
		c.addLoginFinding(old, property, before.String(), after.String(), effect)
	}
}

// addLeavingMembers: a user that leaves a group loses its connections at once; one more is no loss.
func (c *comparison) addLeavingMembers(old, now *template.Resource) {
	const property = "UserIds"
	before, after := old.Property(property), now.Property(property)
	stay := members(after)
	if slices.ContainsFunc(members(before), func(member string) bool { return !slices.Contains(stay, member) }) {
		c.addLoginFinding(old, property, before.String(), after.String(), "takes users out of the group, which ends their connections at once")
	}
}

func members(list template.Value) (texts []string) {
	for _, element := range list.Elements() {
		texts = append(texts, element.String())
	}
	slices.Sort(texts)
	return texts
}

// addNewSecretValue: CloudFormation generates a new value when anything in GenerateSecretString changes (registry schema),
// but the cache keeps the old one until its own properties change.
func (c *comparison) addNewSecretValue(old, now *template.Resource) {
	const generated, written = "GenerateSecretString", "SecretString"
	if old.Property(generated).Exists() != now.Property(generated).Exists() {
		c.addLoginFinding(old, generated, hide(generated, old.Property(generated)), hide(generated, now.Property(generated)),
			"replaces the value of the secret")
		return
	}
	before, after := old.Property(generated).Entries(), now.Property(generated).Entries()
	for _, key := range slices.Sorted(maps.Keys(union(before, after))) {
		if !before[key].Equal(after[key]) {
			c.addLoginFinding(old, generated+"."+key, hide(key, before[key]), hide(key, after[key]),
				"generates a new value, while the cache keeps the old one")
		}
	}
	if c.isLoginOf(old.LogicalID) && !old.Property(written).Equal(now.Property(written)) {
		c.addLoginFinding(old, written, hide(written, old.Property(written)), hide(written, now.Property(written)),
			"changes the value of the secret, while the cache keeps the old one")
	}
}

func union(a, b map[string]template.Value) map[string]template.Value {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// isLoginOf reports whether a cache or a user of the deployed template logs clients in with this secret.
func (c *comparison) isLoginOf(secretID string) bool {
	for _, id := range c.before.LogicalIDs() {
		resource := c.before.Resource(id)
		properties := map[string][]string{
			replacement.ReplicationGroup: {"AuthToken"}, replacement.User: {"AuthenticationMode", "Passwords"},
		}[resource.Type]
		for _, property := range properties {
			if slices.Contains(resource.Property(property).References(), secretID) {
				return true
			}
		}
	}
	return false
}

var hidden = map[string]bool{
	"AuthToken": true, "AuthenticationMode": true, "Passwords": true, "SecretString": true, "GenerateSecretString": true,
	"SecretStringTemplate": true,
}

// harmless is what may be shown of a token: where it comes from.
var harmless = regexp.MustCompile(`\{\{resolve:(?:[^{}]|\$\{[^{}]*\})*\}\}|\$\{[A-Za-z0-9:]+(?:\.[A-Za-z0-9.]+)?\}`)

// hide shows a value without the text of a token or password.
func hide(property string, value template.Value) string {
	if !hidden[property] || !value.Exists() {
		return value.String()
	}
	if kind := value.Entries()["Type"]; kind.Exists() { // of AuthenticationMode
		return kind.String()
	}
	sources := harmless.FindAllString(value.String(), -1)
	if len(sources) == 0 {
		return "(not shown)"
	}
	return strings.Join(sources, " ")
}

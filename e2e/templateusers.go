package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// User is a user of the user group that the replication group has.
type User struct {
	UserID       string `json:"UserId"`
	UserName     string
	AccessString string

	AuthenticationMode struct {
		Type      string // iam, password or no-password-required
		Passwords []any
	}
	passwordSecretID string
}

// Users are the members of the replication group's user group, by their names in ElastiCache.
func (tmpl *Template) Users() (map[string]User, error) {
	var group struct{ UserGroupIds []struct{ Ref string } }
	if err := json.Unmarshal(tmpl.resources[tmpl.groupID].Properties, &group); err != nil {
		return nil, fmt.Errorf("%s: %w", tmpl.groupID, err)
	}
	if len(group.UserGroupIds) != 1 {
		return nil, fmt.Errorf("%s: UserGroupIds has %d references, not one", tmpl.groupID, len(group.UserGroupIds))
	}
	var members struct{ UserIds []string }
	if err := json.Unmarshal(tmpl.resources[group.UserGroupIds[0].Ref].Properties, &members); err != nil {
		return nil, fmt.Errorf("%s: %w", group.UserGroupIds[0].Ref, err)
	}
	users := map[string]User{}
	for id, resource := range tmpl.resources {
		if resource.Type != "AWS::ElastiCache::User" {
			continue
		}
		var user User
		if err := json.Unmarshal(resource.Properties, &user); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		if !slices.Contains(members.UserIds, user.UserID) {
			return nil, fmt.Errorf("%s: the user group has %v, but not %s", id, members.UserIds, user.UserID)
		}
		if len(user.AuthenticationMode.Passwords) > 0 {
			secretID, err := tmpl.referredSecret(user.AuthenticationMode.Passwords[0])
			if err != nil {
				return nil, fmt.Errorf("%s: Passwords: %w", id, err)
			}
			user.passwordSecretID = secretID
		}
		users[user.UserName] = user
	}
	if len(users) != len(members.UserIds) {
		return nil, fmt.Errorf("the user group has %v, the template %v", members.UserIds, keys(users))
	}
	return users, nil
}

// rules are the user's ACL rules. A user with IAM has no password at all: nobody logs in until one is added.
func (u User) rules(password string) []string {
	rules := append([]string{"reset"}, strings.Fields(u.AccessString)...)
	switch u.AuthenticationMode.Type {
	case "no-password-required":
		rules = append(rules, "nopass")
	case "password":
		rules = append(rules, ">"+password)
	}
	return rules
}

// FunctionEnvironment is the environment of the function with this name, as CloudFormation would resolve it.
func (tmpl *Template) FunctionEnvironment(name, primaryHost, readerHost string) (Env, error) {
	for id, resource := range tmpl.resources {
		var function struct {
			FunctionName any
			Environment  struct{ Variables map[string]any }
		}
		if resource.Type != "AWS::Lambda::Function" {
			continue
		}
		if err := json.Unmarshal(resource.Properties, &function); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		if function.FunctionName != name {
			continue
		}
		env := Env{}
		for variable, value := range function.Environment.Variables {
			text, err := tmpl.text(value, tmpl.endpoints(primaryHost, readerHost))
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", id, variable, err)
			}
			env[variable] = text
		}
		return env, nil
	}
	return nil, fmt.Errorf("the template has no function named %s", name)
}

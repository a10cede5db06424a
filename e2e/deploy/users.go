package deploy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// User is a user of the replication group's user group.
type User struct {
	UserID, UserName string
	AccessString     string
	Type             string     // iam, password or no-password-required
	Password         *TokenRule // nil without a password

	passwordSecret string // logical id
}

// Users are the members of the replication group's user group, by their names in ElastiCache.
func (tmpl *Template) Users() (map[string]User, error) {
	attached := tmpl.group.Property("UserGroupIds").Elements()
	if len(attached) != 1 {
		return nil, fmt.Errorf("%s: UserGroupIds has %d elements, not one", tmpl.group.LogicalID, len(attached))
	}
	group, err := only(slices.DeleteFunc(tmpl.document.OfType("AWS::ElastiCache::UserGroup"), func(group *template.Resource) bool {
		return !group.Property("UserGroupId").Equal(attached[0])
	}))
	if err != nil {
		return nil, err
	}
	var members []string
	for _, id := range group.Property("UserIds").Elements() {
		literal, _ := id.Literal()
		members = append(members, literal)
	}
	users := map[string]User{}
	for _, resource := range tmpl.document.OfType("AWS::ElastiCache::User") {
		user := User{}
		for property, field := range map[string]*string{
			"UserId": &user.UserID, "UserName": &user.UserName, "AccessString": &user.AccessString, "AuthenticationMode/Type": &user.Type,
		} {
			*field, _ = resource.Property(property).Literal()
		}
		if !slices.Contains(members, user.UserID) {
			return nil, fmt.Errorf("%s: the user group has %v, but not %s", resource.LogicalID, members, user.UserID)
		}
		for _, password := range resource.Property("AuthenticationMode/Passwords").Elements() {
			if user.passwordSecret, user.Password, err = tmpl.generated(password); err != nil {
				return nil, fmt.Errorf("%s: Passwords: %w", resource.LogicalID, err)
			}
		}
		users[user.UserName] = user
	}
	if len(users) != len(members) {
		return nil, fmt.Errorf("the user group has %v, the template %v", members, engines.Keys(users))
	}
	return users, nil
}

// Rules are the user's ACL rules. A user with IAM has no password at all: nobody logs in until one is added.
func (u User) Rules(password string) []string {
	rules := append([]string{"reset"}, strings.Fields(u.AccessString)...)
	switch u.Type {
	case "no-password-required":
		rules = append(rules, "nopass")
	case "password":
		rules = append(rules, ">"+password)
	}
	return rules
}

// Environment is the environment of the function with this name, as CloudFormation would resolve it; passwords are those of the
// users. The value of the secret that it names is returned beside it, "" where it names none.
func (tmpl *Template) Environment(name string, passwords map[string]string, at Endpoint) (env map[string]string, secret string, err error) {
	for _, function := range tmpl.document.OfType("AWS::Lambda::Function") {
		if literal, _ := function.Property("FunctionName").Literal(); literal != name {
			continue
		}
		env = map[string]string{}
		for variable, value := range function.Property("Environment/Variables").Entries() {
			env[variable] = tmpl.endpoints(at).Replace(text(value))
		}
		id := function.Property("Environment/Variables/REDIS_AUTH_SECRET")
		if !id.Exists() {
			return env, "", nil
		}
		resource, err := tmpl.referred(id)
		if err != nil {
			return nil, "", err
		}
		users, err := tmpl.Users()
		if err != nil {
			return nil, "", err
		}
		user := users[env["REDIS_USER"]]
		secret, err = tmpl.resolveConnection(resource, user.passwordSecret, passwords[user.UserName], at)
		return env, secret, err
	}
	return nil, "", fmt.Errorf("the template has no function named %s", name)
}

package rediscache

import (
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/accessstring"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Users and their group are of engine redis also for Valkey: such a group can be attached to both engines, and it survives
// an upgrade from Redis to Valkey and the way back from Valkey 7.2 (user guide, "Role-Based Access Control").
const userEngine = "redis"

// defaultAccess lets a user do everything with every key, except what could harm the cache itself.
const defaultAccess = "on ~* +@all -@dangerous"

// UserOptions are the options of AddUser.
type UserOptions struct {
	// UserName is the name, and for IAM the id, of the user: 1 to 40 lower-case letters, digits and hyphens, starting with
	// a letter. It has to be a literal, unique in the account and region. Changing it replaces the user.
	//
	// Default: "<Name>-<id>"; without a Name, made from the address of the construct.
	UserName *string `field:"optional" json:"userName" yaml:"userName"`

	// AccessString is what the user may do, as an ACL rule of Redis: "on ~reports:* +@read" reads the keys of one prefix.
	// It has to start with "on" and must not hold a password.
	//
	// Default: "on ~* +@all -@dangerous".
	AccessString *string `field:"optional" json:"accessString" yaml:"accessString"`

	// Password has Secrets Manager generate a password, for a client that cannot log in with IAM.
	//
	// Default: false, which means IAM.
	Password *bool `field:"optional" json:"password" yaml:"password"`
}

// A user id has 1 to 40 lower-case letters, digits and hyphens and starts with a letter (CreateUser, API reference).
const longestUserID = 40

var (
	userIDPattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	hyphens       = regexp.MustCompile(`[^a-z0-9]+`)
)

// mostUsers is what a user group holds (quotas, user guide).
const mostUsers = 100

func checkUserID(r *check.Report, property, id string) {
	r.Text(property, id).
		When(id == "default", "is reserved: the default user of ElastiCache needs no password; choose another name").
		When(len(id) > longestUserID, "has %d characters; use at most %d", len(id), longestUserID).
		Matches(userIDPattern, "must contain only lower-case letters, digits and hyphens and start with a letter")
}

// checkAccessString never shows the value, which may hold a password.
func checkAccessString(r *check.Report, property string, value *string) {
	if value == nil || check.IsToken(*value) {
		return
	}
	if problem := accessstring.Problem(*value); problem != "" {
		r.Add(property, nil, "%s", problem)
	}
}

// users are the user group of a cache with IAM authentication, and its members.
type users struct {
	group  awselasticache.CfnUserGroup
	prefix string // of generated user ids
	ids    []string
	shared *cacheUser // the one that functions log in as
}

// newUsers creates a user for functions to share, and a locked user named default: a group of engine redis must have one of
// that name, and ElastiCache's own lets anyone in without a password.
func newUsers(c *redisCache, s *settings) *users {
	if s.auth.kind != iamLogin {
		return nil
	}
	u := &users{prefix: s.userPrefix(c)}
	locked := userIDOf(u.prefix, "off")
	u.group = awselasticache.NewCfnUserGroup(c, ptr.To("UserGroup"), &awselasticache.CfnUserGroupProps{
		Engine:      ptr.To(userEngine),
		UserGroupId: ptr.To(userIDOf(u.prefix, "redis")),
		UserIds:     &[]*string{},
	})
	u.add(awselasticache.NewCfnUser(c, ptr.To("DefaultUser"), &awselasticache.CfnUserProps{
		Engine:             ptr.To(userEngine),
		UserId:             &locked,
		UserName:           ptr.To("default"),
		AccessString:       ptr.To("off ~* -@all"),
		AuthenticationMode: map[string]any{"Type": "no-password-required"},
	}))
	u.shared = newCacheUser(c, "User", userIDOf(u.prefix, "app"))
	u.create(u.shared, ptr.Or(s.auth.accessString, defaultAccess), nil)
	return u
}

// userPrefix is the Name where it is a literal; a user id cannot be a token, because CloudFormation's reference to a user is
// its name and not its id.
func (s *settings) userPrefix(c *redisCache) string {
	if name := s.naming.name; name != nil && !check.IsToken(*name) {
		return *name
	}
	const enough = 16 // of 40 hexadecimal digits
	return "cache-" + (*c.Node().Addr())[2:2+enough]
}

func newCacheUser(c *redisCache, constructID, id string) *cacheUser {
	user := &cacheUser{id: id, cache: c}
	constructs.NewConstruct_Override(user, c, &constructID)
	return user
}

// create makes the user in ElastiCache: with IAM, or with the password in the secret.
func (u *users) create(user *cacheUser, access string, password awssecretsmanager.ISecret) {
	mode := map[string]any{"Type": "iam"}
	if password != nil {
		mode = map[string]any{"Type": "password", "Passwords": []*string{secretReference(password)}}
	}
	u.add(awselasticache.NewCfnUser(user, ptr.To("Resource"), &awselasticache.CfnUserProps{
		Engine:             ptr.To(userEngine),
		UserId:             &user.id,
		UserName:           &user.id,
		AccessString:       &access,
		AuthenticationMode: mode,
	}))
}

// add makes the user a member of the group. The id is written out and the order by hand, because a reference to a user
// resolves to its name: a reference to the locked user would put ElastiCache's open default user into the group.
func (u *users) add(user awselasticache.CfnUser) {
	u.ids = append(u.ids, *user.UserId())
	u.group.SetUserIds(ptr.List(slices.Clone(u.ids)))
	u.group.Node().AddDependency(user)
}

func (c *redisCache) AddUser(id *string, options *UserOptions) CacheUser {
	given := ptr.Value(options)
	var r check.Report
	if c.users == nil {
		r.Add("AddUser", nil, "has no user group to add to; create the cache with Authentication_Iam")
		panicIfInvalid(&r, c, nil)
	}
	r.Required("id", ptr.Value(id) != "", "use one that is unique in the cache, such as \"Reports\"")
	name := ptr.Or(given.UserName, userIDOf(c.users.prefix, ptr.Value(id)))
	if given.UserName == nil && len(name) > longestUserID {
		name = userIDOf("user", (*c.Node().Addr())[2:18], ptr.Value(id))
	}
	c.checkUser(&r, name, given)
	panicIfInvalid(&r, c, nil)

	registerName(c.settings.naming.stack, "UserName", &name, *c.Node().Path()+"/"+*id)
	user := newCacheUser(c, *id, name)
	var password awssecretsmanager.ISecret
	if ptr.Or(given.Password, false) {
		password, user.secret = newPasswordSecrets(user, c.settings, c.endpoints)
	}
	c.users.create(user, ptr.Or(given.AccessString, defaultAccess), password)
	return user
}

func (c *redisCache) checkUser(r *check.Report, name string, given UserOptions) {
	if check.IsToken(name) {
		r.Add("options.UserName", nil, "is a token, but user ids are written out at synth; pass it as a literal")
	}
	checkUserID(r, "options.UserName", name)
	if taken := nameTakenBy(c.settings.naming.stack, "UserName", name); taken != "" {
		r.Add("options.UserName", name, "is the name of %s already; give each user its own", taken)
	}
	checkAccessString(r, "options.AccessString", given.AccessString)
	if len(c.users.ids) >= mostUsers {
		r.Add("AddUser", nil, "would make %d users; a user group holds at most %d", len(c.users.ids)+1, mostUsers)
	}
}

package login

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/names"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// MostUsers is what a user group holds (quotas, user guide).
const MostUsers = 100

// Group is the user group of a cache with IAM authentication, and its members.
type Group struct {
	// Resource is the user group itself.
	Resource awselasticache.CfnUserGroup
	prefix   string // of generated user ids
	ids      []string
}

// Prefix of generated user ids: the name where it is a literal, else made from the address of the cache. A user id cannot be
// a token, because CloudFormation's reference to a user is its name and not its id.
func Prefix(cache constructs.IConstruct, name *string) string {
	if name != nil && !check.IsToken(*name) {
		return *name
	}
	return "cache-" + address(cache)
}

// address is a part of the 40 hexadecimal digits that tell a construct from any other.
func address(construct constructs.IConstruct) string {
	const enough = 16
	return (*construct.Node().Addr())[2 : 2+enough]
}

// NewGroup creates a user group, and a locked user named default: a group of engine redis must have one of that name, and
// ElastiCache's own lets anyone in without a password. The suffix ends the id of the group.
func NewGroup(cache constructs.Construct, prefix, suffix string) *Group {
	locked := UserID(prefix, "off")
	g := &Group{
		prefix: prefix,
		Resource: awselasticache.NewCfnUserGroup(cache, ptr.To("UserGroup"), &awselasticache.CfnUserGroupProps{
			Engine:      ptr.To(Engine),
			UserGroupId: ptr.To(UserID(prefix, suffix)),
			UserIds:     &[]*string{},
		}),
	}
	g.add(awselasticache.NewCfnUser(cache, ptr.To("DefaultUser"), &awselasticache.CfnUserProps{
		Engine:             ptr.To(Engine),
		UserId:             &locked,
		UserName:           ptr.To("default"),
		AccessString:       ptr.To("off ~* -@all"),
		AuthenticationMode: map[string]any{"Type": "no-password-required"},
	}), locked)
	return g
}

// SharedUserID is the id of the user that functions share.
func (g *Group) SharedUserID() string { return UserID(g.prefix, "app") }

// NewUserID is the id of a further user with this construct id.
func (g *Group) NewUserID(cache constructs.IConstruct, id string) string {
	name := UserID(g.prefix, id)
	if len(name) > LongestUserID {
		return UserID("user", address(cache), id)
	}
	return name
}

// CheckNew judges a further user of this name and access string, which may be nil.
func (g *Group) CheckNew(r *check.Report, place names.Place, name string, access *string) {
	if check.IsToken(name) {
		r.Add("options.UserName", nil, "is a token, but user ids are written out at synth; pass it as a literal")
	}
	CheckUserID(r, "options.UserName", name)
	if taken := place.TakenBy("UserName", name); taken != "" {
		r.Add("options.UserName", name, "is the name of %s already; give each user its own", taken)
	} else if slices.Contains(g.ids, name) {
		r.Add("options.UserName", name, "is a user that the cache has of itself; choose another name")
	}
	CheckAccessString(r, "options.AccessString", access)
	if len(g.ids) >= MostUsers {
		r.Add("AddUser", nil, "would make %d users; a user group holds at most %d", len(g.ids)+1, MostUsers)
	}
}

// Create makes a user in ElastiCache below its construct: with IAM, or with the password in the secret.
func (g *Group) Create(user constructs.Construct, id, access string, password awssecretsmanager.ISecret) {
	mode := map[string]any{"Type": "iam"}
	if password != nil {
		mode = map[string]any{"Type": "password", "Passwords": []*string{SecretReference(password)}}
	}
	g.add(awselasticache.NewCfnUser(user, ptr.To("Resource"), &awselasticache.CfnUserProps{
		Engine:             ptr.To(Engine),
		UserId:             &id,
		UserName:           &id,
		AccessString:       &access,
		AuthenticationMode: mode,
	}), id)
}

// add makes the user a member of the group. The id is written out and the order by hand, because a reference to a user
// resolves to its name: a reference to the locked user would put ElastiCache's open default user into the group.
func (g *Group) add(user awselasticache.CfnUser, id string) {
	g.ids = append(g.ids, id)
	g.Resource.SetUserIds(ptr.List(slices.Clone(g.ids)))
	g.Resource.Node().AddDependency(user)
}

// CheckGroup judges a group that the caller made in this app, for a cache of the engine: it has to fit the engine, and must
// not have ElastiCache's own default user, which needs no password.
func CheckGroup(r *check.Report, group interfacesawselasticache.IUserGroupRef, engine string) {
	if group == nil {
		r.Add("Authentication", nil, "has no user group; pass one to Authentication_UserGroup, such as awselasticache.NewCfnUserGroup(...)")
		return
	}
	cfn, isCfn := group.(awselasticache.CfnUserGroup)
	if !isCfn {
		return
	}
	if engine == catalog.Redis && *cfn.Engine() == catalog.Valkey {
		r.Add("Authentication", nil, "has a user group of engine valkey, which can be attached to Valkey caches only; use a group of engine redis")
	}
	if slices.Contains(ptr.Strings(cfn.UserIds()), "default") {
		r.Add("Authentication", nil, "has a user group with the user \"default\", which lets anyone in without a password; use a locked user that is named default and has another id")
	}
	for _, user := range referredUsers(cfn) {
		r.Add("Authentication", nil, "has a user group with a reference to the user %s, which resolves to its name and not to its id; write out the UserId, and add a dependency", user)
	}
}

// referredUsers are the paths of the users that a group names by CloudFormation's Ref.
func referredUsers(group awselasticache.CfnUserGroup) (paths []string) {
	stack := awscdk.Stack_Of(group)
	ids, _ := stack.Resolve(group.UserIds()).([]any)
	referred := map[any]bool{}
	for _, id := range ids {
		if reference, is := id.(map[string]any); is {
			referred[reference["Ref"]] = true
		}
	}
	if len(referred) == 0 {
		return nil
	}
	for _, construct := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		if user, is := construct.(awselasticache.CfnUser); is && referred[stack.Resolve(user.LogicalId())] {
			paths = append(paths, *user.Node().Path())
		}
	}
	return paths
}

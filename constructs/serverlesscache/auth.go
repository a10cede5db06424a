package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawselasticache"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/login"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Authentication is how clients log in: one of the Authentication_* functions. None of them panics; NewServerlessCache
// reports what cannot be deployed. A serverless cache has no AUTH token.
type Authentication interface {
	choice() auth
}

// auth is Authentication.
type auth struct {
	kind         loginKind
	accessString *string // of the user that functions share
	userGroup    interfacesawselasticache.IUserGroupRef
}

type loginKind int

const (
	iamLogin loginKind = iota
	givenUserGroup
	noLogin
)

func (a auth) choice() auth { return a }

// Authentication_Iam has clients log in with IAM: no secret, nothing to rotate. It creates a user group with one user, which
// functions share, and a locked default user; AddUser adds users that may do less.
func Authentication_Iam(options *rediscache.IamOptions) Authentication {
	return auth{kind: iamLogin, accessString: ptr.Copy(ptr.Value(options).AccessString)}
}

// Authentication_UserGroup attaches a user group that you manage. Connect clients as one of its users, see
// [rediscache.CacheUser_FromUserAttributes].
func Authentication_UserGroup(group interfacesawselasticache.IUserGroupRef) Authentication {
	return auth{kind: givenUserGroup, userGroup: group}
}

// Authentication_None lets in any client that reaches the port. It adds a warning.
func Authentication_None() Authentication { return auth{kind: noLogin} }

func newAuth(props *ServerlessCacheProps) auth {
	return ptr.OrDefault(props.Authentication, Authentication_Iam(nil)).choice()
}

func (a auth) check(r *check.Report, e engine) {
	switch a.kind {
	case iamLogin:
		login.CheckAccessString(r, "Authentication.AccessString", a.accessString)
	case givenUserGroup:
		login.CheckGroup(r, a.userGroup, e.name)
	}
}

func (a auth) warn(w *warnings) {
	w.when(a.kind == noLogin, "noAuth",
		"Authentication: none lets any client that reaches the port read and write; use Authentication_Iam")
}

func (a auth) apply(p *awselasticache.CfnServerlessCacheProps, group awselasticache.CfnUserGroup) {
	switch {
	case group != nil:
		p.UserGroupId = group.Ref()
	case a.userGroup != nil:
		p.UserGroupId = a.userGroup.UserGroupRef().UserGroupId
	}
}

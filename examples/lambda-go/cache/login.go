package cache

import (
	"cmp"
	"context"
	"time"
)

// login returns the user name and the password for a new connection, both empty for a cache that asks for none. An empty
// user name with a password means the default user, which is how an AUTH token is sent.
type login func(ctx context.Context) (user, password string, err error)

// newLogin chooses the login by what the options have.
func newLogin(opts Options, secrets *secretSource, now func() time.Time) login {
	switch {
	case opts.SecretID != "":
		return func(ctx context.Context) (string, string, error) {
			held, err := secrets.get(ctx)
			if err != nil {
				return "", "", secretError{err}
			}
			// A password belongs to the user that stands beside it in the secret.
			return cmp.Or(held.user, opts.User), held.token, nil
		}
	case opts.User != "" || opts.CacheName != "":
		signer, mistake := newIAMSigner(opts, now)
		return func(ctx context.Context) (string, string, error) {
			if mistake != nil {
				return "", "", iamError{mistake}
			}
			token, err := signer.token(ctx)
			if err != nil {
				return "", "", iamError{err}
			}
			return opts.User, token, nil
		}
	default:
		return func(context.Context) (string, string, error) { return "", "", nil }
	}
}

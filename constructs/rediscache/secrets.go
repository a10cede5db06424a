package rediscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/login"
)

// secrets are what the secrets of the cache have in common.
func (s *settings) secrets() login.Secrets {
	return login.Secrets{
		Name:          s.naming.name,
		Title:         s.naming.title(),
		Key:           s.encryption.Key.Key,
		RemovalPolicy: s.backup.supportingRemovalPolicy(),
	}
}

// newAuthToken is the secret of a generated token; nil for any other login.
func newAuthToken(scope constructs.Construct, s *settings) awssecretsmanager.ISecret {
	if s.auth.kind != generatedToken {
		return nil
	}
	return s.secrets().Generated(scope, "AuthToken", "/redis/auth-token",
		"AUTH token of "+s.naming.title()+"; applications read the connection secret")
}

// newConnectionSecret is the secret that applications read; nil where no token is stored.
func newConnectionSecret(scope constructs.Construct, s *settings, token *string, e endpoints) awssecretsmanager.ISecret {
	if !s.auth.hasToken() || !s.auth.store {
		return nil
	}
	return s.secrets().Text(scope, "Connection", "/redis/connection",
		"Host, port and AUTH token of "+s.naming.title(), e.login().JSON(nil, token))
}

// login is the endpoint as the secrets have it.
func (e endpoints) login() login.Endpoint {
	return login.Endpoint{Host: *e.host(), Port: e.portText(), Reader: e.reader}
}

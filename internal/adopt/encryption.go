package adopt

import (
	"fmt"
	"strings"
)

// encryption at rest can never be changed.
func (a *adoption) encryption() {
	switch {
	case a.group.AtRestEncryptionEnabled == nil:
		a.unknown("AtRestEncryptionEnabled: the replication group does not say it")
	case !*a.group.AtRestEncryptionEnabled:
		a.cannot("AtRestEncryptionEnabled: false, and RedisCache always says true, which replaces the replication group; create a new " +
			"cache beside this one from a snapshot")
	}
	key := a.group.KmsKeyId
	switch {
	case key == "":
		return
	case !strings.HasPrefix(key, "arn:"):
		a.unknown("EncryptionKey: %q is not an ARN, and the account and region of the key are in none of the files", key)
		return
	}
	a.add(prop{
		name: "EncryptionKey", code: fmt.Sprintf("awskms.Key_FromKeyArn(scope, jsii.String(\"Key\"),\njsii.String(%q))", key),
		packages: []string{jsiiPackage, "github.com/aws/aws-cdk-go/awscdk/v2/awskms"},
	})
	a.noJSON = true
	a.environment("EncryptionKey: an environment cannot have the key %s, and another key replaces the replication group; use the Go "+
		"props", key)
}

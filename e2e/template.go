package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// Template is what the drills take from the synthesized production stack. It is read as CloudFormation would read it;
// nothing here knows how the template was made.
type Template struct {
	Engine, EngineVersion string
	Family                string            // of the parameter group that the replication group uses
	Parameters            map[string]string // of the same group
	Nodes                 int
	Port                  int
	TLS                   bool // required, not just possible
	AutomaticFailover     bool
	Token                 TokenRule

	resources        map[string]resource
	groupID          string
	tokenSecretID    string
	connectionSecret any
}

type resource struct {
	Type       string
	Properties json.RawMessage
}

// templatePath is where `make synth` puts the production stack.
func templatePath() string {
	return cmp.Or(os.Getenv("E2E_TEMPLATE"), "../cdk.out/securebase-prod-redis.template.json")
}

// LoadTemplate reads the template and fails the test when a part that the drills rest on is not there.
func LoadTemplate(t testing.TB) *Template {
	t.Helper()
	data := must(os.ReadFile(templatePath()))(t)
	return must(parseTemplate(data))(t)
}

func parseTemplate(data []byte) (*Template, error) {
	var document struct{ Resources map[string]resource }
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	tmpl := &Template{resources: document.Resources}
	if err := tmpl.readGroup(); err != nil {
		return nil, err
	}
	return tmpl, tmpl.readSecrets()
}

func (tmpl *Template) readGroup() error {
	id, err := tmpl.only("AWS::ElastiCache::ReplicationGroup", func(resource) bool { return true })
	if err != nil {
		return err
	}
	var group struct {
		Engine, EngineVersion    string
		NumCacheClusters         int
		Port                     int
		TransitEncryptionEnabled bool
		TransitEncryptionMode    string
		AutomaticFailoverEnabled bool
		CacheParameterGroupName  struct{ Ref string }
		AuthToken                any
	}
	if err := json.Unmarshal(tmpl.resources[id].Properties, &group); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	tmpl.groupID = id
	tmpl.Engine, tmpl.EngineVersion = group.Engine, group.EngineVersion
	tmpl.Nodes = group.NumCacheClusters
	tmpl.Port = cmp.Or(group.Port, 6379) // ElastiCache's own default
	tmpl.TLS = group.TransitEncryptionEnabled && group.TransitEncryptionMode != "preferred"
	tmpl.AutomaticFailover = group.AutomaticFailoverEnabled

	var parameters struct {
		CacheParameterGroupFamily string
		Properties                map[string]string
	}
	parameterGroup, ok := tmpl.resources[group.CacheParameterGroupName.Ref]
	if !ok {
		return fmt.Errorf("%s: CacheParameterGroupName names no resource of this template", id)
	}
	if err := json.Unmarshal(parameterGroup.Properties, &parameters); err != nil {
		return fmt.Errorf("%s: %w", group.CacheParameterGroupName.Ref, err)
	}
	tmpl.Family, tmpl.Parameters = parameters.CacheParameterGroupFamily, parameters.Properties

	if group.AuthToken != nil {
		if tmpl.tokenSecretID, err = tmpl.referredSecret(group.AuthToken); err != nil {
			return fmt.Errorf("%s: AuthToken: %w", id, err)
		}
	}
	return nil
}

// readSecrets reads the rules of the secret that the group's AuthToken refers to, and the secret that clients read.
func (tmpl *Template) readSecrets() error {
	if tmpl.tokenSecretID == "" {
		return nil
	}
	token, err := tmpl.generatedSecret(tmpl.tokenSecretID)
	if err != nil {
		return err
	}
	tmpl.Token = *token

	id, err := tmpl.only("AWS::SecretsManager::Secret", func(r resource) bool {
		return bytes.Contains(r.Properties, []byte(`"SecretString"`))
	})
	if err != nil {
		return err
	}
	var connection struct{ SecretString any }
	if err := json.Unmarshal(tmpl.resources[id].Properties, &connection); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	tmpl.connectionSecret = connection.SecretString
	return nil
}

// GroupID is the id of the replication group, which an IAM token names.
func (tmpl *Template) GroupID() (string, error) {
	var group struct{ ReplicationGroupId string }
	err := json.Unmarshal(tmpl.resources[tmpl.groupID].Properties, &group)
	return strings.ToLower(group.ReplicationGroupId), err
}

// only finds the one resource of a type that the template is expected to have.
func (tmpl *Template) only(kind string, match func(resource) bool) (string, error) {
	var found []string
	for id, r := range tmpl.resources {
		if r.Type == kind && match(r) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("the template has %d resources of type %s that fit, not one: %v", len(found), kind, found)
	}
	return found[0], nil
}

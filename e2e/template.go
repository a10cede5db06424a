package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
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
		reference, err := tmpl.text(group.AuthToken, nil)
		if err != nil {
			return fmt.Errorf("%s: AuthToken: %w", id, err)
		}
		match := dynamicReference.FindStringSubmatch(reference)
		if match == nil || match[0] != reference {
			return fmt.Errorf("%s: AuthToken is not one dynamic reference", id)
		}
		tmpl.tokenSecretID, tmpl.Token.Key = match[1], match[2]
	}
	return nil
}

// readSecrets reads the rules of the secret that the group's AuthToken refers to, and the secret that clients read.
func (tmpl *Template) readSecrets() error {
	if tmpl.tokenSecretID == "" {
		return nil
	}
	var generated struct{ GenerateSecretString *TokenRule }
	if err := json.Unmarshal(tmpl.resources[tmpl.tokenSecretID].Properties, &generated); err != nil {
		return fmt.Errorf("%s: %w", tmpl.tokenSecretID, err)
	}
	if generated.GenerateSecretString == nil {
		return fmt.Errorf("%s: AuthToken's secret has no GenerateSecretString", tmpl.tokenSecretID)
	}
	if key := generated.GenerateSecretString.Key; key != tmpl.Token.Key {
		return fmt.Errorf("%s: AuthToken reads the key %q, its secret generates %q", tmpl.groupID, tmpl.Token.Key, key)
	}
	tmpl.Token = *generated.GenerateSecretString
	if !json.Valid([]byte(tmpl.Token.SecretStringTemplate)) {
		return fmt.Errorf("%s: SecretStringTemplate is not JSON: %q", tmpl.tokenSecretID, tmpl.Token.SecretStringTemplate)
	}

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

// ConnectionSecret is the value of the secret that clients read, as CloudFormation would resolve it for a group whose
// endpoints are these. The port is the one thing that is put in afterwards: the servers run on free ports.
func (tmpl *Template) ConnectionSecret(token, primaryHost, readerHost string, port int) (string, error) {
	text, err := tmpl.text(tmpl.connectionSecret, map[string]string{
		tmpl.groupID + ".PrimaryEndPoint.Address": primaryHost,
		tmpl.groupID + ".PrimaryEndPoint.Port":    fmt.Sprint(tmpl.Port),
		tmpl.groupID + ".ReaderEndPoint.Address":  readerHost,
	})
	if err != nil {
		return "", err
	}
	text = dynamicReference.ReplaceAllStringFunc(text, func(reference string) string {
		match := dynamicReference.FindStringSubmatch(reference)
		if match[1] == tmpl.tokenSecretID && match[2] == tmpl.Token.Key {
			return token
		}
		return reference
	})
	var secret map[string]any
	if err := json.Unmarshal([]byte(text), &secret); err != nil {
		return "", fmt.Errorf("the connection secret is not JSON: %w", err)
	}
	if secret["port"] != float64(tmpl.Port) || secret["host"] != primaryHost || secret["auth_token"] != token {
		return "", fmt.Errorf("the connection secret does not hold the group's host, port and token: keys %v", keys(secret))
	}
	secret["port"] = port
	value, err := json.Marshal(secret)
	return string(value), err
}

// dynamicReference matches {{resolve:secretsmanager:<secret>:SecretString:<key>::}}; the secret is a Ref, see text.
var dynamicReference = regexp.MustCompile(`\{\{resolve:secretsmanager:\[([^\]]+)\]:SecretString:([^:}]+)(?:::?)?\}\}`)

// text joins a CloudFormation value into a string. A Ref becomes [logical id]; an attribute comes from attributes.
func (tmpl *Template) text(value any, attributes map[string]string) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case map[string]any:
		if id, ok := value["Ref"].(string); ok {
			return "[" + id + "]", nil
		}
		if pair, ok := value["Fn::GetAtt"].([]any); ok && len(pair) == 2 {
			name := fmt.Sprintf("%v.%v", pair[0], pair[1])
			if attribute, ok := attributes[name]; ok {
				return attribute, nil
			}
			return "", fmt.Errorf("no value for the attribute %s", name)
		}
		if join, ok := value["Fn::Join"].([]any); ok && len(join) == 2 {
			return tmpl.join(join, attributes)
		}
	}
	return "", fmt.Errorf("cannot resolve %v", value)
}

func (tmpl *Template) join(join []any, attributes map[string]string) (string, error) {
	separator, _ := join[0].(string)
	parts, _ := join[1].([]any)
	var texts []string
	for _, part := range parts {
		text, err := tmpl.text(part, attributes)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, separator), nil
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

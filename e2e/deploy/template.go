// Package deploy does with a synthesized template what CloudFormation and ElastiCache would do: it resolves the references, makes
// the tokens by the secrets' rules, and starts a real engine with the parameters, the transport and the login of the template.
package deploy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// Template is what the drills take from a synthesized stack; nothing here knows how it was made.
type Template struct {
	Engine, EngineVersion string
	ReplicationGroupID    string            // in lower case, as ElastiCache keeps it
	Family                string            // of the parameter group that the replication group uses
	Parameters            map[string]string // of the same group
	Nodes                 int               // of all node groups
	NodeGroups            int               // 1 with cluster mode disabled
	Port                  int
	TLS                   bool // required, not just possible
	AutomaticFailover     bool
	Token                 *TokenRule // nil without AUTH token

	document   *template.Template
	group      *template.Resource
	token      string // logical id of the secret that has the token
	connection *template.Resource
}

// Endpoint is where the servers of a drill are.
type Endpoint struct {
	Host, ReaderHost string
	Port             int
}

// Local is an endpoint on this machine. The reader endpoint differs from the primary's by its name only.
func Local(port int) Endpoint { return Endpoint{"127.0.0.1", "localhost", port} }

// Path is where `make synth` puts the production stack, or E2E_TEMPLATE.
func Path() string {
	return cmp.Or(os.Getenv("E2E_TEMPLATE"), engines.Path("cdk.out/securebase-prod-redis.template.json"))
}

// Load reads the production template and fails the test when a part that the drills rest on is not there.
func Load(t testing.TB) *Template {
	t.Helper()
	return engines.Must(Read(Path()))(t)
}

// Check says what to do before the first drill fails for want of the template.
func Check() error {
	_, err := Read(Path())
	return err
}

// Read reads a template.
func Read(path string) (*Template, error) {
	document, err := template.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: run `make synth`, or name another template in E2E_TEMPLATE", err)
	}
	tmpl := &Template{document: document}
	if tmpl.group, err = only(document.OfType("AWS::ElastiCache::ReplicationGroup")); err != nil {
		return nil, err
	}
	if err := tmpl.readGroup(); err != nil {
		return nil, fmt.Errorf("%s: %w", tmpl.group.LogicalID, err)
	}
	return tmpl, tmpl.readToken()
}

func (tmpl *Template) readGroup() error {
	property := func(name string) string {
		literal, _ := tmpl.group.Property(name).Literal()
		return literal
	}
	tmpl.Engine, tmpl.EngineVersion = property("Engine"), property("EngineVersion")
	tmpl.ReplicationGroupID = strings.ToLower(property("ReplicationGroupId"))
	tmpl.TLS = property("TransitEncryptionEnabled") == "true" && property("TransitEncryptionMode") != "preferred"
	tmpl.AutomaticFailover = property("AutomaticFailoverEnabled") == "true"
	var err error
	number := func(name string) (n int) {
		if err == nil {
			if n, err = strconv.Atoi(property(name)); err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
		}
		return n
	}
	if tmpl.NodeGroups = 1; tmpl.group.Property("NumNodeGroups").Exists() {
		tmpl.NodeGroups = number("NumNodeGroups")
		tmpl.Nodes = tmpl.NodeGroups * (1 + number("ReplicasPerNodeGroup"))
	} else {
		tmpl.Nodes = number("NumCacheClusters")
	}
	if err != nil {
		return err
	}
	if tmpl.Port, err = strconv.Atoi(cmp.Or(property("Port"), "6379")); err != nil { // 6379 is ElastiCache's own default
		return err
	}
	parameters, err := tmpl.referred(tmpl.group.Property("CacheParameterGroupName"))
	if err != nil {
		return err
	}
	tmpl.Family, _ = parameters.Property("CacheParameterGroupFamily").Literal()
	tmpl.Parameters = map[string]string{}
	for name, value := range parameters.Property("Properties").Entries() {
		tmpl.Parameters[name], _ = value.Literal()
	}
	return nil
}

// readToken reads the rules of the secret that the group's AuthToken refers to, and finds the secret that clients read.
func (tmpl *Template) readToken() (err error) {
	reference := tmpl.group.Property("AuthToken")
	if !reference.Exists() {
		return nil
	}
	if tmpl.token, tmpl.Token, err = tmpl.generated(reference); err != nil {
		return fmt.Errorf("AuthToken: %w", err)
	}
	var texts []*template.Resource
	for _, secret := range tmpl.document.OfType("AWS::SecretsManager::Secret") {
		if secret.Property("SecretString").Exists() {
			texts = append(texts, secret)
		}
	}
	tmpl.connection, err = only(texts)
	return err
}

// authTokenKey is the key of a token or password in its own secret and in the connection secret.
const authTokenKey = "auth_token"

// dynamicReference is what CloudFormation resolves to a key of a secret of the template.
var dynamicReference = regexp.MustCompile(`\{\{resolve:secretsmanager:\$\{(\w+)\}:SecretString:([^:}]+)(?:::?)?\}\}`)

// generated follows a reference to a token to the rule that it is made by.
func (tmpl *Template) generated(reference template.Value) (secretID string, rule *TokenRule, err error) {
	whole := text(reference)
	match := dynamicReference.FindStringSubmatch(whole)
	if match == nil || match[0] != whole || match[2] != authTokenKey {
		return "", nil, fmt.Errorf("%s is not one dynamic reference to the key %s of a secret", reference, authTokenKey)
	}
	secretID = match[1]
	rule, err = newTokenRule(tmpl.document.Resource(secretID).Property("GenerateSecretString"))
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", secretID, err)
	}
	return secretID, rule, nil
}

// ConnectionSecret is the value of the secret that clients read, as CloudFormation would resolve it for a group whose endpoints
// are these. The port is the one thing that is put in afterwards: the servers run on free ports.
func (tmpl *Template) ConnectionSecret(token string, at Endpoint) (string, error) {
	return tmpl.resolveConnection(tmpl.connection, tmpl.token, token, at)
}

// resolveConnection puts the token of one secret and the group's endpoints into another secret's text.
func (tmpl *Template) resolveConnection(secret *template.Resource, tokenSecret, token string, at Endpoint) (string, error) {
	resolved := dynamicReference.ReplaceAllStringFunc(text(secret.Property("SecretString")), func(reference string) string {
		if match := dynamicReference.FindStringSubmatch(reference); match[1] == tokenSecret && match[2] == authTokenKey {
			return token
		}
		return reference
	})
	resolved = tmpl.endpoints(at).Replace(resolved)
	var value map[string]any
	if err := json.Unmarshal([]byte(resolved), &value); err != nil {
		return "", fmt.Errorf("%s is not JSON: %w", secret.LogicalID, err)
	}
	if value["port"] != float64(tmpl.Port) || value["host"] != at.Host || value[authTokenKey] != token {
		return "", fmt.Errorf("%s does not hold the group's host, port and token: keys %v", secret.LogicalID, engines.Keys(value))
	}
	value["port"] = at.Port
	stored, err := json.Marshal(value)
	return string(stored), err
}

// endpoints are the group's attributes.
func (tmpl *Template) endpoints(at Endpoint) *strings.Replacer {
	attribute := func(name string) string { return "${" + tmpl.group.LogicalID + "." + name + "}" }
	return strings.NewReplacer(
		attribute("PrimaryEndPoint.Address"), at.Host,
		attribute("PrimaryEndPoint.Port"), strconv.Itoa(tmpl.Port),
		attribute("ReaderEndPoint.Address"), at.ReaderHost,
		attribute("ConfigurationEndPoint.Address"), at.Host,
	)
}

// referred is the resource that a Ref leads to.
func (tmpl *Template) referred(value template.Value) (*template.Resource, error) {
	ids := value.References()
	if len(ids) != 1 || tmpl.document.Resource(ids[0]) == nil {
		return nil, fmt.Errorf("%s names no resource of this template", value)
	}
	return tmpl.document.Resource(ids[0]), nil
}

// text is a value with its references in the notation of Fn::Sub.
func text(value template.Value) (text string) {
	_ = json.Unmarshal([]byte(value.String()), &text)
	return text
}

// only is the one resource that the template is expected to have.
func only(found []*template.Resource) (*template.Resource, error) {
	if len(found) != 1 {
		return nil, fmt.Errorf("the template has %d resources that fit, not one", len(found))
	}
	return found[0], nil
}

package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// ConnectionSecret is the value of the secret that clients read, as CloudFormation would resolve it for a group whose
// endpoints are these. The port is the one thing that is put in afterwards: the servers run on free ports.
func (tmpl *Template) ConnectionSecret(token, primaryHost, readerHost string, port int) (string, error) {
	return tmpl.resolveConnection(tmpl.connectionSecret, tmpl.tokenSecretID, token, primaryHost, readerHost, port)
}

// resolveConnection puts the token of one secret and the group's endpoints into another secret's text.
func (tmpl *Template) resolveConnection(value any, tokenSecretID, token, primaryHost, readerHost string, port int) (string, error) {
	text, err := tmpl.text(value, tmpl.endpoints(primaryHost, readerHost))
	if err != nil {
		return "", err
	}
	text = dynamicReference.ReplaceAllStringFunc(text, func(reference string) string {
		match := dynamicReference.FindStringSubmatch(reference)
		if match[1] == tokenSecretID && match[2] == authTokenKey {
			return token
		}
		return reference
	})
	var secret map[string]any
	if err := json.Unmarshal([]byte(text), &secret); err != nil {
		return "", fmt.Errorf("the connection secret is not JSON: %w", err)
	}
	if secret["port"] != float64(tmpl.Port) || secret["host"] != primaryHost || secret[authTokenKey] != token {
		return "", fmt.Errorf("the connection secret does not hold the group's host, port and token: keys %v", keys(secret))
	}
	secret["port"] = port
	resolved, err := json.Marshal(secret)
	return string(resolved), err
}

// authTokenKey is the key of a token or password in its own secret and in the connection secret.
const authTokenKey = "auth_token"

// endpoints are the group's attributes.
func (tmpl *Template) endpoints(primaryHost, readerHost string) map[string]string {
	return map[string]string{
		tmpl.groupID + ".PrimaryEndPoint.Address": primaryHost,
		tmpl.groupID + ".PrimaryEndPoint.Port":    fmt.Sprint(tmpl.Port),
		tmpl.groupID + ".ReaderEndPoint.Address":  readerHost,
	}
}

// dynamicReference matches {{resolve:secretsmanager:<secret>:SecretString:<key>::}}; the secret is a Ref, see text.
var dynamicReference = regexp.MustCompile(`\{\{resolve:secretsmanager:\[([^\]]+)\]:SecretString:([^:}]+)(?:::?)?\}\}`)

// referredSecret is the logical id of the secret whose token a value consists of.
func (tmpl *Template) referredSecret(value any) (string, error) {
	reference, err := tmpl.text(value, nil)
	if err != nil {
		return "", err
	}
	match := dynamicReference.FindStringSubmatch(reference)
	if match == nil || match[0] != reference || match[2] != authTokenKey {
		return "", fmt.Errorf("not one dynamic reference to the key %s of a secret", authTokenKey)
	}
	return match[1], nil
}

// generatedSecret is the rule of a secret whose value Secrets Manager makes.
func (tmpl *Template) generatedSecret(id string) (*TokenRule, error) {
	var generated struct{ GenerateSecretString *TokenRule }
	if err := json.Unmarshal(tmpl.resources[id].Properties, &generated); err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	rule := generated.GenerateSecretString
	if rule == nil || rule.Key != authTokenKey || !json.Valid([]byte(rule.SecretStringTemplate)) {
		return nil, fmt.Errorf("%s: GenerateSecretString does not make JSON with the key %s", id, authTokenKey)
	}
	return rule, nil
}

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

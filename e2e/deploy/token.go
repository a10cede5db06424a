package deploy

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/template"
)

// TokenRule is a secret's GenerateSecretString.
type TokenRule struct {
	PasswordLength    int // default 32
	ExcludeCharacters string
	ExcludeLowercase, ExcludeUppercase, ExcludeNumbers, ExcludePunctuation,
	IncludeSpace bool
}

func newTokenRule(generate template.Value) (*TokenRule, error) {
	given := map[string]string{}
	for name, value := range generate.Entries() {
		given[name], _ = value.Literal()
	}
	if given["GenerateStringKey"] != authTokenKey || !json.Valid([]byte(given["SecretStringTemplate"])) {
		return nil, fmt.Errorf("GenerateSecretString %s does not make JSON with the key %s", generate, authTokenKey)
	}
	length, err := strconv.Atoi(cmp.Or(given["PasswordLength"], "32"))
	return &TokenRule{
		PasswordLength:    length,
		ExcludeCharacters: given["ExcludeCharacters"],
		ExcludeLowercase:  given["ExcludeLowercase"] == "true", ExcludeUppercase: given["ExcludeUppercase"] == "true",
		ExcludeNumbers: given["ExcludeNumbers"] == "true", ExcludePunctuation: given["ExcludePunctuation"] == "true",
		IncludeSpace: given["IncludeSpace"] == "true",
	}, err
}

// The classes that Secrets Manager draws from.
const (
	lowercase   = "abcdefghijklmnopqrstuvwxyz"
	uppercase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numbers     = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// Generate makes a token as Secrets Manager does.
func (rule TokenRule) Generate() (string, error) {
	var classes []string
	for _, class := range []struct {
		characters string
		excluded   bool
	}{
		{lowercase, rule.ExcludeLowercase}, {uppercase, rule.ExcludeUppercase}, {numbers, rule.ExcludeNumbers},
		{punctuation, rule.ExcludePunctuation}, {" ", !rule.IncludeSpace},
	} {
		allowed := strings.Map(func(r rune) rune {
			if strings.ContainsRune(rule.ExcludeCharacters, r) {
				return -1
			}
			return r
		}, class.characters)
		if !class.excluded && allowed != "" {
			classes = append(classes, allowed)
		}
	}
	length := cmp.Or(rule.PasswordLength, 32)
	all := strings.Join(classes, "")
	if all == "" {
		return "", fmt.Errorf("the secret's rules leave no character")
	}
	for {
		token := make([]byte, length)
		for i := range token {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(all))))
			if err != nil {
				return "", err
			}
			token[i] = all[n.Int64()]
		}
		// Secrets Manager requires each type that is included, unless it is told not to.
		if !slices.ContainsFunc(classes, func(class string) bool {
			return !strings.ContainsAny(string(token), class)
		}) {
			return string(token), nil
		}
	}
}

// CheckToken applies ElastiCache's rule for an AUTH token: 16 to 128 printable ASCII characters, and of the
// punctuation only ! & # $ ^ < > and -.
func CheckToken(token string) error {
	if len(token) < 16 || len(token) > 128 {
		return fmt.Errorf("%d characters, ElastiCache takes 16 to 128", len(token))
	}
	for _, r := range token {
		if !strings.ContainsRune(lowercase+uppercase+numbers+"!&#$^<>-", r) {
			return fmt.Errorf("ElastiCache refuses the character %q", r)
		}
	}
	return nil
}

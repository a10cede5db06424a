package e2e

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// TokenRule is a secret's GenerateSecretString.
type TokenRule struct {
	PasswordLength          int
	ExcludeCharacters       string
	ExcludeLowercase        bool
	ExcludeUppercase        bool
	ExcludeNumbers          bool
	ExcludePunctuation      bool
	IncludeSpace            bool
	RequireEachIncludedType *bool
	Key                     string `json:"GenerateStringKey"`
	SecretStringTemplate    string
}

// The classes that Secrets Manager draws from.
const (
	lowercase   = "abcdefghijklmnopqrstuvwxyz"
	uppercase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numbers     = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

// Generate makes a token as Secrets Manager would.
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
	length := rule.PasswordLength
	if length == 0 {
		length = 32 // Secrets Manager's default
	}
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
		eachType := rule.RequireEachIncludedType == nil || *rule.RequireEachIncludedType
		if !eachType || !slices.ContainsFunc(classes, func(class string) bool {
			return !strings.ContainsAny(string(token), class)
		}) {
			return string(token), nil
		}
	}
}

// checkToken applies ElastiCache's rule for an AUTH token: 16 to 128 printable ASCII characters, and of the
// punctuation only ! & # $ ^ < > and -.
func checkToken(token string) error {
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

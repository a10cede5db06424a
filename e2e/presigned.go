package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Presigned is a presigned GET request that has come in. It is checked by the steps of AWS's documentation ("Create a signed
// AWS API request"), with none of the code that the clients sign with.
type Presigned struct {
	Host  string
	Query url.Values

	path, rawQuery string
}

// emptyBody is the SHA-256 of a request without a body.
const emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// ParsePresigned reads a URL without its scheme.
func ParsePresigned(text string) (Presigned, error) {
	parsed, err := url.Parse("http://" + text)
	if err != nil {
		return Presigned{}, err
	}
	query, err := url.ParseQuery(parsed.RawQuery)
	return Presigned{Host: parsed.Host, Query: query, path: parsed.EscapedPath(), rawQuery: parsed.RawQuery}, err
}

// Verify checks the time, the scope and the signature.
func (p Presigned) Verify(now time.Time, keyID, secretKey, region, service, bodyHash string) error {
	signedAt, err := time.Parse("20060102T150405Z", p.Query.Get("X-Amz-Date"))
	if err != nil {
		return err
	}
	seconds, err := strconv.Atoi(p.Query.Get("X-Amz-Expires"))
	if err != nil {
		return err
	}
	if age := now.Sub(signedAt); age < -5*time.Minute || age > time.Duration(seconds)*time.Second {
		return fmt.Errorf("signed %v ago for %d s", age, seconds)
	}
	day := signedAt.Format("20060102")
	scope := []string{day, region, service, "aws4_request"}
	if got, want := p.Query.Get("X-Amz-Credential"), keyID+"/"+strings.Join(scope, "/"); got != want {
		return fmt.Errorf("signed with the credential %s, not %s", got, want)
	}
	request := strings.Join([]string{"GET", p.path, p.canonicalQuery(), "host:" + p.Host, "", "host", bodyHash}, "\n")
	hash := sha256.Sum256([]byte(request))
	text := strings.Join([]string{
		"AWS4-HMAC-SHA256", p.Query.Get("X-Amz-Date"), strings.Join(scope, "/"), hex.EncodeToString(hash[:]),
	}, "\n")
	key := []byte("AWS4" + secretKey)
	for _, part := range append(scope, text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if hex.EncodeToString(key) != p.Query.Get("X-Amz-Signature") {
		return fmt.Errorf("the signature is another one")
	}
	return nil
}

// canonicalQuery has the parameters as they came, by their names, and without the signature.
func (p Presigned) canonicalQuery() string {
	parameters := slices.DeleteFunc(strings.Split(p.rawQuery, "&"), func(parameter string) bool {
		return strings.HasPrefix(parameter, "X-Amz-Signature=")
	})
	slices.Sort(parameters)
	return strings.Join(parameters, "&")
}

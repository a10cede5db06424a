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
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// presigned is a presigned GET request that has come in. It is checked by the steps of AWS's documentation ("Create a signed
// AWS API request"), with none of the code that the clients sign with.
type presigned struct {
	Host  string
	Query url.Values

	path, rawQuery string
}

// emptyBody is the SHA-256 of a request without a body.
const emptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// parsePresigned reads a URL without its scheme.
func parsePresigned(text string) (presigned, error) {
	parsed, err := url.Parse("http://" + text)
	if err != nil {
		return presigned{}, err
	}
	query, err := url.ParseQuery(parsed.RawQuery)
	return presigned{Host: parsed.Host, Query: query, path: parsed.EscapedPath(), rawQuery: parsed.RawQuery}, err
}

// Verify checks the time, the scope and the signature.
func (p presigned) Verify(now time.Time, keyID, secretKey, region, service, bodyHash string) error {
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
func (p presigned) canonicalQuery() string {
	parameters := slices.DeleteFunc(strings.Split(p.rawQuery, "&"), func(parameter string) bool {
		return strings.HasPrefix(parameter, "X-Amz-Signature=")
	})
	slices.Sort(parameters)
	return strings.Join(parameters, "&")
}

// The example of "Authenticating Requests: Using Query Parameters" (Amazon S3 API reference), whose signature AWS publishes.
func TestPresignedVerifiesTheExampleOfAWS(t *testing.T) {
	const example = "examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z" +
		"&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	signed := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, old, replaced string
		now                 time.Time
		want                string
	}{
		{name: "as it is published", now: signed.Add(time.Hour)},
		{name: "a day and a second later", now: signed.Add(24*time.Hour + time.Second), want: "signed 24h0m1s ago"},
		{name: "ten minutes too early", now: signed.Add(-10 * time.Minute), want: "signed -10m0s ago"},
		{name: "for another host", old: "examplebucket", replaced: "otherbucket", now: signed, want: "another one"},
		{name: "for longer", old: "86400", replaced: "86401", now: signed, want: "another one"},
		{name: "for another region", old: "us-east-1", replaced: "us-east-2", now: signed, want: "signed with the credential"},
	} {
		presigned := engines.Must(parsePresigned(strings.Replace(example, c.old, c.replaced, 1)))(t)
		err := presigned.Verify(c.now, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3", "UNSIGNED-PAYLOAD")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

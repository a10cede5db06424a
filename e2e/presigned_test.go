package e2e

import (
	"strings"
	"testing"
	"time"
)

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
		presigned := must(ParsePresigned(strings.Replace(example, c.old, c.replaced, 1)))(t)
		err := presigned.Verify(c.now, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3", "UNSIGNED-PAYLOAD")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

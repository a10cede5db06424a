// Package childprocess runs a test once more in a process of its own: what a kernel does is switched by the environment that it
// is started with.
package childprocess

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/stretchr/testify/require"
)

// Run runs the test with these variables ("NAME=value") added to the environment.
func Run(t *testing.T, variables ...string) (stdout, stderr string, err error) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), variables...)
	var out, errors bytes.Buffer
	command.Stdout, command.Stderr = &out, &errors
	err = command.Run()
	return out.String(), errors.String(), err
}

// PrintRequests is the variable that has a kernel print each request.
const PrintRequests = "JSII_DEBUG=1"

// Requests are what a kernel with PrintRequests has printed to stderr, as JSON, in order.
func Requests(t *testing.T, stderr string) (requests []string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(stderr))
	lines.Buffer(nil, 16<<20) // a template is one line
	for lines.Scan() {
		if text, isRequest := strings.CutPrefix(lines.Text(), "> {"); isRequest {
			requests = append(requests, "{"+text)
		}
	}
	require.NoError(t, lines.Err())
	return requests
}

// Mark makes a request with the text, to be found among the others.
func Mark(text string) { awscdk.Token_IsUnresolved(text) }

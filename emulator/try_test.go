package emulator_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// What `make try` shows, until it is interrupted; afterwards nothing listens any more.
func TestTry(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	reader, writer := io.Pipe()
	done := make(chan error)
	go func() {
		err := emulator.Try(ctx, writer, "..", "securebase-dev-redis")
		writer.Close()
		done <- err
	}()
	var shown strings.Builder
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		shown.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "To stop") {
			interrupt()
		}
	}
	require.NoError(t, <-done)
	assert.Contains(t, shown.String(), "an emulator of AWS")
	assert.Contains(t, shown.String(), "PrimaryEndpointAddress = cache.emulator.invalid\n")
	assert.Contains(t, shown.String(), "ReplicationGroupId = securebase-dev-redis\n")
	assert.Contains(t, shown.String(), "AWS::EC2::FlowLog is not created")

	address := regexp.MustCompile(`AWS_ENDPOINT_URL=http://(127\.0\.0\.1:\d+)`).FindStringSubmatch(shown.String())
	require.NotNil(t, address)
	_, err := net.Dial("tcp", address[1])
	assert.Error(t, err, "the emulator still listens")
}

func TestTryAStackThatIsNotThere(t *testing.T) {
	err := emulator.Try(t.Context(), io.Discard, "..", "securebase-none-redis")
	assert.EqualError(t, err, "cdk.out has no stack securebase-none-redis; it has securebase-dev-redis, securebase-prod-redis")
}

// Nobody else on the network reaches the emulator.
func TestListensOnTheLoopbackOnly(t *testing.T) {
	_, port, err := net.SplitHostPort(strings.TrimPrefix(aws.URL(), "http://"))
	require.NoError(t, err)
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, address := range addresses {
		ip := address.(*net.IPNet).IP
		connection, err := net.Dial("tcp", net.JoinHostPort(ip.String(), port))
		if err == nil {
			connection.Close()
		}
		assert.Equal(t, ip.String() == "127.0.0.1", err == nil, "connected to %s: %v", ip, err)
	}
}

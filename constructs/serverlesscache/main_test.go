package serverlesscache_test

import (
	"os"
	"testing"

	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
	_ "github.com/securebase/cdk-redis-cache/internal/testenv"
)

// One kernel for the package. CDK's validator is off except where it is the subject.
func TestMain(m *testing.M) {
	status := m.Run()
	jsiiclose.Close()
	os.Exit(status)
}

package deploy

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Synth synthesizes the app with one environment in the place of those in cdk.json, and reads its template.
func Synth(environment string, settings map[string]any) (*Template, error) {
	environments, err := json.Marshal(map[string]any{environment: settings})
	if err != nil {
		return nil, err
	}
	assembly := engines.Path("e2e/out", environment)
	synth := exec.Command("node_modules/.bin/cdk", "synth", "--quiet", "--output", assembly,
		"--context", "project=drills", "--context", "environments="+string(environments))
	synth.Dir = engines.Path()
	synth.Env = append(os.Environ(), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20", "CDK_DISABLE_CLI_TELEMETRY=true")
	if out, err := synth.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w: run `make synth` first, which installs the CDK CLI\n%s", synth, err, out)
	}
	return Read(filepath.Join(assembly, "drills-"+environment+"-redis.template.json"))
}

package emulator

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// Env lets the AWS CLI, the SDKs and the CDK CLI talk to the emulator; account is 12 digits.
func (e *Emulator) Env(account, region string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + e.URL(),
		"AWS_ACCESS_KEY_ID=" + account, // the emulator takes an access key of 12 digits for the account
		"AWS_SECRET_ACCESS_KEY=emulator",
		"AWS_REGION=" + region,
	}
}

// Bootstrap prepares an account and region for the CDK CLI, as a real one has to be prepared.
func (e *Emulator) Bootstrap(account, region string) error {
	return e.cdk(account, region, "bootstrap", "aws://"+account+"/"+region)
}

// Deploy creates or updates a stack of an assembly, and returns its outputs by name.
func (e *Emulator) Deploy(assembly *Assembly, stack string) (outputs map[string]string, err error) {
	account, region := assembly.Environment(stack)
	file := e.path("tmp", stack+".outputs.json")
	err = e.cdk(account, region, "deploy", stack, "--app", assembly.Dir, "--require-approval", "never", "--outputs-file", file)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all := map[string]map[string]string{}
	err = json.Unmarshal(text, &all)
	return all[stack], err
}

// Destroy deletes a stack of an assembly.
func (e *Emulator) Destroy(assembly *Assembly, stack string) error {
	account, region := assembly.Environment(stack)
	return e.cdk(account, region, "destroy", stack, "--app", assembly.Dir, "--force")
}

func (e *Emulator) cdk(account, region string, args ...string) error {
	cmd := exec.Command(e.root+"/node_modules/.bin/cdk", append(args, "--ci", "--no-notices", "--progress", "events")...)
	cmd.Dir = e.dir // where no cdk.json is
	cmd.Env = append(append(e.commonEnv(), e.Env(account, region)...),
		"AWS_EC2_METADATA_DISABLED=true", "CDK_DISABLE_CLI_TELEMETRY=true", "NODE_NO_WARNINGS=1")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cdk %s: %w\n%s", args[0], err, output)
	}
	return nil
}

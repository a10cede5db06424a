package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/template"
)

// assembly is what this command reads of the manifest of a cloud assembly (cdk.out).
type assembly struct {
	Artifacts map[string]struct {
		Type        string
		Environment string // "aws://123456789012/eu-central-1"; unknown-account and unknown-region where CDK takes the CLI's
		Properties  struct{ TemplateFile, StackName string }
	}
}

// stack is a stack of the assembly, with the account and the region that it is deployed to; empty for those of the CLI.
type stack struct{ name, templateFile, account, region string }

func findStack(folder, id string) (stack, error) {
	path := filepath.Join(folder, "manifest.json")
	content, err := os.ReadFile(path)
	if err != nil {
		return stack{}, fmt.Errorf("cannot read the cloud assembly: %w; run `cdk synth` first", err)
	}
	var manifest assembly
	if err := json.Unmarshal(content, &manifest); err != nil {
		return stack{}, fmt.Errorf("%s: is not a cloud assembly: %w", path, err)
	}
	artifact, exists := manifest.Artifacts[id]
	if !exists || artifact.Type != "aws:cloudformation:stack" {
		return stack{}, fmt.Errorf("--stack: %s has no stack %q", folder, id)
	}
	found := stack{name: id, templateFile: filepath.Join(folder, artifact.Properties.TemplateFile)}
	if name := artifact.Properties.StackName; name != "" {
		found.name = name
	}
	account, region, _ := strings.Cut(strings.TrimPrefix(artifact.Environment, "aws://"), "/")
	if account != "unknown-account" {
		found.account = account
	}
	if region != "unknown-region" {
		found.region = region
	}
	return found, nil
}

// deployed fetches the template of the stack with the AWS CLI. A stack that does not exist has a template without resources:
// but only in the account and region that CDK deploys to, so another account is an error.
func (s stack) deployed(stderr io.Writer) (*template.Template, error) {
	if s.account != "" {
		own, err := s.aws("sts", "get-caller-identity", "--query", "Account", "--output", "text")
		if err != nil {
			return nil, err
		}
		if account := strings.TrimSpace(string(own)); account != s.account {
			return nil, fmt.Errorf("the credentials of the AWS CLI are of account %s, and the stack %s is of account %s; use a profile of "+
				"that account, or --old with a file",
				account, s.name, s.account)
		}
	}
	answer, err := s.aws("cloudformation", "get-template", "--stack-name", s.name, "--output", "json")
	if noStack.MatchString(fmt.Sprint(err)) {
		fmt.Fprintf(stderr, "There is no stack %s yet: a first deployment loses nothing.\n", s.name)
		return &template.Template{}, nil
	}
	if err != nil {
		return nil, err
	}
	t, err := template.Parse(answer)
	if err != nil {
		return nil, fmt.Errorf("the deployed template of %s %w", s.name, err)
	}
	return t, nil
}

// noStack is CloudFormation's message.
var noStack = regexp.MustCompile(`Stack with id \S+ does not exist`)

// aws runs the AWS CLI; the error has what it prints.
func (s stack) aws(args ...string) ([]byte, error) {
	if s.region != "" {
		args = append(args, "--region", s.region)
	}
	command := exec.Command("aws", args...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("--stack needs the AWS CLI, which is not on the PATH; install it, or use --old with a file")
	case err != nil:
		return nil, fmt.Errorf("aws %s: %s", strings.Join(args, " "), strings.Join(strings.Fields(stderr.String()), " "))
	}
	return output, nil
}

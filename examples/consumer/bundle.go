package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// buildHandler compiles the function for Lambda's provided.al2023 on arm64, and returns the folder with its bootstrap.
// The same source makes the same binary, so that a deployment without a change uploads nothing.
func buildHandler(source string) string {
	folder, err := filepath.Abs("bin/query")
	if err != nil {
		panic(err)
	}
	command := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w",
		"-o", filepath.Join(folder, "bootstrap"), ".")
	command.Dir = source
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		panic(fmt.Errorf("go build in %s: %w\n%s", source, err, output))
	}
	return folder
}

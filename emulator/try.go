package emulator

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Try deploys a stack of the cloud assembly in root/cdk.out to an emulator, prints to out what came of it, and keeps the
// emulator running until ctx is done.
func Try(ctx context.Context, out io.Writer, root, stack string) error {
	dir, err := os.MkdirTemp("", "emulator")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	assembly, err := Adapt(filepath.Join(root, "cdk.out"), filepath.Join(dir, "cdk.out"))
	if err != nil {
		return err
	}
	if stacks := assembly.Stacks(); !slices.Contains(stacks, stack) {
		return fmt.Errorf("cdk.out has no stack %s; it has %s", stack, strings.Join(stacks, ", "))
	}
	e, err := Start(root, dir)
	if err != nil {
		return err
	}
	defer e.Stop()

	account, region := assembly.Environment(stack)
	fmt.Fprintf(out, "MiniStack, an emulator of AWS, runs on %s. Nothing here reaches AWS or costs money.\n", e.URL())
	fmt.Fprintf(out, "Bootstrapping account %s, region %s, and deploying %s ...\n", account, region, stack)
	if err := e.Bootstrap(account, region); err != nil {
		return err
	}
	outputs, err := e.Deploy(assembly, stack)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nOutputs of %s:\n", stack)
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		fmt.Fprintf(out, "  %s = %s\n", name, outputs[name])
	}
	fmt.Fprintln(out, "\nWhat is not as in AWS:")
	for _, difference := range assembly.Differences(stack) {
		fmt.Fprintln(out, "  - "+difference.Text)
	}
	fmt.Fprintf(out, "\nTo look around with the AWS CLI or an SDK:\n  export %s\n", strings.Join(e.Env(account, region), " "))
	fmt.Fprintln(out, "To stop the emulator and forget the stack: Ctrl-C")
	<-ctx.Done()
	return nil
}

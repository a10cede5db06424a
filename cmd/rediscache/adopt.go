package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/adopt"
	"github.com/securebase/cdk-redis-cache/internal/check"
)

func runAdopt(args []string, stdout, stderr io.Writer) (int, error) {
	flags := flag.NewFlagSet("adopt", flag.ContinueOnError)
	var files adopt.Files
	answer := func(target *string, name, command string) {
		flags.StringVar(target, name, "", "the `file` that `aws elasticache "+command+"` printed")
	}
	answer(&files.ReplicationGroups, "replication-group", "describe-replication-groups")
	answer(&files.CacheClusters, "cache-clusters", "describe-cache-clusters")
	answer(&files.SubnetGroups, "subnet-groups", "describe-cache-subnet-groups")
	answer(&files.ParameterGroups, "parameter-groups", "describe-cache-parameter-groups")
	answer(&files.Parameters, "parameters", "describe-cache-parameters")
	answer(&files.Tags, "tags", "list-tags-for-resource")
	answer(&files.UserGroups, "user-groups", "describe-user-groups")

	var options adopt.Options
	flags.StringVar(&options.ID, "id", "", "the `id` of the replication group, where the file has several")
	flags.StringVar(&options.TokenSecret, "token-secret", "", "the complete `ARN` of the secret that has the AUTH token")
	flags.StringVar(&options.TokenKey, "token-key", "", "the JSON `key` of the token in that secret; without, the secret is the token alone")
	flags.StringVar(&options.Package, "package", "main", "the `name` of the package of the Go file")
	flags.StringVar(&options.Construct, "construct", "Cache", "the `path` of the RedisCache in its stack")
	part := flags.String("part", "", "print one `part` alone: "+strings.Join(parts, ", "))
	asJSON := flags.Bool("json", false, "print JSON")
	if err := parse(flags, args, stderr); err != nil {
		return 0, err
	}
	if err := required(flags, "replication-group"); err != nil {
		return 0, err
	}
	result, err := adopt.Adopt(files, options)
	if err != nil {
		return 0, err
	}
	if *asJSON {
		err = printJSON(stdout, result)
	} else {
		err = printParts(stdout, result, *part)
	}
	if !result.Complete() {
		return bad, err
	}
	return good, err
}

// The parts of what adopt prints.
var parts = []string{"go", "cdk.json", "mapping", "list"}

func printParts(w io.Writer, result adopt.Result, only string) error {
	text := map[string]string{"go": result.Go, "cdk.json": result.CdkJSON, "mapping": result.Mapping, "list": list(result)}
	if only != "" {
		if _, exists := text[only]; !exists {
			return fmt.Errorf("--part: %q is not a part; use %s", only, check.Either(parts))
		}
		fmt.Fprint(w, text[only])
		return nil
	}
	headings := map[string]string{
		"go": "Go props", "cdk.json": "cdk.json, for the deployment after the import",
		"mapping": "mapping for `cdk import --resource-mapping`", "list": "what cannot be taken over, and what changes later",
	}
	for _, part := range parts {
		if text[part] != "" {
			fmt.Fprintf(w, "=== %s\n%s", headings[part], text[part])
		}
	}
	return nil
}

// list has a line for everything that a person has to decide.
func list(result adopt.Result) string {
	var text strings.Builder
	for _, group := range []struct {
		name  string
		lines []string
	}{
		{"cannot", result.Cannot}, {"unknown", result.Unknown}, {"later", result.Later}, {"cdk.json", result.Environment},
	} {
		for _, line := range group.lines {
			fmt.Fprintf(&text, "%s: %s\n", group.name, line)
		}
	}
	return text.String()
}

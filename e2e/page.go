package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// pagePath is the one page that a full run leaves.
const pagePath = "out/RESULTS.md"

// writePage writes the results in the same layout each time, so that a change of the page is a change of a result.
func writePage(tmpl *Template) error {
	page := &strings.Builder{}
	fmt.Fprint(page, `# Results of the drills

Written by the drills themselves: `+"`make e2e`"+` after `+"`make e2e-setup`"+`. Do not edit.

`)
	versions, err := machine()
	if err != nil {
		return err
	}
	fmt.Fprintf(page, "Template: %s %s, family %s, %d nodes, TLS required: %v. %s\n\n", tmpl.Engine, tmpl.EngineVersion, tmpl.Family,
		tmpl.Nodes, tmpl.TLS, versions)
	fmt.Fprint(page, `ElastiCache runs builds of its own, on machines of its own, with a failover of its own. These are Debian's builds, and
Sentinel stands in for ElastiCache's failover: it gives a silent primary up after `+downAfter.String()+`. Figures of time are this
machine's.

`)
	if err := writeResults(page); err != nil {
		return err
	}
	writeDifferences(page)
	if err := os.MkdirAll(filepath.Dir(pagePath), 0o755); err != nil {
		return err
	}
	return os.WriteFile(pagePath, []byte(page.String()), 0o644)
}

// machine says what ran the drills, by cores and versions only.
func machine() (string, error) {
	script := `import platform, redis, boto3; print("Python", platform.python_version() + ", redis-py", redis.__version__ + ", boto3", boto3.__version__)`
	libraries, err := exec.Command(python, "-c", script).Output()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Ran on %d cores with %s, %s.", runtime.NumCPU(), strings.Replace(runtime.Version(), "go", "Go ", 1),
		strings.TrimSpace(string(libraries))), nil
}

func writeResults(page *strings.Builder) error {
	fmt.Fprint(page, "| Drill | |")
	for _, engine := range Engines {
		version, err := engine.Version()
		if err != nil {
			return err
		}
		fmt.Fprintf(page, " %s %s |", engine.Name, version)
	}
	fmt.Fprint(page, "\n|---|---|"+strings.Repeat("---|", len(Engines))+"\n")
	drill := ""
	for r, line := range rows {
		name := ""
		if line.drill != drill {
			name, drill = line.drill, line.drill
		}
		fmt.Fprintf(page, "| %s | %s |", name, line.shows)
		for _, engine := range Engines {
			fmt.Fprintf(page, " %s |", results.cells[engine.Name][r])
		}
		fmt.Fprintln(page)
	}
	return nil
}

func writeDifferences(page *strings.Builder) {
	fmt.Fprint(page, `
## Where the parameter table and the engines differ

The table describes ElastiCache. Any other difference fails drill 1.

| Difference | Parameters | Family | Why it is no mistake |
|---|---|---|---|
`)
	for _, known := range allKnownDifferences {
		var parameters []string
		for _, name := range keys(known.Details) {
			text := "`" + name + "`"
			if details := known.Details[name]; len(details) > 0 && known.Kind != kindUnknown {
				text += " (" + strings.Join(details, ", ") + ")"
			}
			parameters = append(parameters, text)
		}
		fmt.Fprintf(page, "| %s | %s | %s | %s |\n", known.Kind, strings.Join(parameters, ", "), strings.Join(known.Families, ", "), known.Reason)
	}
	for _, reason := range slices.Compact(slices.Sorted(maps.Values(awsOnly))) {
		var names []string
		for _, name := range keys(awsOnly) {
			if awsOnly[name] == reason {
				names = append(names, "`"+name+"`")
			}
		}
		fmt.Fprintf(page, "| ElastiCache's own | %s | %s | %s |\n", strings.Join(names, ", "), strings.Join(redisAndValkey, ", "), reason)
	}
}

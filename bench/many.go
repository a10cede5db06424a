package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// manyCaches shows whether time and memory grow linearly with the caches of an app.
func (b *bench) manyCaches() error {
	binary := filepath.Join(b.work, "caches")
	if err := b.execute(filepath.Join(b.root, "bench"), nil, "go", "build", "-o", binary, "./caches"); err != nil {
		return err
	}
	app := []string{"CDK_CONTEXT_JSON=" + string(b.cdk.Context), "CDK_OUTDIR=" + filepath.Join(b.work, "cdk.out.many")}
	memory := map[string][]float64{}
	var contenders []contender
	for _, count := range []int{1, 10, 50, 100} {
		for _, validation := range []string{"", " CDK_VALIDATION=false"} {
			env := slices.Concat(app, strings.Fields(validation))
			name := fmt.Sprintf("Synth of caches: %d%s", count, validation)
			contenders = append(contenders, contender{name: name, measure: func() error {
				peak, err := b.peak(b.work, env, binary, strconv.Itoa(count))
				memory[name] = append(memory[name], peak)
				return err
			}})
		}
	}
	medians, err := interleaved(b.runs, contenders...)
	if err != nil {
		return err
	}
	for _, c := range contenders {
		b.add(c.name, fmt.Sprintf("%s, %.0f MiB", seconds(medians[c.name]), median(memory[c.name])))
	}
	return nil
}

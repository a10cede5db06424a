package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// javascript compares RedisCache with the same construct in JavaScript, as programs that the CDK CLI would start.
func (b *bench) javascript() error {
	binary, js := filepath.Join(b.work, "caches"), filepath.Join(b.work, "js")
	if err := b.execute(b.dir, nil, "go", "build", "-o", binary, "./caches"); err != nil {
		return err
	}
	if err := b.execute(b.dir, nil, "node_modules/.bin/tsc", "-p", "typescript", "--noEmit", "false", "--outDir", js,
		"--inlineSourceMap", "false", "--inlineSources", "false"); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(b.dir, "node_modules"), filepath.Join(b.work, "node_modules")); err != nil {
		return err
	}
	settings, err := b.cdkJson()
	if err != nil {
		return err
	}

	medians := map[string]time.Duration{}
	for _, validation := range []string{"off", "on"} {
		for _, caches := range []int{0, 1, 10, 50, 100} {
			if validation == "on" && caches != 1 && caches != 100 {
				continue // nothing in between is news; and without stacks it is about starting
			}
			key := fmt.Sprintf("%d %s", caches, validation)
			app := func(name string, command ...string) contender {
				env := []string{"CDK_CONTEXT_JSON=" + string(settings.Context), "CDK_OUTDIR=" + b.assembly(name, caches)}
				if validation == "off" {
					env = append(env, "CDK_VALIDATION=false")
				}
				return contender{name: key + " " + name, measure: func() error {
					return b.execute(b.work, env, command[0], append(command[1:], strconv.Itoa(caches))...)
				}}
			}
			taken, err := interleaved(b.runs, app("go", binary), app("js", "node", filepath.Join(js, "bin/caches.js")))
			if err != nil {
				return err
			}
			for name, duration := range taken {
				medians[name] = duration
			}
			if caches == 0 {
				continue
			}
			if err := sameTemplates(b.assembly("go", caches), b.assembly("js", caches)); err != nil {
				return err
			}
			most := 0.0 // 10 and 50 are between goals
			switch {
			case validation == "on":
				most = 1.15
			case caches == 1 || caches == 100:
				most = 1.8
			}
			b.table.compare(fmt.Sprintf("Synth of %s against JavaScript, validation %s", plural(caches, "cache"), validation),
				medians[key+" go"], medians[key+" js"], most)
		}
	}
	b.noteJavaScript(medians)
	return b.size()
}

func (b *bench) assembly(name string, caches int) string {
	return filepath.Join(b.work, fmt.Sprintf("cdk.out.%s.%d", name, caches))
}

// cdkJson is what the CDK CLI reads of the project.
type cdkJson struct {
	Build   string
	Context json.RawMessage
}

func (b *bench) cdkJson() (parsed cdkJson, err error) {
	text, err := os.ReadFile(filepath.Join(b.root, "cdk.json"))
	if err != nil {
		return parsed, err
	}
	return parsed, json.Unmarshal(text, &parsed)
}

// noteJavaScript says where the time of Go goes: to start, and for each cache.
func (b *bench) noteJavaScript(medians map[string]time.Duration) {
	start := medians["0 off go"] - medians["0 off js"]
	slope := func(language string) time.Duration {
		return (medians["100 off "+language] - medians["1 off "+language]) / 99
	}
	b.note("Against JavaScript",
		"An app without any stack takes %s in Go and %s in JavaScript. The difference of %s is the start of the kernel: two "+
			"Node processes one after the other, and the load of the packages into the second. It is there once in each synth. "+
			"At one cache the whole of JavaScript takes %s, so that for 1.8 Go would have %s for everything, its start included.",
		seconds(medians["0 off go"]), seconds(medians["0 off js"]), seconds(start),
		seconds(medians["1 off js"]), seconds(medians["1 off js"]*18/10))
	b.note("Against JavaScript",
		"A further cache takes %.1f ms in Go and %.1f ms in JavaScript, from the difference between 1 and 100 caches: its %.0f requests "+
			"to the kernel cost %.2f ms each.",
		milliseconds(slope("go")), milliseconds(slope("js")), b.requestsOfCache,
		(milliseconds(slope("go"))-milliseconds(slope("js")))/b.requestsOfCache)
}

// size is what a prod-shaped cache takes of a stack, from the difference that nine more of them make.
func (b *bench) size() error {
	one, err := sizeOf(b.assembly("go", 1))
	if err != nil {
		return err
	}
	ten, err := sizeOf(b.assembly("go", 10))
	if err != nil {
		return err
	}
	resources, bytes := (ten.resources-one.resources)/9, (ten.bytes-one.bytes)/9
	b.table.add(row{
		what: "Resources of a prod cache, without VPC, key, topics and dashboard",
		got:  float64(resources), most: 24, ours: fmt.Sprintf("%d resources", resources), theirs: fmt.Sprintf("%d bytes", bytes),
	})
	b.note("Size", "A stack may have 500 resources and 1,000,000 bytes. A further prod cache takes %d resources and %d bytes of its template "+
		"as CDK writes it: %d fit by resources and %d by bytes.", resources, bytes, 500/resources, 1_000_000/bytes)
	return nil
}

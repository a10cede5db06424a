package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Assembly is a cloud assembly whose templates the emulator understands.
type Assembly struct {
	// Dir is the folder of the assembly.
	Dir string

	environments map[string]string       // by stack
	adapted      map[string][]Difference // by stack
}

// manifest is what is read of an assembly's manifest.json.
type manifest struct {
	Artifacts map[string]struct {
		Type        string
		Environment string
		Properties  struct{ TemplateFile string }
	}
}

// Adapt copies the assembly in the folder from to the folder to, and changes its templates for the emulator: see
// [Differences]. The functions in more, which may be none, change the templates further.
func Adapt(from, to string, more ...func(Template)) (*Assembly, error) {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(to, "manifest.json"))
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, err
	}
	a := &Assembly{Dir: to, environments: map[string]string{}, adapted: map[string][]Difference{}}
	for stack, artifact := range m.Artifacts {
		if artifact.Type != "aws:cloudformation:stack" {
			continue
		}
		a.environments[stack] = artifact.Environment
		if a.adapted[stack], err = a.adapt(stack, artifact.Properties.TemplateFile, more); err != nil {
			return nil, fmt.Errorf("%s: %w", stack, err)
		}
	}
	return a, nil
}

// adapt changes the template of a stack, and its hash: the CDK CLI does not upload a file whose hash it has seen.
func (a *Assembly) adapt(stack, file string, more []func(Template)) ([]Difference, error) {
	old, err := os.ReadFile(filepath.Join(a.Dir, file))
	if err != nil {
		return nil, err
	}
	var t Template
	if err := json.Unmarshal(old, &t); err != nil {
		return nil, err
	}
	found := t.adapt()
	for _, change := range more {
		change(t)
	}
	adapted, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(a.Dir, file), adapted, 0o644); err != nil {
		return nil, err
	}
	for _, list := range []string{stack + ".assets.json", "manifest.json"} {
		if err := a.replace(list, hash(old), hash(adapted)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (a *Assembly) replace(file, old, replacement string) error {
	path := filepath.Join(a.Dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Contains(text, []byte(old)) {
		return fmt.Errorf("%s does not name the template by its hash, %s", file, old)
	}
	return os.WriteFile(path, bytes.ReplaceAll(text, []byte(old), []byte(replacement)), 0o644)
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Environment is the account and region of a stack; one that names none gets the emulator's.
func (a *Assembly) Environment(stack string) (account, region string) {
	account, region, _ = strings.Cut(strings.TrimPrefix(a.environments[stack], "aws://"), "/")
	if account == "unknown-account" {
		account = Account
	}
	if region == "unknown-region" {
		region = Region
	}
	return account, region
}

// Stacks are the names of the assembly's stacks.
func (a *Assembly) Stacks() []string { return slices.Sorted(maps.Keys(a.environments)) }

// Differences are those that matter for a stack: what its template was changed for, and what no change of a template cures.
func (a *Assembly) Differences(stack string) []Difference {
	found := slices.Clone(a.adapted[stack])
	for _, d := range Differences {
		if d.adapt == nil {
			found = append(found, d)
		}
	}
	return found
}

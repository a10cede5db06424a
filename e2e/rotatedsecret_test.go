package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// rotatedSecret is a secret of Secrets Manager with its versions and their stages. A version without a stage goes at
// once, where AWS takes its time.
type rotatedSecret struct {
	mu       sync.Mutex
	versions map[string]secretVersion
	stages   map[string]string // version by stage; a version that a rotation has just begun has a stage and no value
	count    int
}

type secretVersion struct {
	value   string
	created time.Time
}

// The errors of Secrets Manager are called by what is in __type.
var (
	errNotFound         = errors.New("ResourceNotFoundException")
	errExists           = errors.New("ResourceExistsException")
	errInvalidParameter = errors.New("InvalidParameterException")
)

// newRotatedSecret has one version, the current one.
func newRotatedSecret(value string) *rotatedSecret {
	s := &rotatedSecret{versions: map[string]secretVersion{}, stages: map[string]string{}}
	_ = s.Put(s.nextVersion(), value, "AWSCURRENT")
	return s
}

// Put stores a version's value once and moves stages to it.
func (s *rotatedSecret) Put(version, value string, stages ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if existing, ok := s.versions[version]; ok && existing.value != value {
		return errExists
	} else if !ok {
		s.versions[version] = secretVersion{value, time.Now()}
	}
	for _, stage := range stages {
		s.move(stage, version)
	}
	return nil
}

// MoveStage takes a stage from the version that has it to another one.
func (s *rotatedSecret) MoveStage(stage, from, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.versions[to]; !ok || s.stages[stage] != from {
		return errInvalidParameter
	}
	s.move(stage, to)
	return nil
}

func (s *rotatedSecret) move(stage, version string) {
	if before := s.stages[stage]; stage == "AWSCURRENT" && before != "" && before != version {
		s.stages["AWSPREVIOUS"] = before
	}
	s.stages[stage] = version
	s.tidy()
}

func (s *rotatedSecret) tidy() {
	used := slices.Collect(maps.Values(s.stages))
	maps.DeleteFunc(s.versions, func(version string, _ secretVersion) bool { return !slices.Contains(used, version) })
}

// find is the version of a request, which names a version, a stage, or neither.
func (s *rotatedSecret) find(version, stage string) (string, secretVersion, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version == "" && stage == "" {
		stage = "AWSCURRENT"
	}
	if version == "" {
		version = s.stages[stage]
	}
	found, ok := s.versions[version]
	if !ok || stage != "" && s.stages[stage] != version {
		return "", secretVersion{}, errNotFound
	}
	return version, found, nil
}

// Value is the current version's.
func (s *rotatedSecret) Value() string {
	_, current, _ := s.find("", "")
	return current.value
}

// Token is the token in the current version.
func (s *rotatedSecret) Token() string {
	var value struct {
		Token string `json:"auth_token"`
	}
	_ = json.Unmarshal([]byte(s.Value()), &value)
	return value.Token
}

// Stage is the version that has a stage.
func (s *rotatedSecret) Stage(stage string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stages[stage]
}

// Stages are the stages by version.
func (s *rotatedSecret) Stages() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	byVersion := map[string][]string{}
	for _, stage := range engines.Keys(s.stages) {
		byVersion[s.stages[stage]] = append(byVersion[s.stages[stage]], stage)
	}
	return byVersion
}

// BeginRotation is what RotateSecret does before it calls the function: it takes up a rotation that has not ended, or
// gives AWSPENDING to a version without a value.
func (s *rotatedSecret) BeginRotation() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pending := s.stages["AWSPENDING"]; pending != "" && pending != s.stages["AWSCURRENT"] {
		return pending
	}
	s.stages["AWSPENDING"] = s.nextVersion()
	s.tidy()
	return s.stages["AWSPENDING"]
}

// CancelRotation takes AWSPENDING away, as an operator does to end a rotation, and Secrets Manager to end its probe.
func (s *rotatedSecret) CancelRotation() {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.stages, "AWSPENDING")
	s.tidy()
}

// nextVersion has the 32 characters that a ClientRequestToken needs.
func (s *rotatedSecret) nextVersion() string {
	s.count++
	return fmt.Sprintf("version-%024d", s.count)
}

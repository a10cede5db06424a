// Package adopt turns what the AWS CLI prints of a replication group into the props of a RedisCache, the settings of an
// environment and the mapping for `cdk import`, and lists what cannot be taken over. It never guesses. It imports no CDK
// package.
package adopt

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// Options are the choices that no answer of the AWS CLI holds.
type Options struct {
	// ID of the replication group; needed where the file has several.
	ID string
	// Package of the Go file.
	Package string
	// Construct is the path of the RedisCache in its stack, such as "Cache".
	Construct string
	// TokenSecret is the complete ARN of the secret that has the token.
	TokenSecret string
	// TokenKey is the JSON key of the token in the secret; empty where the secret is the token alone.
	TokenKey string
}

var (
	packagePattern   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	constructPattern = regexp.MustCompile(`^[^/\s]+(/[^/\s]+)*$`)
	secretArnPattern = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$`)
)

func (o Options) check() error {
	var problems []error
	if !packagePattern.MatchString(o.Package) {
		problems = append(problems, fmt.Errorf("--package: %q is not the name of a Go package; use lower-case letters and digits", o.Package))
	}
	if !constructPattern.MatchString(o.Construct) {
		problems = append(problems, fmt.Errorf("--construct: %q is not the path of a construct; use its ids from the stack down, such as "+
			"\"Cache\"", o.Construct))
	}
	if o.TokenSecret != "" && !secretArnPattern.MatchString(o.TokenSecret) {
		problems = append(problems, fmt.Errorf("--token-secret: %q is not the complete ARN of a secret; `aws secretsmanager "+
			"describe-secret` prints it", o.TokenSecret))
	}
	return errors.Join(problems...)
}

// Result is what can be said of a replication group.
type Result struct {
	ReplicationGroupID string `json:"replicationGroupId"`
	// Go is a file with the props.
	Go string `json:"go"`
	// CdkJSON is the context of cdk.json with an environment; empty where an environment cannot have this group.
	CdkJSON string `json:"cdkJson"`
	// Mapping is the file for `cdk import --resource-mapping`.
	Mapping string `json:"mapping"`
	// Cannot are the settings that a RedisCache does not have.
	Cannot []string `json:"cannot"`
	// Unknown is what the files do not say.
	Unknown []string `json:"unknown"`
	// Environment is what an environment of cdk.json does not have.
	Environment []string `json:"environment"`
	// Later is what the deployment after `cdk import` changes.
	Later []string `json:"later"`
}

// Complete reports whether everything can be taken over.
func (r Result) Complete() bool { return len(r.Cannot)+len(r.Unknown) == 0 }

// Adopt reads the files and describes one replication group. The error is about the files or the options.
func Adopt(files Files, options Options) (Result, error) {
	if err := options.check(); err != nil {
		return Result{}, err
	}
	read, err := readAnswers(files)
	if err != nil {
		return Result{}, err
	}
	group, err := read.group(options.ID, files.ReplicationGroups)
	if err != nil {
		return Result{}, err
	}
	a := &adoption{answers: read, options: options, group: group, nodes: read.nodes(group.ReplicationGroupId),
		hasNodes: files.CacheClusters != ""}
	a.naming()
	a.network()
	a.engine()
	a.topology()
	a.parameterGroup()
	a.authentication()
	a.encryption()
	a.backup()
	a.logs()
	a.unfinished()
	a.fixed()
	return a.result(), nil
}

// adoption is a result in the making. Every concern has a file, as in the construct.
type adoption struct {
	answers
	options  Options
	group    replicationGroup
	nodes    []cacheCluster
	hasNodes bool // the file with the cache clusters was given

	props     []prop
	overrides []override
	found     Result
	noJSON    bool // an environment would replace the group
}

// prop is a property of RedisCacheProps.
type prop struct {
	name, code string
	packages   []string
	key        string // in cdk.json; empty where there is none
	value      any    // in cdk.json
}

func (a *adoption) add(p prop) { a.props = append(a.props, p) }

func (a *adoption) text(name, key, value string) {
	a.add(prop{name: name, code: "jsii.String(" + strconv.Quote(value) + ")", packages: []string{jsiiPackage}, key: key, value: value})
}

func (a *adoption) number(name, key string, value int) {
	a.add(prop{name: name, code: fmt.Sprintf("jsii.Number(%d)", value), packages: []string{jsiiPackage}, key: key, value: value})
}

func (a *adoption) flag(name, key string, value bool) {
	a.add(prop{name: name, code: fmt.Sprintf("jsii.Bool(%t)", value), packages: []string{jsiiPackage}, key: key, value: value})
}

func (a *adoption) cannot(format string, args ...any) {
	a.found.Cannot = append(a.found.Cannot, fmt.Sprintf(format, args...))
}

func (a *adoption) unknown(format string, args ...any) {
	a.found.Unknown = append(a.found.Unknown, fmt.Sprintf(format, args...))
}

func (a *adoption) environment(format string, args ...any) {
	a.found.Environment = append(a.found.Environment, fmt.Sprintf(format, args...))
}

func (a *adoption) later(format string, args ...any) {
	a.found.Later = append(a.found.Later, fmt.Sprintf(format, args...))
}

// ofNodes is a value that all nodes share; empty, with a line, where they do not or where there are none.
func (a *adoption) ofNodes(property string, value func(node cacheCluster) string) string {
	if len(a.nodes) == 0 {
		a.unknown("%s: no cache cluster of the replication group is in the files; add --cache-clusters", property)
		return ""
	}
	first := value(a.nodes[0])
	for _, node := range a.nodes[1:] {
		if other := value(node); other != first {
			a.unknown("%s: the nodes differ: %s has %q, %s has %q; wait until the replication group is available, and ask again",
				property, a.nodes[0].CacheClusterId, first, node.CacheClusterId, other)
			return ""
		}
	}
	if first == "" {
		a.unknown("%s: the cache clusters do not say it", property)
	}
	return first
}

func (a *adoption) result() Result {
	a.found.ReplicationGroupID = a.group.ReplicationGroupId
	for _, name := range a.newer {
		a.unknown("%s is newer than this tool, which does not know what it means", name)
	}
	a.found.Go = a.goFile()
	a.found.CdkJSON = a.cdkJSON()
	a.found.Mapping = a.mapping()
	return a.found
}

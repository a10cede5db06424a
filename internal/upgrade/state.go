package upgrade

import (
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// state is a replication group in one of the templates.
type state struct {
	template *template.Template
	group    *template.Resource

	engine, version string
	known           catalog.Engine // of the version, or of the nearest older one
	inCatalog       bool           // known is exactly the version
	nodeType        catalog.NodeType

	parameterGroup     *template.Resource // nil where it is not in the template
	parameterGroupName string             // literal, where it is not in the template
	family             string             // of the parameter group; empty where nothing says it
}

func newState(t *template.Template, group *template.Resource) state {
	s := state{template: t, group: group}
	s.engine, _ = group.Property("Engine").Literal()
	s.version, _ = group.Property("EngineVersion").Literal()
	if s.known, s.inCatalog = catalog.FindEngine(s.engine, s.version); !s.inCatalog {
		parsed, _ := catalog.ParseVersion(s.version)
		s.known, _ = catalog.NearestEngine(s.engine, parsed)
	}
	name, _ := group.Property("CacheNodeType").Literal()
	s.nodeType, _ = catalog.FindNodeType(name)
	s.findParameterGroup()
	return s
}

// findParameterGroup: no name is ElastiCache's default group of the engine and version.
func (s *state) findParameterGroup() {
	value := s.group.Property("CacheParameterGroupName")
	for _, id := range value.References() {
		if resource := s.template.Resource(id); resource != nil && resource.Type == replacement.ParameterGroup {
			s.parameterGroup = resource
			s.family, _ = resource.Property("CacheParameterGroupFamily").Literal()
			return
		}
	}
	s.parameterGroupName, _ = value.Literal()
	if family, isDefault := strings.CutPrefix(s.parameterGroupName, "default."); isDefault {
		s.family = strings.TrimSuffix(family, ".cluster.on")
	}
	if !value.Exists() && s.inCatalog {
		s.family = s.known.Family
	}
}

// ownParameterGroup reports whether the parameter group is not one of ElastiCache's.
func (s state) ownParameterGroup() bool {
	return s.parameterGroup != nil || s.parameterGroupName != "" && !strings.HasPrefix(s.parameterGroupName, "default.")
}

// parameter returns the value of a parameter: from the parameter group, else the default of its family. ok is false where
// neither is known.
func (s state) parameter(name string) (value string, ok bool) {
	if s.parameterGroup != nil {
		if given := s.parameterGroup.Property("Properties").Entries()[name]; given.Exists() {
			return given.Literal()
		}
	} else if s.ownParameterGroup() {
		return "", false
	}
	if name == "cluster-enabled" && s.parameterGroup == nil && strings.HasSuffix(s.parameterGroupName, ".cluster.on") {
		return "yes", true
	}
	p, exists := catalog.FindParameter(s.family, name)
	return p.Default, exists
}

func (s state) parsedVersion() catalog.Version {
	version, _ := catalog.ParseVersion(s.version)
	return version
}

func (s state) name() string { return s.engine + " " + s.version }

// literal returns a property of the group, or the default.
func (s state) literal(property, otherwise string) string {
	if text, ok := s.group.Property(property).Literal(); ok {
		return text
	}
	return otherwise
}

// failsOver: without Multi-AZ the primary does not answer while it is upgraded (AWS re:Post, "upgrade Redis engine version").
func (s state) failsOver() bool { return s.literal("MultiAZEnabled", "false") == "true" }

// sharded reports cluster mode: more than one shard, or a number of replicas for each.
func (s state) sharded() bool {
	return s.group.Property("NumNodeGroups").Exists() || s.group.Property("ReplicasPerNodeGroup").Exists()
}

package e2e

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
)

// groupID is the replication group of the stand-in for ElastiCache's API.
const groupID = "cache"

// How long a modification takes. In its second half the group is available again while AuthTokenStatus is still there.
const modificationTime = 150 * time.Millisecond

// groupAPI stands in for ElastiCache's API and applies the tokens of a replication group to a real server. Where AWS
// leaves a choice it is strict: a token goes when the modification begins, and comes when it ends.
type groupAPI struct {
	admin *redis.Client

	mu         sync.Mutex
	tokens     []string // the newest is the last
	began      time.Time
	pending    string // AuthTokenStatus
	strategies []string
}

// newGroupAPI begins with the one token that the server has.
func newGroupAPI(admin *redis.Client, token string) *groupAPI {
	return &groupAPI{admin: admin, tokens: []string{token}}
}

// Strategies are the modifications so far.
func (g *groupAPI) Strategies() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.strategies)
}

func (g *groupAPI) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	action := r.PostFormValue("Action")
	switch {
	case r.PostFormValue("ReplicationGroupId") != groupID:
		refuseQuery(w, "ReplicationGroupNotFoundFault", "ReplicationGroup not found")
		return
	case action == "DescribeReplicationGroups":
	case action == "ModifyReplicationGroup" && r.PostFormValue("ApplyImmediately") == "true":
		if code, message := g.modify(r.PostFormValue("AuthTokenUpdateStrategy"), r.PostFormValue("AuthToken")); code != "" {
			refuseQuery(w, code, message)
			return
		}
	default:
		refuseQuery(w, "InvalidAction", "Could not find operation "+action)
		return
	}
	result := g.describe()
	if action == "ModifyReplicationGroup" {
		result = "<ReplicationGroup>" + result + "</ReplicationGroup>"
	} else {
		result = "<ReplicationGroups><ReplicationGroup>" + result + "</ReplicationGroup></ReplicationGroups>"
	}
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, result)
}

// modify applies ElastiCache's rules: ROTATE adds a token and the oldest of three goes; SET takes the newest of two.
func (g *groupAPI) modify(strategy, token string) (code, message string) {
	if err := deploy.CheckToken(token); err != nil {
		return "InvalidParameterValue", "Invalid AuthToken provided."
	}
	newest := g.tokens[len(g.tokens)-1]
	switch {
	case g.pending != "":
		return "InvalidReplicationGroupState", "Replication group must be available."
	case strategy == "ROTATE" && !slices.Contains(g.tokens, token):
		for _, old := range g.tokens[:len(g.tokens)-1] {
			g.acl("<" + old)
		}
		g.tokens, g.pending = []string{newest, token}, "ROTATING"
	case strategy == "SET" && len(g.tokens) == 2 && token == newest:
		g.acl("<" + g.tokens[0])
		g.tokens, g.pending = []string{token}, "SETTING"
	default:
		return "InvalidParameterCombination", strategy + " is not allowed with this token."
	}
	g.began = time.Now()
	g.strategies = append(g.strategies, strategy)
	time.AfterFunc(modificationTime, g.finish)
	return "", ""
}

func (g *groupAPI) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pending == "ROTATING" {
		g.acl(">" + g.tokens[len(g.tokens)-1])
	}
	g.pending = ""
}

// acl changes the passwords of the user that a token logs in as. A failure shows at the next login.
func (g *groupAPI) acl(rule string) {
	g.admin.Do(context.Background(), "ACL", "SETUSER", "default", rule)
}

func (g *groupAPI) describe() string {
	status, pending := "available", ""
	if g.pending != "" {
		pending = "<AuthTokenStatus>" + g.pending + "</AuthTokenStatus>"
		if time.Since(g.began) < modificationTime/2 {
			status = "modifying"
		}
	}
	return "<ReplicationGroupId>" + groupID + "</ReplicationGroupId><Status>" + status + "</Status>" +
		"<PendingModifiedValues>" + pending + "</PendingModifiedValues>"
}

// refuseQuery is an error of AWS's query protocol.
func refuseQuery(w http.ResponseWriter, code, message string) {
	type queryError struct{ Type, Code, Message string }
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(http.StatusBadRequest)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"ErrorResponse"`
		Error   queryError
	}{Error: queryError{"Sender", code, message}})
}

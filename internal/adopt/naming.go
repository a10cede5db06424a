package adopt

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (a *adoption) naming() {
	a.text("ReplicationGroupId", "replicationGroupId", a.group.ReplicationGroupId)
	switch description := a.group.Description; {
	case description == nil:
		a.unknown("Description: the replication group does not say it")
	case strings.TrimSpace(*description) == "":
		a.cannot("Description: it is empty, which CloudFormation does not accept; the first deployment sets one")
	default:
		a.text("Description", "description", *description)
	}
	a.addTags()
}

// addTags leaves out AWS's own.
func (a *adoption) addTags() {
	if a.tags == nil {
		a.unknown("Tags: add --tags with the answer of `aws elasticache list-tags-for-resource --resource-name %s`", orAsk(a.group.ARN,
			"<arn>"))
		return
	}
	tags := map[string]string{}
	for _, tag := range a.tags {
		switch {
		case strings.HasPrefix(tag.Key, "aws:cloudformation:"):
			a.cannot("Tags: %s says that the replication group belongs to a CloudFormation stack; take it out of that stack with "+
				"DeletionPolicy Retain first", tag.Key)
		case strings.HasPrefix(tag.Key, "aws:"):
			a.cannot("Tags: %s is reserved by AWS", tag.Key)
		case tag.Value == nil:
			tags[tag.Key] = ""
		default:
			tags[tag.Key] = *tag.Value
		}
	}
	if len(tags) == 0 {
		return
	}
	code := "&map[string]*string{\n"
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		code += strconv.Quote(key) + ": jsii.String(" + strconv.Quote(tags[key]) + "),\n"
	}
	a.add(prop{name: "Tags", code: code + "}", packages: []string{jsiiPackage}, key: "tags", value: tags})
}

func orAsk(known, otherwise string) string {
	if known == "" {
		return otherwise
	}
	return known
}

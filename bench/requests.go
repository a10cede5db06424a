package main

import (
	"fmt"
	"regexp"
)

// furtherCache is what the test of the budget prints.
var furtherCache = regexp.MustCompile(`a further (\w+) cache: (\d+) requests for (\d+) resources, ([\d.]+) for each`)

// requests takes the counts from the test that asserts them; they are exact.
func (b *bench) requests() error {
	said, err := b.output(b.root, nil, "go", "test", "-count=1", "-v", "-run=^TestACacheCostsFewRequestsForEachResource$", "./constructs/rediscache")
	if err != nil {
		return err
	}
	found := furtherCache.FindAllStringSubmatch(said, -1)
	if len(found) != 2 {
		return fmt.Errorf("want two counts in what the test prints:\n%s", said)
	}
	for _, count := range found {
		if count[1] == "prod" {
			b.requestsOfCache = number(count[2])
		}
		b.table.add(row{
			what: fmt.Sprintf("Requests to the kernel for each resource, further %s cache", count[1]),
			got:  number(count[4]), most: 2, ours: count[2] + " requests", theirs: count[3] + " resources",
		})
	}
	return nil
}

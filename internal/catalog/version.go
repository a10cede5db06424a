package catalog

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
)

// Version is the version of an engine without its patch number. The zero Version is older than all others.
type Version struct {
	Major, Minor int
}

var versionPattern = regexp.MustCompile(`^(\d{1,9})\.(\d{1,9}|x)(?:\.\d+)?$`)

// ParseVersion reads a version such as "7.1", "5.0.6", whose patch number it ignores, or "6.x", the newest 6.
func ParseVersion(text string) (Version, bool) {
	parts := versionPattern.FindStringSubmatch(text)
	if parts == nil {
		return Version{}, false
	}
	version := Version{Minor: math.MaxInt}
	version.Major, _ = strconv.Atoi(parts[1])
	if parts[2] != "x" {
		version.Minor, _ = strconv.Atoi(parts[2])
	}
	return version, true
}

// Before tells whether v is older than w.
func (v Version) Before(w Version) bool { return v.compare(w) < 0 }

func (v Version) compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

// String returns the version as AWS writes it: "7.1", or "6.x" for the newest 6.
func (v Version) String() string {
	if v.Minor == math.MaxInt {
		return strconv.Itoa(v.Major) + ".x"
	}
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor)
}

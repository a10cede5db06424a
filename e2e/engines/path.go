package engines

import (
	"path/filepath"
	"runtime"
)

// Path is a file of the repository, from wherever the tests run.
func Path(parts ...string) string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(append([]string{filepath.Dir(here), "../.."}, parts...)...)
}

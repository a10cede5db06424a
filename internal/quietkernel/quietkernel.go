// Package quietkernel ends jsii's kernel without a false alarm.
package quietkernel

import (
	"bytes"
	"io"
	"os"

	"github.com/aws/jsii-runtime-go"
)

// staleWait is what jsii says when two of its goroutines have waited for the kernel's process, and one came too late.
var staleWait = []byte("Runtime process exited abnormally: waitid: no child processes")

// Close is jsii.Close. It passes on what the kernel says meanwhile, but for staleWait: behind an error of ours that
// would read as another one.
func Close() {
	reader, writer, err := os.Pipe()
	if err != nil {
		jsii.Close()
		return
	}
	stderr := os.Stderr
	os.Stderr = writer
	passedOn := make(chan struct{})
	go func() {
		defer close(passedOn)
		said, _ := io.ReadAll(reader)
		stderr.Write(bytes.ReplaceAll(said, staleWait, nil))
	}()
	jsii.Close()
	writer.Close()
	<-passedOn
	os.Stderr = stderr
}

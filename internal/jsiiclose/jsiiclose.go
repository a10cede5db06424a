// Package jsiiclose ends jsii's kernel without a false alarm on standard error.
//
// jsii-runtime-go v1.139.0 waits for the kernel's process in two goroutines (internal/kernel/process/process.go, start
// and Close). The one that comes too late prints "Runtime process exited abnormally: waitid: no child processes", which
// behind an error message reads as a second error. Remove this package when the runtime waits once.
package jsiiclose

import (
	"bytes"
	"io"
	"os"

	"github.com/aws/jsii-runtime-go"
)

var falseAlarm = []byte("Runtime process exited abnormally: waitid: no child processes")

// Close is jsii.Close. It passes on everything that the kernel prints meanwhile, except the false alarm.
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
		printed, _ := io.ReadAll(reader)
		stderr.Write(bytes.ReplaceAll(printed, falseAlarm, nil))
	}()
	jsii.Close()
	writer.Close()
	<-passedOn
	os.Stderr = stderr
}

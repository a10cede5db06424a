// Command try deploys a stack of the cloud assembly in ../cdk.out to an emulator of AWS on this machine, prints its outputs,
// and keeps the emulator running until it is interrupted:
//
//	go run ./try securebase-dev-redis
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/securebase/cdk-redis-cache/emulator"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: try STACK")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := emulator.Try(ctx, os.Stdout, "..", os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

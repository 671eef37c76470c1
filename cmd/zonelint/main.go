// Command zonelint lints and fixes DNS zones for hosted mail before they are
// published.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/zonelint/zonelint/cmd/internal/cli"
)

func main() {
	// Most zones are small and soon done with, so that collecting them often is
	// waste. The ballast is never touched and takes no memory, but lets the heap
	// grow to some 25 MB before it is collected for the first time.
	var ballast []byte
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
		ballast = make([]byte, 8<<20)
	}
	// A large zone holds hardly a pointer, so that collecting is cheap, and its
	// size is no reason to let as much garbage pile up beside it.
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(220 << 20)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program the hard way
	code := cli.Main(ctx, os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

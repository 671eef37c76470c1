// Package cli is the command line of zonelint: flags in, work called, exit code
// out, one file a command.
package cli

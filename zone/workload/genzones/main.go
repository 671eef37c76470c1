// Command genzones writes the zones that zonelint's speed is measured on:
//
//	genzones large FILE RECORDS
//	genzones small FOLDER ZONES
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/zonelint/zonelint/zone/workload"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "genzones:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: genzones large FILE RECORDS | genzones small FOLDER ZONES")
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	switch args[0] {
	case "large":
		f, err := os.Create(args[1])
		if err != nil {
			return err
		}
		if err := workload.Large(f, n); err != nil {
			return err
		}
		return f.Close()
	case "small":
		if err := os.MkdirAll(args[1], 0o777); err != nil {
			return err
		}
		for i := range n {
			var b bytes.Buffer
			name, err := workload.Small(&b, i)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(args[1], name+".zone"), b.Bytes(), 0o666); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%q is neither large nor small", args[0])
}

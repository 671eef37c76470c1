//go:build !unix

package cli

import (
	"io/fs"
	"os"
)

// keepOwner does nothing where a file has no numeric owner.
func keepOwner(*os.File, fs.FileInfo) {}

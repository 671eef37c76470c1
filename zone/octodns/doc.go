// Package octodns reads and edits zones that are kept for octoDNS: YAML files
// that map an owner to a record or a list of records, and the configuration
// that says which files are zones and how they are read.
//
// It reads what octoDNS reads, with YAML 1.1 as PyYAML has it: the last of two
// equal keys wins, an owner "on" is the name "true", and semicolons in texts
// are escaped or not as the provider's escaped_semicolons says. What octoDNS
// would refuse becomes a zone.Problem, and reading goes on behind it. The
// editor changes the text of the values that a zone.ChangeSet concerns and
// leaves every other byte as it was.
package octodns

// Package masterfile reads and edits zone files in the format of RFC 1035,
// section 5, with what BIND accepts beyond it.
//
// The lexer is lossless: its tokens joined are the input. The parser never
// stops at a mistake: what it cannot read becomes a zone.Problem and reading
// goes on with the next entry. The editor changes the text of the entries that
// a zone.ChangeSet concerns and leaves every other byte as it was.
package masterfile

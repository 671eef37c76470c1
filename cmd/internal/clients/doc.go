// Package clients renders the client settings of mail hosts: for people, for
// scripts, and as the files by which mail programs set themselves up.
package clients

// Package terraform reads the zones of a Terraform or OpenTofu configuration
// out of a plan or a state in JSON, as "terraform show -json" and "tofu show
// -json" write them. What a plan does not know before it is applied, and what
// is marked as sensitive, is told as unknown; it never reaches a message.
package terraform

// Package pack holds what mail hosts need in the zones of their customers: rule
// packs, one YAML file a host, and the rules that compare a zone with them.
//
// A pack says facts, never how to check them: the MX records, the SPF includes,
// the names. Which packs apply to a zone is a Selector's matter: those that the
// user named, else those that the zone itself points at.
package pack

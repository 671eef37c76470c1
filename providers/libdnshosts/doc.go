// Package libdnshosts describes the providers that are reached through a package
// of libdns.
//
// Each package was read before it was taken, for what it does to the records of
// mail. None of them is fit to write: that takes deletions by value, MX records
// with their preference, and answers that tell what was done. Those here read a
// zone whole and rightly.
//
// The others were left out, since what they say of a zone may be wrong without
// anybody noticing (read 2026-11):
//
//	azure v0.5.0           gives an empty zone, and no error, if it meets a type
//	                       that it does not know; makes several TXT records of one
//	                       of several strings, as DKIM keys are; prints to standard
//	                       output; a deletion takes the whole RRset
//	bunny v1.6.1           reads disabled records as if they were served; deletes
//	                       by target, whatever the MX preference, and says that it
//	                       deleted what it did not find
//	googleclouddns v1.2.0  reads RRsets with a routing policy as absent; writes MX
//	                       records in quotes; its SDK costs more than all of zonelint
//	infomaniak v0.2.0      leaves out the records of the zone itself, whose name the
//	                       API gives as "."; tells the service of SRV records twice
//	ionos v1.2.0           reads disabled records as if they were served; fails on
//	                       SRV records and texts of several strings; a deletion
//	                       takes all records of the name and type
//	linode v0.5.0          turns the process's log to standard output; fails on PTR
//	                       records; doubles the service in the name of SRV records;
//	                       drops what it cannot write without an error
//	porkbun v1.1.0         leaves out MX and NS records, and all others that it does
//	                       not know, without an error; ends the program; forgets its
//	                       context; a deletion takes all records of the name and type
//	scaleway v0.3.1        reads the first page only; forgets its context
//
// Those for deSEC, DigitalOcean, Gandi, Hetzner, OVHcloud and Route 53 have faults
// of the same kind, told in the packages that take their place. dnsimple has no
// version for libdns 1.
package libdnshosts

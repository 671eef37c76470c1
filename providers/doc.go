// Package providers reads and changes zones that live at a DNS provider.
//
// A Backend is what a provider must be able to do; it is small, and everything
// that makes a change safe is done here, once for all of them:
//
//	Snapshot -> NewPlan (guards, order, hash) -> Applier.Apply
//
// Apply reads the zone again and stops if an RRset that the plan touches is not
// as it was planned on, writes a journal before the first write and around each
// of them, makes the steps in an order in which mail never stops, reads the
// zone back, and reports of every operation whether it is done, not done or
// unknown. From a journal, Rollback makes the plan that undoes it.
//
// What comes in is a zone.ChangeSet; nothing here knows of rules.
//
// # A new backend
//
// One whose API replaces RRsets is made with internal/rrsets, one whose API has
// records with ids with internal/byid; both ask over internal/rest. A package of
// libdns that was read and found right needs a Provider value in libdnshosts and
// NewLibDNS with what is known of it. Either way providertest.Conformance, run against the provider or a fake of its API,
// says whether it may be trusted with mail records.
//
// # What is promised
//
// A plan never touches the SOA record, the NS records of the zone itself or
// what belongs to its signing, never leaves a name without MX records that had
// some, and never makes a second SPF, DMARC, MTA-STS or TLSRPT record. Where a
// provider cannot change everything at once, the steps are so ordered that a
// name with MX records before and after has some at every moment, and that
// there are never two SPF records: the old one goes right before the new one
// comes. Step.Gap says what is missing for that moment.
//
// A write is never repeated unless it is certain that it was not made; one
// whose outcome is open is looked for in the zone. Another run of the same plan
// is refused once the zone has changed; a new plan does what is left to do.
package providers

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
package providers

package providers

import "github.com/zonelint/zonelint/zone"

// SetHook has f called wherever a run may be cut off.
func (a *Applier) SetHook(f func(point string)) { a.hook = f }

// SetFile has f write the files.
func (a *Applier) SetFile(f func(path string, content []byte) error) { a.file = f }

// Check is what Apply checks first.
func (p *Plan) Check() error { return p.check() }

// Rehash gives a plan that was changed the hash that fits.
func (p *Plan) Rehash() { p.Hash = p.hash() }

// WellFormed reports whether a record can stand in a plan.
func WellFormed(r zone.Record) bool { return wellFormed(r) }

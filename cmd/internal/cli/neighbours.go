package cli

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/octodns"
	"github.com/zonelint/zonelint/zone/resolve"
)

// neighbours is a resolve.Server for the zones that a run is given, of which
// each answers for the others. Zones are read when they are asked for and
// dropped again, since a run may have a hundred thousand of them. Which zone a
// file holds is taken from its name if that is a domain name, and from its
// beginning if not, on the first question; a file whose content says otherwise
// than its name answers nothing. The answers are those of the files as the run
// found them, whatever it writes.
type neighbours struct {
	ctx     context.Context
	loader  *loader
	targets []target
	room    int // records that may be held beside those of the zone asked last

	index    sync.Once
	byOrigin map[zone.Name]*neighbour // the first of each name
	depths   [zone.MaxName]bool       // how many labels these names have

	mu   sync.Mutex
	lent map[string][]*zone.Zone // those that are being checked, by the path of their target
	old  map[string][]byte       // by absolute path: files as they were before they were written
	held int                     // records of the zones in lru
	lru  list.List               // of *neighbour, the one asked last at the front
}

// neighbour is a file that seems to hold a zone.
type neighbour struct {
	target target
	next   *neighbour // another of the same name

	reading sync.Mutex // held while the file is read

	// Guarded by neighbours.mu:
	server  *resolve.Zones // nil if it is not held
	records int
	place   *list.Element // in lru; nil if it is not there
	reads   int
	outcome error // why it never answers; nil if it may
}

const (
	// neighbourRoom is how many records are held of zones that were asked.
	neighbourRoom = 300_000
	// maxReads is how often a zone is read before it is held for good: a run
	// must not spend its time on reading the same large zones in turn.
	maxReads = 4
)

func newNeighbours(ctx context.Context, l *loader, targets []target) *neighbours {
	return &neighbours{ctx: ctx, loader: l, targets: targets, room: neighbourRoom, lent: map[string][]*zone.Zone{}, old: map[string][]byte{}}
}

// errNotZone is for a file that does not hold the zone it seems to.
var errNotZone = errors.New("not a zone")

// Query implements resolve.Server.
func (n *neighbours) Query(name zone.Name, t zone.Type) resolve.Reply {
	n.index.Do(n.find)
	for o, depth := name, name.NumLabels(); o != ""; o, depth = o.Parent(), depth-1 {
		if !n.depths[depth] {
			continue
		}
		var server *resolve.Zones
		var from *neighbour
		for f := n.byOrigin[o]; f != nil; f = f.next {
			s, err := n.serve(f, o)
			switch {
			case errors.Is(err, errNotZone):
				continue
			case err != nil:
				return resolve.Reply{From: resolve.Neighbour, Err: err}
			case server != nil:
				return resolve.Reply{From: resolve.Neighbour, Err: fmt.Errorf("%s and %s are both the zone %s", from.target.name, f.target.name, o)}
			}
			server, from = s, f
		}
		if server != nil {
			return server.Query(name, t)
		}
	}
	return resolve.Reply{}
}

// find looks which zones the targets are.
func (n *neighbours) find() {
	n.byOrigin = make(map[zone.Name]*neighbour, len(n.targets))
	all := make([]neighbour, len(n.targets))
	for i := len(all) - 1; i >= 0; i-- { // so that the first comes first in its list
		t := n.targets[i]
		if n.loader.mayHoldMany(t) {
			n.findAll(t)
			continue
		}
		o := t.origin
		if o == "" && n.loader.originOf(t) == "" { // else the SOA records may still say otherwise
			o = masterfile.OriginOfFile(t.name)
			if octoFormat.named(t.name) && t.path != "" {
				o = octodns.ZoneOfFile(t.name)
			}
		}
		if o == "" {
			o = n.peek(t)
		}
		if o != "" {
			all[i].target = t
			n.know(o, &all[i])
		}
	}
}

// know notes the name of the zone that a file seems to hold.
func (n *neighbours) know(o zone.Name, f *neighbour) {
	f.next = n.byOrigin[o]
	n.byOrigin[o] = f
	n.depths[o.NumLabels()] = true
}

// findAll reads the zones of a file that may hold several; they are held for
// good, since which they are is only known once all of it is read.
func (n *neighbours) findAll(t target) {
	zs, err := n.loader.loadFound(n.ctx, t)
	if err != nil {
		return // it is told when its turn comes
	}
	for _, z := range slices.Backward(zs) {
		f := &neighbour{target: t, server: resolve.NewZones([]*zone.Zone{z})}
		n.know(z.Apex, f)
	}
}

// peek returns the apex of the zone whose SOA record the beginning of a file
// holds; "" if there is none.
func (n *neighbours) peek(t target) zone.Name {
	src, err := n.head(t)
	if err != nil || t.found && t.guess == maybeZone && !looksLikeZone(src) {
		return ""
	}
	z, err := masterfile.Parse(t.name, src, masterfile.Options{Origin: n.loader.originOf(t), Limits: n.loader.options.Limits})
	if err != nil || partOnly(z, nil) {
		return ""
	}
	return z.Apex
}

// head returns the whole lines at the beginning of a file, or all of standard
// input.
func (n *neighbours) head(t target) ([]byte, error) {
	if err := n.ctx.Err(); err != nil {
		return nil, err
	}
	if t.path == "" {
		return n.loader.readStdin(n.ctx)
	}
	if info, err := os.Stat(t.path); err != nil || !info.Mode().IsRegular() {
		return nil, masterfile.ErrNotFile // a pipe might be waited for
	}
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, sniffSize)
	switch k, err := io.ReadFull(f, head); {
	case err == nil:
		return head[:bytes.LastIndexByte(head, '\n')+1], nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return head[:k], nil
	default:
		return nil, err
	}
}

// serve returns a Server for the zone of a file, which must be called apex.
func (n *neighbours) serve(f *neighbour, apex zone.Name) (*resolve.Zones, error) {
	if s, err := n.holds(f, apex); s != nil || err != nil {
		return s, err
	}
	f.reading.Lock()
	defer f.reading.Unlock()
	if s, err := n.holds(f, apex); s != nil || err != nil { // read meanwhile
		return s, err
	}
	z, err := n.read(f.target, apex)
	switch {
	case n.ctx.Err() != nil:
		return nil, n.ctx.Err()
	case err != nil:
		err = &targetError{f.target.name, err}
	case z == nil:
		err = errNotZone
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err != nil {
		f.outcome = err
		return nil, err
	}
	n.hold(f, z)
	return f.server, nil
}

// isZone reports whether what a file holds is the zone of that name, and not
// part of one.
func isZone(z *zone.Zone, apex zone.Name) bool {
	return z.Apex == apex && (!partOnly(z, nil) || z.Unread(apex, zone.TypeSOA))
}

// holds returns the Server for a zone that need not be read, or why there will
// never be one.
func (n *neighbours) holds(f *neighbour, apex zone.Name) (*resolve.Zones, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case f.outcome != nil:
		return nil, f.outcome
	case f.server != nil:
		if f.place != nil {
			n.lru.MoveToFront(f.place)
		}
		return f.server, nil
	}
	for _, z := range n.lent[f.target.path] {
		if isZone(z, apex) {
			return resolve.NewZones([]*zone.Zone{z}), nil
		}
	}
	return nil, nil
}

// hold keeps a zone that was read, and lets go of those that were not asked for
// longest. The caller has locked n.mu.
func (n *neighbours) hold(f *neighbour, z *zone.Zone) {
	f.server, f.records = resolve.NewZones([]*zone.Zone{z}), z.Len()
	if f.reads++; f.reads >= maxReads {
		return
	}
	for last := n.lru.Back(); last != nil && n.held+f.records > n.room; last = n.lru.Back() {
		old := n.lru.Remove(last).(*neighbour)
		n.held -= old.records
		old.server, old.place = nil, nil
	}
	f.place = n.lru.PushFront(f)
	n.held += f.records
}

// read reads the zone of a target as it was when the run began; nil if it is
// not there.
func (n *neighbours) read(t target, apex zone.Name) (*zone.Zone, error) {
	zs, err := n.loader.loadFound(n.ctx, t)
	n.mu.Lock()
	src, written := n.old[n.loader.cwd.abs(t.path)]
	t.files = slices.Clone(t.files)
	for i := range t.files {
		text, ok := n.old[n.loader.cwd.abs(t.files[i].Name)]
		t.files[i].Text, written = text, written || ok
	}
	n.mu.Unlock()
	switch {
	case written && t.files != nil:
		zs, err = n.loader.loadOctoDNS(t)
	case written:
		zs, err = n.loader.parse(t, src)
	}
	for _, z := range zs {
		if isZone(z, apex) {
			return z, err
		}
	}
	return nil, err
}

// lend gives zones that were read already for as long as they are worked on, so
// that they need not be read twice; the function that is returned takes them
// back.
func (n *neighbours) lend(t target, zs []*zone.Zone) (back func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lent[t.path] = zs
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.lent, t.path)
	}
}

// keep holds on to files that are about to be written.
func (n *neighbours) keep(edits []zone.FileEdit) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range edits {
		path := n.loader.cwd.abs(e.Name)
		if _, ok := n.old[path]; !ok {
			n.old[path] = e.Old
		}
	}
}

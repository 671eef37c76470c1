package cli

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"path/filepath"
	"strconv"
	"strings"

	urfave "github.com/urfave/cli/v2"
)

// shard is the part of the zones that a run checks, one of several that have
// all of them between them. The zero value is all zones.
type shard struct {
	index uint64 // from 0
	count uint64
}

func shardFlag() urfave.Flag {
	return &urfave.StringFlag{Name: "shard", Category: groupReading, Usage: "`I/N`: check one part of N of the zones, I from 0 to N-1; a zone stays in its part whatever other zones there are, and files of the others still answer for names"}
}

// maxShards is the largest N of --shard.
const maxShards = 1_000_000

// shardOf reads --shard, which commands without it do not have.
func shardOf(c *urfave.Context) (shard, error) {
	text := c.String("shard")
	if text == "" {
		return shard{}, nil
	}
	i, n, _ := strings.Cut(text, "/")
	index, err := strconv.ParseUint(i, 10, 32)
	count, err2 := strconv.ParseUint(n, 10, 32)
	switch {
	case err != nil || err2 != nil || count == 0:
		return shard{}, usagef("give the part and how many there are, as in 0/4", "--shard %q is no part", text)
	case count > maxShards:
		return shard{}, usagef("give at most "+strconv.Itoa(maxShards)+" parts", "--shard %q", text)
	case index >= count:
		return shard{}, usagef("they count from 0 to "+strconv.FormatUint(count-1, 10), "--shard %q: there is no part %d of %d", text, index, count)
	}
	return shard{index, count}, nil
}

// whole reports whether the part is all zones.
func (s shard) whole() bool { return s.count <= 1 }

// has reports whether the part has a zone, or a file with zones, of that name.
func (s shard) has(name string) bool {
	if s.whole() {
		return true
	}
	sum := sha256.Sum256([]byte(name)) // spreads names that are alike
	return binary.BigEndian.Uint64(sum[:])%s.count == s.index
}

// split parts targets into those of the part and the others.
func (s shard) split(targets []target) (own, others []target) {
	if s.whole() {
		return targets, nil
	}
	for _, t := range targets {
		if s.has(filepath.ToSlash(filepath.Clean(t.name))) {
			own = append(own, t)
		} else {
			others = append(others, t)
		}
	}
	return own, others
}

// includedBy returns the files that zones of other parts include, which are no
// zones of their own.
func (l *lint) includedBy(ctx context.Context, others []target) (paths []string) {
	inOrder(ctx, len(others), l.jobs, 8*l.jobs,
		func(i int) (paths []string) {
			zs, err := l.loader.loadFound(ctx, others[i])
			if err != nil {
				return nil
			}
			for _, z := range zs {
				paths = append(paths, l.loader.included(z)...)
			}
			return paths
		},
		func(int, error) []string { return nil },
		func(_ int, more []string) { paths = append(paths, more...) })
	return paths
}

// lively reports whether a folder has what looks like a zone in another part, or
// what cannot be read.
func (l *lint) lively(dir string, others []target) bool {
	for _, t := range others {
		if t.dir != dir {
			continue
		}
		if t.format != nil {
			return true
		}
		if is, err := l.loader.sniff(&t); is || err != nil {
			return true
		}
	}
	return false
}

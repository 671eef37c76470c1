package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/zonelint/zonelint/cmd/internal/report"
)

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
	eraseLine     = "\r\x1b[K"
)

// progress is a line on a terminal that says how far a run is. It shows after
// a second and is erased before anything else is printed. Its methods do
// nothing on a nil progress.
type progress struct {
	w     io.Writer
	total int
	start time.Time
	quit  chan struct{}
	done  sync.WaitGroup

	mu       sync.Mutex
	files    int
	findings int
	shown    bool
}

// startProgress returns nil if w is no terminal that can erase a line.
func startProgress(w io.Writer, total int) *progress {
	if !isTerminal(w) || dumb() {
		return nil
	}
	p := &progress{w: w, total: total, start: time.Now(), quit: make(chan struct{})}
	p.done.Go(func() {
		t := time.NewTicker(progressEvery)
		defer t.Stop()
		for {
			select {
			case <-p.quit:
				return
			case now := <-t.C:
				p.draw(now)
			}
		}
	})
	return p
}

func (p *progress) draw(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.start) < progressAfter {
		return
	}
	fmt.Fprintf(p.w, "%s%d of %s read, %s", eraseLine, p.files, report.Count(p.total, "file"), report.Count(p.findings, "finding"))
	p.shown = true
}

// step counts a file and what was found in it.
func (p *progress) step(findings int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files++
	p.findings += findings
}

// aside erases the line, and calls print while nothing is drawn.
func (p *progress) aside(print func()) {
	if p == nil {
		print()
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	print()
}

func (p *progress) erase() {
	if p.shown {
		io.WriteString(p.w, eraseLine)
		p.shown = false
	}
}

// stop erases the line for good.
func (p *progress) stop() {
	if p == nil {
		return
	}
	close(p.quit)
	p.done.Wait()
	p.erase()
}

package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// inOrder calls work for the numbers from 0 to n-1 in up to jobs goroutines,
// and take with the results in order, in the calling one. When ctx is cancelled
// it returns at once, and what is under way is abandoned. At most window results
// are made or wait for one before them at a time.
//
// A panic in work becomes a result by way of failed.
func inOrder[T any](ctx context.Context, n, jobs, window int, work func(i int) T, failed func(i int, err error) T, take func(i int, t T)) {
	type result struct {
		i int
		t T
	}
	tokens := make(chan struct{}, window)
	indexes := make(chan int)
	results := make(chan result, jobs)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	go func() { // hands out the numbers while the window has room
		defer close(indexes)
		for i := range n {
			select {
			case tokens <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case indexes <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	one := func(i int) (t T) {
		defer func() {
			if p := recover(); p != nil {
				t = failed(i, &panicError{p, debug.Stack()})
			}
		}()
		return work(i)
	}
	var workers sync.WaitGroup
	for range max(1, min(jobs, n)) {
		workers.Go(func() {
			for i := range indexes {
				select {
				case results <- result{i, one(i)}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	waiting := map[int]T{}
	for next := 0; next < n; {
		select {
		case r := <-results:
			waiting[r.i] = r.t
		case <-ctx.Done():
			return // not waiting for the workers: a large file takes its time
		}
		for {
			t, ok := waiting[next]
			if !ok {
				break
			}
			delete(waiting, next)
			take(next, t)
			<-tokens
			next++
		}
	}
	workers.Wait()
}

// panicError is a mistake in zonelint itself that one zone brought to light.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("zonelint failed on this zone (%v); please report it with the zone at https://github.com/zonelint/zonelint/issues\n%s", e.value, e.stack)
}

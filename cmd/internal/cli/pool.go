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
	size := batchSize(n, jobs, window)
	type result struct {
		first int
		ts    []T
	}
	tokens := make(chan struct{}, window/size)
	firsts := make(chan int)
	results := make(chan result, jobs)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	go func() { // hands out the batches while the window has room
		defer close(firsts)
		for i := 0; i < n; i += size {
			select {
			case tokens <- struct{}{}:
			case <-ctx.Done():
				return
			}
			select {
			case firsts <- i:
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
			for first := range firsts {
				r := result{first, make([]T, 0, size)}
				for i := first; i < min(first+size, n) && ctx.Err() == nil; i++ {
					r.ts = append(r.ts, one(i))
				}
				select {
				case results <- r:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	waiting := map[int][]T{}
	for next := 0; next < n; {
		select {
		case r := <-results:
			waiting[r.first] = r.ts
		case <-ctx.Done():
			return // not waiting for the workers: a large file takes its time
		}
		for ts, ok := waiting[next]; ok && ctx.Err() == nil; ts, ok = waiting[next] {
			delete(waiting, next)
			for _, t := range ts {
				take(next, t)
				next++
			}
			<-tokens
		}
	}
	workers.Wait()
}

// batchSize is how many numbers are handed out at once: passing each on its own
// costs much where there are thousands of small zones, but few numbers must not
// leave a worker idle.
func batchSize(n, jobs, window int) int {
	return max(1, min(16, n/(16*max(jobs, 1)), window/(4*max(jobs, 1))))
}

// panicError is a mistake in zonelint itself that one zone brought to light.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("zonelint failed on this zone (%v); please report it with the zone at https://github.com/zonelint/zonelint/issues\n%s", e.value, e.stack)
}

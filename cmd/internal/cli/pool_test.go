package cli

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

func TestInOrder(t *testing.T) {
	const n, window = 3000, 100
	var got []int
	inOrder(t.Context(), n, 7, window,
		func(i int) int {
			if i%500 == 0 {
				time.Sleep(time.Millisecond) // so that others overtake
			}
			return 2 * i
		}, nil, func(i, v int) {
			if v != 2*i {
				t.Errorf("%d: %d", i, v)
			}
			got = append(got, i)
		})
	if len(got) != n || !slices.IsSorted(got) {
		t.Errorf("%d results, sorted: %v", len(got), slices.IsSorted(got))
	}
	inOrder(t.Context(), 0, 7, 1, func(int) int { return 0 }, nil, func(int, int) { t.Error("there is nothing to take") })
}

// What waits for a slow result is bounded.
func TestInOrderWindow(t *testing.T) {
	const window = 100
	release := make(chan struct{})
	var started atomic.Int64
	go func() {
		time.Sleep(50 * time.Millisecond)
		close(release)
	}()
	inOrder(t.Context(), 3*window, 4, window, func(i int) int {
		if i == 0 {
			<-release
			if s := started.Load(); s > window {
				t.Errorf("%d results were made while the first was not taken", s)
			}
		}
		started.Add(1)
		return 0
	}, nil, func(int, int) {})
}

func TestInOrderCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stuck := make(chan struct{})
	defer close(stuck)
	done := make(chan struct{})
	go func() {
		defer close(done)
		inOrder(ctx, 10, 2, 10, func(i int) int { <-stuck; return 0 }, nil, func(int, int) { t.Error("nothing is ready") })
	}()
	cancel()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("inOrder waits for work that does not end")
	}
}

func TestInOrderPanic(t *testing.T) {
	var got []error
	inOrder(t.Context(), 3, 2, 3, func(i int) error {
		if i == 1 {
			panic("a bug")
		}
		return nil
	}, func(_ int, err error) error { return err }, func(_ int, err error) { got = append(got, err) })
	var p *panicError
	if len(got) != 3 || got[0] != nil || !errors.As(got[1], &p) || got[2] != nil {
		t.Errorf("%v", got)
	}
}

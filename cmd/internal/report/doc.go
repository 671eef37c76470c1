// Package report renders findings: text for people, concise lines, and JSON.
// A Format holds no state, so that the zones of a run can be rendered by
// several goroutines and written by one, in order.
package report

// Package spf holds the grammar of SPF records (RFC 7208) and the rules about
// them.
//
// Parse tells apart whether a text is an SPF record to a receiver, is meant as
// one but not taken for it, or has nothing to do with SPF; whether it is valid
// is another question, which Record.Faults answers with every fault and its
// place. Terms with a fault are understood as far as can be, so that rules on
// the meaning of a record still say what is right.
package spf

package dkim

// Keys for the tests that run the rules of all packages.
const (
	Key2048 = exampleKey
	Key1024 = key1024
	Key768  = key768
	KeyEd   = rawKey
)

package propagation

// Away is for tests.
var Away = away

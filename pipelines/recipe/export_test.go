package recipe

// Value is for tests of the other package.
var Value = value

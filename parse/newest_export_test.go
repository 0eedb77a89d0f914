package parse

// HoldNewest sets how much of a source is held to be turned round, until the
// function that it gives is called.
func HoldNewest(n int64) (reset func()) {
	had := maxNewest
	maxNewest = n
	return func() { maxNewest = had }
}

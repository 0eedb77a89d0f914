package parse_test

import (
	"slices"
	"testing"

	"faultline/parse"
)

func TestVolumeCountsLinesByMinute(t *testing.T) {
	c := text(t, lifelines(119, 119.9, 120.5, 119.95, 300, 300.5)...)
	want := []parse.Minute{{At: 1, Lines: 3}, {At: 2, Lines: 1}, {At: 5, Lines: 2}}
	if len(c.Streams) != 1 || !slices.Equal(c.Streams[0].Volume, want) {
		t.Errorf("%v, want %v", c.Streams[0].Volume, want)
	}
}

package controller

import (
	"slices"
	"testing"

	"faultline/parse"
)

func TestProse(t *testing.T) {
	for text, want := range map[string][]string{
		"We recently upgraded from 2.10.2 to 2.14.8 with control-plane 1.16.10.":    {"upgrade upgraded from 2.10.2 to 2.14.8"},
		"We updated to 2.14.9 in the meantime, and issues persist even with 2.14.9": {"upgrade updated to 2.14.9"},
		"we have upgraded our clusters from linkerd v2.13.1 to stable-2.14.10":      {"upgrade upgraded our clusters from linkerd v2.13.1 to stable-2.14.10"},
		"You can try upgrading to Linkerd 2.14.9 or the latest edge release":        nil,
		"We are on edge-24.2.2.": {"version are on edge-24.2.2"},
		"We tried scaling destination from 3 to 10 and it did not change anything": {"scale scaling destination from 3 to 10"},
		"scaling up from the ground": nil,
		`rate(grpc_server_handling_seconds_sum{x="y"}[15m]) / rate(grpc_server_handling_seconds_count[15m])`: {"metric grpc_server_handling_seconds"},
		"we have 2.14 of them": nil,
		"upgraded to 2.10.2, then upgraded to 2.11.0; we are on 2.11.0, others are on 2.9.0; scaled from 1 to 2, later scaled from 2 to 3": {
			"upgrade upgraded to 2.10.2", "upgrade upgraded to 2.11.0", "version are on 2.11.0", "version are on 2.9.0",
			"scale scaled from 1 to 2", "scale scaled from 2 to 3"},
		"endpoints_updates_sum over endpoints_updates_count beside pods_informer_lag_seconds": {"metric endpoints_updates", "metric pods_informer_lag_seconds"},
	} {
		b := parse.NewBatch(false, true)
		prose(&parse.Line{Text: []byte(text)}, b)
		var got []string
		for _, f := range b.Facts {
			if b.Names.Text(f.Key) != parse.FactMentioned {
				t.Errorf("%q: key %s", text, b.Names.Text(f.Key))
			}
			got = append(got, b.Names.Text(f.Subject)+" "+b.Names.Text(f.Value))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

package proxy

import (
	"testing"

	"faultline/parse"
)

// The validator's log is its own, plain and JSON; a check that failed is one
// event, though its error is printed twice.
func TestValidator(t *testing.T) {
	const at, name = "2024-04-04T08:59:27.259562Z ", "linkerd_network_validator"
	const failed = "Failed to validate networking configuration. Please ensure iptables rules are rewriting traffic as expected."
	for text, want := range map[string]string{
		at + "ERROR " + name + ": " + failed + " timeout=10s": "check.failed | error | target=linkerd-network-validator | fact=" + failed + " timeout=10s",
		`{"timestamp":"2024-04-04T08:59:27.259562Z","level":"ERROR","fields":{"message":"Unable to connect to validator.","error":"Host is unreachable (os error 113)"},"target":"` + name + `"}`: "check.failed | error | target=linkerd-network-validator | fact=Unable to connect to validator. error=\"Host is unreachable (os error 113)\"",
		at + "ERROR " + name + ": error=Host is unreachable (os error 113)": "",
		at + " INFO " + name + ": Connecting to 1.1.1.1:20001":              "",
	} {
		b := parse.NewBatch(false, false)
		l := &parse.Line{Text: []byte(text), No: 1}
		v, got := Validator.Line(l, b), ""
		if len(b.Events) > 0 {
			got = told(b, b.Events[0])
		}
		if v == parse.NotMine || (v == parse.Took) != (want != "") || got != want || l.Clock != parse.ClockWall {
			t.Errorf("%s\nverdict %d\n got %s\nwant %s", text, v, got, want)
		}
		for _, f := range []*parse.Format{Policy, Format} {
			if f.Line(&parse.Line{Text: []byte(text), No: 1}, parse.NewBatch(false, false)) != parse.NotMine {
				t.Errorf("%s takes %s", f.Name, text)
			}
		}
	}
	for _, text := range []string{at + " INFO servers: kubert::errors: " + name, name, "[   1.000000s] ERROR ThreadId(01) " + name + ": " + failed} {
		if Validator.Line(&parse.Line{Text: []byte(text), No: 1}, parse.NewBatch(false, false)) != parse.NotMine {
			t.Errorf("takes %s", text)
		}
	}
}

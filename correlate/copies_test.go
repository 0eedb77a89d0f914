package correlate_test

import (
	"strings"
	"testing"

	"faultline/correlate"
	"faultline/fixtures/synth"
	"faultline/parse"
)

// Adding a copy of what is there, in another form, changes no answer.
func TestCopiesChangeNothing(t *testing.T) {
	day := func(set func(*synth.Config)) []parse.Input {
		in, _ := made(t, config("resync", 2, set))
		return in
	}
	raw := day(nil)
	stamped := day(func(c *synth.Config) { c.Timestamps = true })
	selector := day(func(c *synth.Config) { c.Timestamps, c.Prefix = true, true })
	for i := range stamped {
		stamped[i].Path = "stamped/" + stamped[i].Path
	}
	for i := range selector {
		selector[i].Path = "selector/" + selector[i].Path
	}
	one := judge(t, correlate.Options{}, raw...)
	for name, more := range map[string][]parse.Input{
		"the same twice": append(append([]parse.Input{}, raw...), raw...),
		"stamped":        append(append([]parse.Input{}, raw...), stamped...),
		"selector":       append(append([]parse.Input{}, selector...), raw...),
		"all":            append(append(append([]parse.Input{}, selector...), stamped...), raw...),
	} {
		c := judge(t, correlate.Options{}, more...)
		if c.Total != one.Total || c.Stalls != one.Stalls || c.Probes != one.Probes || len(c.Incidents) != len(one.Incidents) {
			t.Errorf("%s: %d events, %d stalls, %d probes, %d incidents; want %d, %d, %d, %d", name,
				c.Total, c.Stalls, c.Probes, len(c.Incidents), one.Total, one.Stalls, one.Probes, len(one.Incidents))
		}
		if c.Verdict.Code != one.Verdict.Code {
			t.Errorf("%s: %s, want %s", name, c.Verdict.Code, one.Verdict.Code)
		}
	}
}

const stall = `time="2024-02-02T13:22:28Z" level=info msg="Trace[%ID]: \"DeltaFIFO Pop Process\" ID:xxx/y1,Depth:12,Reason:slow event handlers blocking the queue (02-Feb-2024 13:22:28.553) (total time: 102ms):\nTrace[%ID]: [102.144017ms] [102.144017ms] END\n"` + "\n"

func stalls(ids ...string) (text string) {
	for _, id := range ids {
		text += strings.ReplaceAll(stall, "%ID", id)
	}
	return text
}

func TestWhatIsACopy(t *testing.T) {
	const synced = `time="2024-02-02T13:22:28Z" level=info msg="caches synced"` + "\n"
	for name, f := range map[string]struct {
		in    []parse.Input
		total int
	}{
		"one trace in two files":                 {[]parse.Input{file("a", stalls("1")), file("b", stalls("1"))}, 1},
		"two traces, one in both":                {[]parse.Input{file("a", stalls("1", "2")), file("b", stalls("2"))}, 2},
		"identical lines of one file are kept":   {[]parse.Input{file("a", stalls("1", "1"))}, 2},
		"a message that two replicas print":      {[]parse.Input{file("a", synced), file("b", synced)}, 2},
		"pods that contradict each other":        {[]parse.Input{file("a", "[pod/a/destination] "+stalls("1")), file("b", "[pod/b/destination] "+stalls("1"))}, 2},
		"a prefix tells no more than the traces": {[]parse.Input{file("a", "[pod/a/destination] "+stalls("1")), file("b", stalls("1"))}, 1},
	} {
		if c := judge(t, correlate.Options{}, f.in...); c.Total != f.total {
			t.Errorf("%s: %d events, want %d", name, c.Total, f.total)
		}
	}
}

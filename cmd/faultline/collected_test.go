package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a report says is missing, and what it says to do next, collect --missing
// gathers: a reader who follows the one has done what the other says. Asked of every
// bundled incident and ticket.
func TestCollectGathersWhatTheReportAsksFor(t *testing.T) {
	t.Parallel()
	tickets, err := filepath.Glob("../../fixtures/tickets/*")
	if err != nil || len(tickets) == 0 {
		t.Fatal(tickets, err)
	}
	dumps := append(tickets, "../../fixtures/report", "../../fixtures/capture")
	for _, of := range []string{"watch", "unlinked"} {
		dir := filepath.Join(t.TempDir(), of)
		must(t, "synth", "--scenario", of, "--seed", "3", "--hours", "1", "-o", dir)
		dumps = append(dumps, dir, filepath.Join(dir, "proxy"), filepath.Join(dir, "destination"))
	}
	// What is printed where a sentence names it; a script says some of it in full.
	named := regexp.MustCompile(`kubectl (?:get|describe) [a-z.,]+|kubectl logs|-c [a-z-]+|component=destination|--all-containers|linkerd diagnostics endpoints|process_start_time_seconds|go_goroutines|container_cpu_cfs`)
	inFull := strings.NewReplacer("describe pod", "get pod", "describe node", "get node", "get endpoints ", "get endpointslices ", "-c linkerd-proxy", "linkerd-proxy", "-c istio-proxy", "istio-proxy")
	for _, dump := range dumps {
		var r struct {
			Verdict struct{ Next string }
			Missing []string
		}
		if err := json.Unmarshal([]byte(must(t, "analyze", "-o", "json", dump)), &r); err != nil {
			t.Fatal(err)
		}
		script := must(t, "collect", "--missing", dump)
		for _, said := range append(r.Missing, r.Verdict.Next) {
			for _, ask := range named.FindAllString(said, -1) {
				verb, things, several := strings.Cut(strings.TrimRight(ask, ".,"), " get ")
				wants := []string{ask}
				if several {
					wants = nil
					for thing := range strings.SplitSeq(things, ",") {
						wants = append(wants, verb+" get "+thing+" ")
					}
				}
				for _, want := range wants {
					if want = strings.TrimSpace(inFull.Replace(want)); !strings.Contains(script, want) {
						t.Errorf("%s: %q asks for %q, which collect --missing does not gather:\n%s", dump, said, want, script)
					}
				}
			}
		}
	}
}

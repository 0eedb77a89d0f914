package app

import (
	"testing"
	"time"

	"faultline/parse"
)

// A line's time and level are read wherever its program puts them.
func TestHeads(t *testing.T) {
	for text, want := range map[string]string{
		"2025-11-03 09:14:02,331 ERROR flags: x":                           "2025-11-03T09:14:02.331Z error x",
		"05/13/2024 10:05:01 PM ERROR x":                                   "2024-05-13T22:05:01Z error x",
		"13.05.2024 10:05:01 WARN x":                                       "2024-05-13T10:05:01Z warn x",
		"Mon May 13 10:05:01 PDT 2024 ERROR x":                             "2024-05-13T17:05:01Z error x",
		"1715594701.25 ERROR x":                                            "2024-05-13T10:05:01.25Z error x",
		"1715594701123 [main] INFO x":                                      "2024-05-13T10:05:01.123Z info x",
		"INFO  [main] 2025-07-22 08:05:12,118 Start.java:4 - x":            "2025-07-22T08:05:12.118Z info x",
		"[notice] 2021-12-02T23:36:42.555157Z node <0.1> x":                "2021-12-02T23:36:42.555157Z info x",
		"[DEBUG 2015-05-20 12:22:19 main] x":                               "2015-05-20T12:22:19Z debug x",
		"[ INFO 2015-05-20 12:22:19 main] x":                               "2015-05-20T12:22:19Z info x",
		"[stats:error,2025-08-18T09:16:33.764Z,node:a]x":                   "2025-08-18T09:16:33.764Z error x",
		"[01/Mar/2021:12:00:19 +0100] [proxy:error] [pid 4] x":             "2021-03-01T11:00:19Z error x",
		"[Nest] 7  - 08/13/2023, 7:32:47 PM    WARN [Auth] x":              "2023-08-13T19:32:47Z warn x",
		"2014-11-03T18:28:32.450-0500 I NETWORK [main] x":                  "2014-11-03T23:28:32.45Z info x",
		"2025-07-21 10:14:21.123 UTC [21763] FATAL:  x":                    "2025-07-21T10:14:21.123Z fatal x",
		"2025-07-21 10:14:21.123 UTC [21763] LOG:  x":                      "2025-07-21T10:14:21.123Z info x",
		"1:M 29 Aug 2023 13:47:38.984 # x":                                 "2023-08-29T13:47:38.984Z warn x",
		"[7:C] 18 Jul 2025 19:08:05.257 * x":                               "2025-07-18T19:08:05.257Z info x",
		"E20210131 14:48:54.411655 15520 main.cc:9] x":                     "2021-01-31T14:48:54.411655Z error x",
		"Dec 30, 2020 11:30:40 AM org.apache.Loader run SEVERE x":          "2020-12-30T11:30:40Z error x",
		"05/06/2024 10:05:01 ERROR x":                                      "- error x", // May or June
		"ERROR  |???                      | 2025-05-16 19:32:04.614 [p] x": "2025-05-16T19:32:04.614Z error x",
	} {
		h, ok := headOf([]byte(text))
		at := "-"
		if h.stamped {
			at = time.Unix(0, h.at.Unix).UTC().Format(time.RFC3339Nano)
		}
		if got := at + " " + h.severity.String() + " " + string(h.rest[len(h.rest)-1:]); !ok || got != want {
			t.Errorf("%q: %v %s, want %s", text, ok, got, want)
		}
	}
}

// What only looks like a head is none: no level and no date come of a sentence.
func TestNoHeads(t *testing.T) {
	for _, text := range []string{
		"We saw it on 05/13/2024 10:05:01 PM in the graph",
		"log: nothing of interest",
		"Error on 2024-05-13 10:05:01 was seen",
		"[other,2025-08-18T09:16:33.764Z] of a table",
		"1234567 pages were read",
		"At 2024-05-13 10:05:01 we deployed",
		"I20210131 rooms",
	} {
		if h, ok := headOf([]byte(text)); ok && (h.severity != parse.SeverityNone || h.stamped) {
			t.Errorf("%q: %v %s", text, h.stamped, h.severity)
		}
	}
}

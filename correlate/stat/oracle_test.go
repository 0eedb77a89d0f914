package stat

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// notCovered lists the oracle entries that no test reads, and why.
var notCovered = map[string]string{
	"_conventions":             "prose",
	"_generator":               "prose",
	"pub.rita_ts":              "RITA's score is not a test and was rejected (§1.2)",
	"pub.multitrial":           "the number of trials never enters: Baluev's bound replaces it",
	"pub.poisson_ratio_gu2008": "Wald, score and sqrt tests of a ratio; only the exact test is used",
	"age.intervals_s":          "HumanDuration is read by the parsers",
	"unit.baluev_mc":           "simulation; spot-checked by TestScanCalibration",
	"calibration.calib":        "simulation; spot-checked by TestErrorRates",
	"calibration.calib_link":   "simulation; spot-checked by TestLocalCoverageNull",
	"calibration.holdout":      "simulation; spot-checked by TestFundamentalHeldOut and others",
}

var covered sync.Map

func TestMain(m *testing.M) {
	code := m.Run()
	if flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == "" {
		code = max(code, checkAllCovered())
	}
	os.Exit(code)
}

// checkAllCovered fails the run when an oracle entry is neither read by a test
// nor excused above.
func checkAllCovered() int {
	code := 0
	for name := range oracles() {
		_, read := covered.Load(name)
		if _, excused := notCovered[name]; read == excused {
			fmt.Printf("oracle %s: read %v, excused %v\n", name, read, excused)
			code = 1
		}
	}
	return code
}

// oracles reads testdata/oracles.json once.
var oracles = sync.OnceValue(func() map[string]json.RawMessage {
	data, err := os.ReadFile("testdata/oracles.json")
	if err != nil {
		panic(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		panic(err)
	}
	return all
})

// oracle decodes the expectation of one entry of testdata/oracles.json.
func oracle[T any](t *testing.T, name string) T {
	t.Helper()
	covered.Store(name, true)
	var entry struct{ Expect T }
	if err := json.Unmarshal(oracles()[name], &entry); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return entry.Expect
}

// rows reads a CSV of testdata, header included.
func rows(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// column reads one column of a CSV of testdata.
func column(t testing.TB, name, header string) []float64 {
	t.Helper()
	all := rows(t, name+".csv")
	at := slices.Index(all[0], header)
	if at < 0 {
		t.Fatalf("%s has no column %s", name, header)
	}
	var out []float64
	for _, row := range all[1:] {
		out = append(out, number(t, row[at]))
	}
	return out
}

// series reads the times of a CSV of testdata.
func series(t testing.TB, name string) []float64 {
	t.Helper()
	return column(t, name, "t_s")
}

// near checks got against want within a relative tolerance.
func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)+1e-15*math.Min(1, rel/1e-9)) && got != want {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

// within checks got against want within an absolute tolerance.
func within(t *testing.T, what string, got, want, abs float64) {
	t.Helper()
	if !(math.Abs(got-want) <= abs) {
		t.Errorf("%s = %.9g, want %.9g ± %g", what, got, want, abs)
	}
}

// pClose checks a p within a factor of 3; everything below 1e-12 is the same.
func pClose(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got < 1e-12 && want < 1e-12 {
		return
	}
	if !(math.Abs(math.Log(got/want)) <= math.Log(3)) {
		t.Errorf("%s = %.4g, want %.4g within a factor of 3", what, got, want)
	}
}

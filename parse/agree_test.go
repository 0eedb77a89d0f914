package parse

import "testing"

// A count of one agrees with its noun and its verbs.
func TestAgree(t *testing.T) {
	for said, want := range map[string]string{
		"1 values are NaN: what are they":                                           "1 value is NaN: what are they",
		"12 values are NaN":                                                         "12 values are NaN",
		"1 samples contradict another one of their series and time":                 "1 sample contradicts another one of its series and time",
		"1 series were not in the order of time and were sorted":                    "1 series was not in the order of time and was sorted",
		"1 entries stand there twice, and were dropped":                             "1 entry stands there twice, and was dropped",
		"1 of 1 incidents lie where no log was captured: of stalls nothing is said": "1 of 1 incident lies where no log was captured: of stalls nothing is said",
		"1 of 3 incidents lie where no log was captured":                            "1 of 3 incidents lies where no log was captured",
		"2 of 3 incidents lie where no log was captured":                            "2 of 3 incidents lie where no log was captured",
		"1 processes are on clocks":                                                 "1 process is on clocks",
		"1":                                                                         "1",
		"1 of":                                                                      "1 of",
		"1 values: they are":                                                        "1 value: they are",
		"1 values":                                                                  "1 value",
		"a sentence":                                                                "a sentence",
		"1.5 samples are":                                                           "1.5 samples are",
	} {
		if got := Agree(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

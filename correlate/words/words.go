// Package words is the one place for wording: how a number, a duration, a
// chance, a clock or a signature is said, and what each term means. The report,
// the rules and the screen take their phrases from here, so that one thing has
// one wording.
package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Count is a number with its noun: "1 stall", "1,204 stalls".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Figure is an amount to two digits, those before the point always whole.
func Figure(x float64) string {
	if math.Abs(x) >= 10 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 2, 64)
}

// Number groups the digits of a large number: 10,088.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-' && len(s) > 4; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Upper writes the first letter large.
func Upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// List joins names: "a", "a and b", "a, b and c".
func List(names []string) string { return joined(names, " and ") }

// Either joins names of which one may hold: "a", "a or b".
func Either(names []string) string { return joined(names, " or ") }

// joined puts a word before the last of some names and commas between the others.
func joined(names []string, last string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + last + names[n-1]
	}
}

// tiny is the chance below which no figure means anything: what could be wrong
// with a dump is likelier than that.
const tiny = 1e-15

// Chance says a probability as a frequency: "about 3 in a million", at least
// "less than 1 in 10¹⁵".
func Chance(p float64) string {
	if p < tiny {
		return "less than 1 in 10¹⁵"
	}
	if p >= 0.95 {
		return "almost always"
	}
	e := int(math.Ceil(-math.Log10(p) - 1e-9))
	n := int(math.Round(p * math.Pow10(e)))
	if n == 10 {
		e, n = e-1, 1
	}
	e = max(e, 1)
	return fmt.Sprintf("about %d in %s", max(n, 1), tenTo(e))
}

// tenTo is a power of ten in words.
func tenTo(e int) string {
	switch {
	case e < 6:
		return Number(int(math.Pow10(e)))
	case e == 6:
		return "a million"
	case e < 9:
		return strconv.Itoa(int(math.Pow10(e-6))) + " million"
	case e == 9:
		return "a billion"
	}
	var up strings.Builder
	for _, d := range strconv.Itoa(e) {
		up.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d-'0'])
	}
	return "10" + up.String()
}

// P is a p-value as a paper has it: "p = 0.026"; none is ever nothing.
func P(p float64) string {
	if p < tiny {
		return "p below 1e-15"
	}
	return fmt.Sprintf("p = %.2g", p)
}

var numerals = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// Numeral spells a small number: "three"; a larger one stays in digits.
func Numeral(n int) string {
	if n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	return Number(n)
}

// Every says how often something comes: "every ten minutes", "every hour".
func Every(d time.Duration) string {
	switch {
	case d == time.Hour:
		return "every hour"
	case d == time.Minute:
		return "every minute"
	case d > 0 && d%time.Hour == 0:
		return "every " + Numeral(int(d/time.Hour)) + " hours"
	case d > 0 && d%time.Minute == 0:
		return "every " + Numeral(int(d/time.Minute)) + " minutes"
	case d == time.Second:
		return "every second"
	}
	return "every " + trimmed(d.Seconds(), 2) + " seconds"
}

// trimmed writes a number with at most so many decimals, none of them idle.
func trimmed(f float64, decimals int) string {
	s := strconv.FormatFloat(f, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Ratio is how many times as much, in two figures that count: "0.31", "5.6", "110".
func Ratio(r float64) string {
	if r < 100 || math.IsInf(r, 0) || math.IsNaN(r) {
		return strconv.FormatFloat(r, 'g', 2, 64)
	}
	step := math.Pow(10, math.Floor(math.Log10(r))-1)
	return Number(int(math.Round(r/step) * step))
}

// Minutes names a period: "10 min", "90s".
func Minutes(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return d.String()
}

// Lasting is a stretch of time: "8.1 hours", "26 minutes", "4.5 seconds".
func Lasting(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return trimmed(d.Hours()/24, 1) + " days"
	case d >= 2*time.Hour:
		return trimmed(d.Hours(), 1) + " hours"
	case d >= 2*time.Minute:
		return fmt.Sprintf("%.0f minutes", d.Minutes())
	}
	return fmt.Sprintf("%.3g seconds", d.Seconds())
}

// Bytes is a size: "1.4 MB".
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

// Target is a service or address as a colleague says it: without the part of a
// cluster-local name that every service has.
func Target(s string) string { return strings.ReplaceAll(s, ".svc.cluster.local", "") }

// Code is a code of the contract as words: "connect refused".
func Code(s string) string { return strings.ReplaceAll(s, "_", " ") }

// Times is how often: "once", "twice", "12 times".
func Times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return Number(n) + " times"
}

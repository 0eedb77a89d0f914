package controller

import (
	"bytes"
	"math/big"

	"faultline/parse/lex"
)

// epoch reads a decimal number of seconds or milliseconds since 1970, told
// apart by size, without losing digits.
func epoch(b []byte) (lex.Stamp, bool) {
	whole, n, ok := lex.Digits(b)
	if !ok || n > len("1795423805053") { // more do not fit into nanoseconds
		return lex.Stamp{}, false
	}
	if bytes.ContainsAny(b[n:], "eE") {
		return exponent(string(b))
	}
	unit := lex.Second
	if whole > 1e11 {
		unit = lex.Second / 1000
	}
	ns, width := whole*unit, unit // a float may have lost its zeros
	if n < len(b) {
		width = 1000
		if b[n] != '.' {
			return lex.Stamp{}, false
		}
		place := unit / 10
		for _, c := range b[n+1:] {
			if c-'0' > 9 {
				return lex.Stamp{}, false
			}
			ns += int64(c-'0') * place
			place /= 10
		}
	}
	return lex.Stamp{Unix: ns, Width: width, Zoned: true}, ns > 0
}

// exponent reads "1.7068801486554e+09", as Go's encoder prints large floats.
func exponent(s string) (lex.Stamp, bool) {
	const longest = len("1.7068801486554123e+12")
	if len(s) > longest || len(s) < 4 || s[len(s)-4] != 'e' || s[len(s)-2] > '1' { // a large one would cost seconds
		return lex.Stamp{}, false
	}
	x, ok := new(big.Rat).SetString(s)
	if !ok {
		return lex.Stamp{}, false
	}
	unit := big.NewRat(lex.Second, 1)
	if x.Cmp(big.NewRat(1e11, 1)) > 0 {
		unit = big.NewRat(lex.Second/1000, 1)
	}
	x.Mul(x, unit)
	ns := new(big.Int).Quo(x.Num(), x.Denom())
	if !ns.IsInt64() || ns.Sign() <= 0 {
		return lex.Stamp{}, false
	}
	return lex.Stamp{Unix: ns.Int64(), Width: 1000, Zoned: true}, true
}

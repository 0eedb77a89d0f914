package redact

import (
	"hash/maphash"
	"regexp"
	"regexp/syntax"
)

// matched remembers where an expression matched in texts that differ in their figures alone,
// for expressions to which all figures are the same.
type matched struct {
	seed  maphash.Seed
	found map[matchedKey][][]int
	is    map[*regexp.Regexp]bool // whether all figures are the same to an expression
	text  []byte
}

func newMatched() matched {
	return matched{seed: maphash.MakeSeed(), found: map[matchedKey][][]int{}, is: map[*regexp.Regexp]bool{}}
}

// matchedKey is the hash of a text with noughts for its figures, and the place of an expression.
type matchedKey struct {
	print uint64
	form  *regexp.Regexp
}

// mostAlike bounds how many are remembered, at some 100 bytes each, and longestAlike how
// long the texts are.
const (
	mostAlike    = 1 << 17
	longestAlike = 4 << 10
)

// print is the hash of a text in which each figure is a nought.
func (a *matched) print(b []byte) uint64 {
	a.text = append(a.text[:0], b...)
	for i, c := range a.text {
		if figure(c) {
			a.text[i] = '0'
		}
	}
	return maphash.Bytes(a.seed, a.text)
}

// matches are those of an expression in a text whose hash is known.
func (a *matched) matches(print uint64, form *regexp.Regexp, b []byte) [][]int {
	is, met := a.is[form]
	if !met {
		is = figuresAlike(form.String())
		a.is[form] = is
	}
	if !is || len(b) > longestAlike {
		return form.FindAllSubmatchIndex(b, -1)
	}
	k := matchedKey{print, form}
	if list, ok := a.found[k]; ok {
		return list
	}
	list := form.FindAllSubmatchIndex(b, -1)
	if len(a.found) < mostAlike {
		a.found[k] = list
	}
	return list
}

// figuresAlike says whether an expression treats all figures alike.
func figuresAlike(text string) bool {
	re, err := syntax.Parse(text, syntax.Perl)
	return err == nil && alikeIn(re)
}

func alikeIn(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if c >= '0' && c <= '9' {
				return false
			}
		}
	case syntax.OpCharClass:
		for k := 0; k+1 < len(re.Rune); k += 2 {
			lo, hi := re.Rune[k], re.Rune[k+1]
			if hi >= '0' && lo <= '9' && (lo > '0' || hi < '9') {
				return false
			}
		}
	}
	for _, sub := range re.Sub {
		if !alikeIn(sub) {
			return false
		}
	}
	return true
}

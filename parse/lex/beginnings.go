package lex

// Beginnings are words with which a text may begin, by their first byte: most texts begin
// with a byte that none of them has.
type Beginnings [256][]string

// NewBeginnings prepares some words, of which none is empty.
func NewBeginnings(words ...string) (b Beginnings) {
	for _, w := range words {
		b[w[0]] = append(b[w[0]], w)
	}
	return b
}

// Before says whether a text begins with one of the words.
func (b *Beginnings) Before(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	for _, w := range b[text[0]] {
		if has(text, w) {
			return true
		}
	}
	return false
}

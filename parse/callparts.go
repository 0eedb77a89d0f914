package parse

import "sync"

// callParts are the words of which some stand in a text that tells of a failed call, a
// bit for each by its place in the list of its kind: all are found in one pass.
type callParts struct{ callers, answers, targets uint32 }

// callPartsOf finds them in a text.
func callPartsOf(text []byte) (p callParts) {
	search := callPartSearch()
	p.targets = search.short
	search.phrases.Each(text, func(word, _ int) {
		one := &search.of[word]
		p.callers, p.answers, p.targets = p.callers|one.callers, p.answers|one.answers, p.targets|one.targets
	})
	return p
}

var callPartSearch = sync.OnceValue(func() (s struct {
	phrases Phrases
	of      []callParts // by the phrase
	short   uint32      // targets that are too short for the search, which may stand in any text
}) {
	var list []string
	add := func(word string, bits callParts) {
		if len(word) < longGram {
			s.short |= bits.targets
			return
		}
		list, s.of = append(list, word), append(s.of, bits)
	}
	for i, w := range callers {
		add(w, callParts{callers: 1 << i})
	}
	for i, a := range answers {
		add(a.words, callParts{answers: 1 << i})
	}
	for i, w := range calledBefore {
		add(w, callParts{targets: 1 << i})
	}
	s.phrases = NewPhrases(list)
	return s
})

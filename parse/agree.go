package parse

import "strings"

// ofOne are the verbs and the like of a sentence about several, as they are about one.
var ofOne = map[string]string{"are": "is", "were": "was", "have": "has", "hold": "holds", "stand": "stands", "lie": "lies", "end": "ends",
	"contradict": "contradicts", "begin": "begins", "start": "starts", "stall": "stalls", "come": "comes", "count": "counts", "follow": "follows",
	"their": "its"}

// Agree puts a sentence that begins with a count of one, as "1 values are NaN" and
// "1 of 1 incidents lie", into the singular up to its first colon; any other stays.
// So a sentence is written once, about several, with its verb; for a count and a noun
// alone there is words.Count. The noun follows the count it
// belongs to: of "1 of 3 incidents lie" the verb alone is changed.
func Agree(said string) string {
	if !strings.HasPrefix(said, "1 ") {
		return said
	}
	head, _, _ := strings.Cut(said, ":")
	list := strings.Split(head, " ")
	noun := 1
	if len(list) > 3 && list[1] == "of" {
		noun = 3
	}
	for i := range list {
		word := strings.TrimRight(list[i], ",;.")
		switch one := ofOne[word]; {
		case i == noun && list[noun-1] == "1":
			list[i] = singular(word) + list[i][len(word):]
		case i > noun && one != "":
			list[i] = one + list[i][len(word):]
		}
	}
	return strings.Join(list, " ") + said[len(head):]
}

// singular is a regular noun of which there is one.
func singular(noun string) string {
	switch {
	case noun == "series" || strings.HasSuffix(noun, "ss"):
		return noun
	case strings.HasSuffix(noun, "ies"):
		return strings.TrimSuffix(noun, "ies") + "y"
	case strings.HasSuffix(noun, "sses"):
		return strings.TrimSuffix(noun, "es")
	}
	return strings.TrimSuffix(noun, "s")
}

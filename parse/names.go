package parse

import (
	"hash/maphash"
	"strings"
)

// Names interns strings: equal text, equal [Name]. The zero Names is ready to
// use, and holds "" as Name 0.
type Names struct {
	text []string
	// table has each name at the place of its text's hash or, where others are,
	// behind; its length is a power of two, at most half full. A map would do,
	// but a trace's id is new in every event. Names that keep their hash move
	// to a larger table without a look at their text.
	table []nameSlot
	block *strings.Builder // the text of many names in one piece of memory
}

type nameSlot struct {
	hash uint32
	name Name // 0 where the place is free
}

var nameSeed = maphash.MakeSeed()

// Add interns text and gives its name. The bytes are copied if they are new.
func (n *Names) Add(text []byte) Name {
	if len(text) == 0 {
		return 0
	}
	hash := uint32(maphash.Bytes(nameSeed, text))
	for at := n.at(hash); at < len(n.table) && n.table[at].name != 0; at = n.at(uint32(at) + 1) {
		if s := n.table[at]; s.hash == hash && n.text[s.name] == string(text) {
			return s.name
		}
	}
	return n.put(hash, n.copied(text))
}

// AddString is [Names.Add] for a string, which is kept as it is.
func (n *Names) AddString(text string) Name {
	hash := hashText(text)
	if i, ok := n.find(hash, text); ok {
		return i
	}
	return n.put(hash, text)
}

// Find gives the name of text that was added before.
func (n *Names) Find(text string) (Name, bool) { return n.find(hashText(text), text) }

func hashText(text string) uint32 { return uint32(maphash.String(nameSeed, text)) }

func (n *Names) find(hash uint32, text string) (Name, bool) {
	if text == "" {
		return 0, true
	}
	for at := n.at(hash); at < len(n.table) && n.table[at].name != 0; at = n.at(uint32(at) + 1) {
		if s := n.table[at]; s.hash == hash && n.text[s.name] == text {
			return s.name, true
		}
	}
	return 0, false
}

// at is the place of a hash, 0 while there is no table.
func (n *Names) at(hash uint32) int {
	if len(n.table) == 0 {
		return 0
	}
	return int(hash) & (len(n.table) - 1)
}

// nameBlock is the largest piece of memory for the texts of names, leastBlock the
// first: there are batches with few names, and many of them.
const nameBlock, leastBlock = 16 << 10, 256

// copied keeps a copy of text in the block.
func (n *Names) copied(text []byte) string {
	if len(text) > nameBlock/8 {
		return string(text)
	}
	if n.block == nil || n.block.Cap()-n.block.Len() < len(text) {
		room := leastBlock
		if n.block != nil {
			room = min(4*n.block.Cap(), nameBlock)
		}
		n.block = new(strings.Builder) // the old one lives on in its names
		n.block.Grow(max(room, len(text)))
	}
	from := n.block.Len()
	n.block.Write(text)
	return n.block.String()[from:]
}

// put adds a name that is not there yet.
func (n *Names) put(hash uint32, text string) Name {
	if len(n.text) == 0 {
		n.text = append(n.text, "")
	}
	i := Name(len(n.text))
	n.text = append(n.text, text)
	if 2*len(n.text) > len(n.table) {
		n.grow(2 * len(n.text))
	}
	n.place(nameSlot{hash, i})
	return i
}

// grow makes a table with room for as many names.
func (n *Names) grow(room int) {
	size := 64
	for size < 2*room {
		size *= 2
	}
	old := n.table
	n.table = make([]nameSlot, size)
	for _, s := range old {
		if s.name != 0 {
			n.place(s)
		}
	}
}

func (n *Names) place(s nameSlot) {
	at := n.at(s.hash)
	for n.table[at].name != 0 {
		at = n.at(uint32(at) + 1)
	}
	n.table[at] = s
}

// Text gives the text of a name, "" for one that was never added.
func (n *Names) Text(i Name) string {
	if int(i) < len(n.text) {
		return n.text[i]
	}
	return ""
}

// Len is how many names there are, "" counted: each is below it.
func (n *Names) Len() int { return max(len(n.text), 1) }

// Map gives names in which each text is what f makes of it. Every [Name] keeps
// its number; where f makes two texts one, [Names.Find] gives the first.
func (n *Names) Map(f func(string) string) Names {
	out := Names{text: make([]string, n.Len())}
	out.grow(n.Len())
	for i := 1; i < len(n.text); i++ {
		out.text[i] = f(n.text[i])
		out.place(nameSlot{hashText(out.text[i]), Name(i)})
	}
	return out
}

// merge adds all of other's names in order and gives the map from its to ours.
// The first ones are taken over as they are; other is not used any more.
func (n *Names) merge(other *Names) []Name {
	to := make([]Name, max(len(other.text), 1))
	if len(n.text) == 0 {
		n.text, n.table = other.text, other.table
		for i := range to {
			to[i] = Name(i)
		}
		return to
	}
	hashes := make([]uint32, len(to)) // as other has them: no text is hashed again
	for _, s := range other.table {
		hashes[s.name] = s.hash
	}
	for i, t := range other.text {
		had, ok := n.find(hashes[i], t)
		if !ok {
			had = n.put(hashes[i], t)
		}
		to[i] = had
	}
	return to
}

// nameSet is a set of names, a bit for each.
type nameSet []uint64

// add adds a name, and says whether it is new.
func (s *nameSet) add(n Name) bool {
	for int(n/64) >= len(*s) {
		*s = append(*s, 0)
	}
	word, bit := &(*s)[n/64], uint64(1)<<(n%64)
	had := *word&bit != 0
	*word |= bit
	return !had
}

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
	// but a trace's id is new in every event.
	table []nameSlot
	block *strings.Builder // the text of many names in one piece of memory
}

type nameSlot struct {
	hash uint32 // the upper half
	name Name   // 0 where the place is free
}

var nameSeed = maphash.MakeSeed()

// Add interns text and gives its name. The bytes are copied if they are new.
func (n *Names) Add(text []byte) Name {
	if len(text) == 0 {
		return 0
	}
	hash := maphash.Bytes(nameSeed, text)
	for at := n.at(hash); at < len(n.table) && n.table[at].name != 0; at = n.at(uint64(at) + 1) {
		if s := n.table[at]; s.hash == uint32(hash>>32) && n.text[s.name] == string(text) {
			return s.name
		}
	}
	return n.put(hash, n.copied(text))
}

// AddString is [Names.Add] for a string, which is kept as it is.
func (n *Names) AddString(text string) Name {
	hash := maphash.String(nameSeed, text)
	if i, ok := n.find(hash, text); ok {
		return i
	}
	return n.put(hash, text)
}

// Find gives the name of text that was added before.
func (n *Names) Find(text string) (Name, bool) { return n.find(maphash.String(nameSeed, text), text) }

func (n *Names) find(hash uint64, text string) (Name, bool) {
	if text == "" {
		return 0, true
	}
	for at := n.at(hash); at < len(n.table) && n.table[at].name != 0; at = n.at(uint64(at) + 1) {
		if s := n.table[at]; s.hash == uint32(hash>>32) && n.text[s.name] == text {
			return s.name, true
		}
	}
	return 0, false
}

// at is the place of a hash, 0 while there is no table.
func (n *Names) at(hash uint64) int {
	if len(n.table) == 0 {
		return 0
	}
	return int(hash & uint64(len(n.table)-1))
}

const nameBlock = 16 << 10

// copied keeps a copy of text in the block.
func (n *Names) copied(text []byte) string {
	if len(text) > nameBlock/8 {
		return string(text)
	}
	if n.block == nil || n.block.Cap()-n.block.Len() < len(text) {
		n.block = new(strings.Builder) // the old one lives on in its names
		n.block.Grow(nameBlock)
	}
	from := n.block.Len()
	n.block.Write(text)
	return n.block.String()[from:]
}

// put adds a name that is not there yet.
func (n *Names) put(hash uint64, text string) Name {
	if len(n.text) == 0 {
		n.text = append(n.text, "")
	}
	i := Name(len(n.text))
	n.text = append(n.text, text)
	if 2*len(n.text) > len(n.table) {
		n.grow()
	} else {
		n.place(hash, i)
	}
	return i
}

// grow makes a table for twice the names that there are.
func (n *Names) grow() {
	size := 64
	for size < 4*len(n.text) {
		size *= 2
	}
	n.table = make([]nameSlot, size)
	for i := 1; i < len(n.text); i++ {
		n.place(maphash.String(nameSeed, n.text[i]), Name(i))
	}
}

func (n *Names) place(hash uint64, i Name) {
	at := n.at(hash)
	for n.table[at].name != 0 {
		at = n.at(uint64(at) + 1)
	}
	n.table[at] = nameSlot{uint32(hash >> 32), i}
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
	for i := 1; i < len(n.text); i++ {
		out.text[i] = f(n.text[i])
	}
	out.grow()
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
	for i, t := range other.text {
		to[i] = n.AddString(t)
	}
	return to
}

package parse

// Names interns strings: equal text, equal [Name]. The zero Names is ready to
// use, and holds "" as Name 0.
type Names struct {
	text  []string
	index map[string]Name
}

// Add interns text and gives its name. The bytes are copied if they are new.
func (n *Names) Add(text []byte) Name {
	if len(text) == 0 {
		return 0
	}
	if i, ok := n.index[string(text)]; ok {
		return i
	}
	return n.put(string(text))
}

// AddString is [Names.Add] for a string.
func (n *Names) AddString(text string) Name {
	if text == "" {
		return 0
	}
	if i, ok := n.index[text]; ok {
		return i
	}
	return n.put(text)
}

func (n *Names) put(text string) Name {
	if n.index == nil {
		n.index = make(map[string]Name)
		n.text = append(n.text, "")
	}
	i := Name(len(n.text))
	n.text = append(n.text, text)
	n.index[text] = i
	return i
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

// Find gives the name of text that was added before.
func (n *Names) Find(text string) (Name, bool) {
	if text == "" {
		return 0, true
	}
	i, ok := n.index[text]
	return i, ok
}

// merge adds all of other's names in order and gives the map from its to ours.
func (n *Names) merge(other *Names) []Name {
	to := make([]Name, max(len(other.text), 1))
	for i, t := range other.text {
		to[i] = n.AddString(t)
	}
	return to
}

package tui

import (
	"fmt"
	"regexp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"faultline/correlate"
)

// hits are what the last search found.
type hits struct {
	text string         // as it was typed
	re   *regexp.Regexp // nil before the first search
	turn int
	// list are all hits in their order, once they are counted; whole says that
	// nothing was left out.
	list           []place
	counted, whole bool
	in             *index // what the list was counted in
}

// listed is a screen that is a list: there / narrows it to the rows that hold a
// text, and among lines it searches.
type listed interface {
	pane
	narrow(text string) pane
	narrowed() string
}

// search asks for a regular expression, or on a list for a text to narrow it by.
func (m Model) search() (Model, tea.Cmd) {
	if p, ok := m.pane().(listed); ok {
		return m.ask(prompt{label: "rows with: ", empties: p.narrowed() != "", accept: func(m Model, s string) (Model, tea.Cmd) {
			m.panes[m.screen] = p.narrow(s)
			return m, nil
		}}, p.narrowed())
	}
	return m.ask(prompt{label: "/", history: "search", accept: func(m Model, s string) (Model, tea.Cmd) {
		re, err := regexp.Compile(s)
		if err != nil {
			return m.fail(err), nil
		}
		m.hits = hits{text: s, re: re, turn: m.hits.turn + 1, in: m.in}
		m, first := m.hit(1)
		return m, tea.Batch(first, m.countHits())
	}}, "")
}

// foundMsg brings a hit, or says that there is none.
type foundMsg struct {
	point correlate.Point
	ok    bool
	said  string
}

// countedMsg brings all hits of a search.
type countedMsg struct {
	turn  int
	list  []place
	whole bool
}

// searchMost is how many lines one search reads at most.
const searchMost = 500_000

// hit looks for the next line that the last search fits, or for the one before;
// behind the last it begins again at the first.
func (m Model) hit(by int) (Model, tea.Cmd) {
	if m.hits.re == nil {
		return m.say("nothing was searched for: / searches"), nil
	}
	here, ok := m.here()
	if !ok || m.ports.Detail == nil {
		return m.say("there is no text to search"), nil
	}
	if m.hits.counted && m.hits.whole && m.hits.in == m.in {
		return m.nextHit(here, by), nil
	}
	l, ports, re := m.merged(), m.ports, m.hits.re
	return m.say("searching for " + m.hits.text + "…"), func() tea.Msg { return seek(l, &ports, re, here, by) }
}

// nextHit goes to a hit that is known.
func (m Model) nextHit(here place, by int) Model {
	list := m.hits.list
	if len(list) == 0 {
		return m.say("not found: " + m.hits.text)
	}
	i, on := slices.BinarySearchFunc(list, here, place.compare)
	switch {
	case by < 0 || on:
		i += by
	default:
		i += by - 1
	}
	wrapped := ""
	if n := len(list); i < 0 || i >= n {
		i = (i%n + n) % n
		wrapped = ", round the end"
	}
	if m.screen != lines {
		m = m.show(lines)
	}
	return m.onPoint_(m.merged().point(list[i])).say(fmt.Sprintf("/%s   hit %s of %s%s   n next, N before", m.hits.text, number(i+1), number(len(list)), wrapped))
}

// countHits finds all hits beside the screen.
func (m Model) countHits() tea.Cmd {
	if m.ports.Detail == nil {
		return nil
	}
	l, ports, re, turn := m.merged(), m.ports, m.hits.re, m.hits.turn
	return func() tea.Msg {
		out := countedMsg{turn: turn}
		const portion = 512
		at, read := l.start(), 0
		for ; read < searchMost; read += portion {
			some := l.from(at, portion+1)
			for i, p := range some {
				if i == portion {
					break
				}
				if fits(l, &ports, re, p) {
					out.list = append(out.list, p)
				}
			}
			if len(some) <= portion {
				out.whole = true
				return out
			}
			at = some[portion]
		}
		return out
	}
}

func fits(l merged, ports *Ports, re *regexp.Regexp, p place) bool {
	_, raw, err := ports.Detail(l.c, l.point(p))
	return err == nil && re.MatchString(raw)
}

// countedHits takes the hits, unless another search was begun since.
func (m Model) countedHits(msg countedMsg) Model {
	if msg.turn != m.hits.turn {
		return m
	}
	m.hits.list, m.hits.whole, m.hits.counted = msg.list, msg.whole, true
	here, ok := m.here()
	if i, on := slices.BinarySearchFunc(msg.list, here, place.compare); ok && on {
		more := ""
		if !msg.whole {
			more = " or more"
		}
		m = m.say(fmt.Sprintf("/%s   hit %s of %s%s   n next, N before", m.hits.text, number(i+1), number(len(msg.list)), more))
	}
	return m
}

// seek walks the merged log in portions until a line fits, and then from its
// other end up to where it began.
func seek(l merged, ports *Ports, re *regexp.Regexp, here place, by int) foundMsg {
	const portion = 512
	begun, round := here, false
	for n := 0; n < searchMost; n += portion {
		var some []place
		if by > 0 {
			if some = l.from(here, portion+1); len(some) > 0 && some[0] == here {
				some = some[1:]
			}
		} else {
			some = l.behind(here, portion)
			slices.Reverse(some)
		}
		if len(some) == 0 {
			if round {
				break
			}
			round = true
			if here = l.start(); by < 0 {
				here = l.end()
			}
			continue
		}
		for _, p := range some {
			if fits(l, ports, re, p) {
				return foundMsg{point: l.point(p), ok: true}
			}
			if here = p; round && p == begun {
				return foundMsg{said: "not found: " + re.String()}
			}
		}
	}
	if round {
		return foundMsg{said: "not found: " + re.String()}
	}
	return foundMsg{said: fmt.Sprintf("not found in %s lines; n goes on", number(searchMost))}
}

// found goes to a hit.
func (m Model) found(msg foundMsg) Model {
	if !msg.ok {
		return m.say(msg.said)
	}
	if m.screen != lines {
		m = m.show(lines)
	}
	m = m.onPoint_(msg.point).say("/" + m.hits.text + "   n next, N before")
	if m.hits.counted {
		return m.countedHits(countedMsg{m.hits.turn, m.hits.list, m.hits.whole})
	}
	return m
}

package tui

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// mostCount is the largest count that can be typed before a key.
const mostCount = 99_999

// counting takes a digit of a count. Digits alone are the screens, so that a
// count begins with alt, as readline's does; over a panel they are free.
func (m *Model) counting(name string) (digit int, ok bool) {
	bare, alt := strings.CutPrefix(name, "alt+")
	digit, err := strconv.Atoi(bare)
	if err != nil || len(bare) != 1 || digit == 0 && m.count == 0 {
		return 0, false
	}
	return digit, alt || m.count > 0 || m.panel != nil
}

// counted takes one more digit of the count of the next key.
func (m Model) counted(digit int) Model {
	m.count = min(m.count*10+digit, mostCount)
	return m.say(number(m.count) + " times: j k h l n e w ] [ z … take it, esc drops it")
}

// whatCounts is for the row of the table; the digits never come to it.
func (m Model) whatCounts() (Model, tea.Cmd) {
	return m.say("alt and a digit begin a count: alt+1 2 j"), nil
}

// times is how often the key that is pressed is meant.
func (m *Model) times() int { return max(m.count, 1) }

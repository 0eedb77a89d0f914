package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"faultline/tui/chart"
)

// prompt is a line that is being typed.
type prompt struct {
	label  string
	accept func(m Model, text string) (Model, tea.Cmd)
	// empties: an empty answer takes away what was there, and is no escape.
	empties bool
	// complete lists what the whole text may become; nil for none.
	complete func(m *Model, text string) []string
	// history is where earlier texts are remembered; "" for nowhere.
	history string

	input  textinput.Model
	offers []string // of the completion that is being stepped through
	offer  int
	back   int // how far up the history
}

// ask opens a prompt with a text to begin with.
func (m Model) ask(p prompt, text string) (Model, tea.Cmd) {
	p.input = textinput.New()
	p.input.Prompt = ""
	p.input.SetValue(text)
	p.input.CursorEnd()
	p.input.Focus()
	m.prompt = &p
	return m, nil
}

// typed is a key while a prompt is open.
func (m Model) typed(k tea.KeyMsg) (Model, tea.Cmd) {
	p := *m.prompt
	m.prompt = &p
	switch k.String() {
	case "esc", "ctrl+c":
		m.prompt = nil
		return m, nil
	case "enter":
		text := strings.TrimSpace(p.input.Value())
		m.prompt = nil
		if text == "" && !p.empties {
			return m, nil
		}
		if p.history != "" {
			m.history = remembered(m.history, p.history, text)
		}
		return p.accept(m, text)
	case "tab", "shift+tab":
		p.step(&m, k.String() == "tab")
		return m, nil
	case "up", "down":
		p.recall(m.history[p.history], k.String() == "up")
		return m, nil
	}
	p.offers = nil
	p.input, _ = p.input.Update(k) // its only command blinks the cursor
	return m, nil
}

// remembered adds a text to one history, without touching the old value.
func remembered(all map[string][]string, name, text string) map[string][]string {
	out := map[string][]string{}
	for k, v := range all {
		out[k] = v
	}
	kept := slices.DeleteFunc(slices.Clone(out[name]), func(s string) bool { return s == text })
	out[name] = append(kept, text)
	return out
}

// step puts the next thing in that the text may become.
func (p *prompt) step(m *Model, forward bool) {
	if p.complete == nil {
		return
	}
	if p.offers == nil {
		p.offers, p.offer = p.complete(m, p.input.Value()), -1
	}
	n := len(p.offers)
	if n == 0 {
		return
	}
	if forward {
		p.offer = (p.offer + 1) % n
	} else {
		p.offer = (max(p.offer, 0) + n - 1) % n
	}
	p.input.SetValue(p.offers[p.offer])
	p.input.CursorEnd()
}

// recall puts an earlier text in.
func (p *prompt) recall(history []string, up bool) {
	if up && p.back < len(history) {
		p.back++
	} else if !up && p.back > 0 {
		p.back--
	}
	text := ""
	if p.back > 0 {
		text = history[len(history)-p.back]
	}
	p.input.SetValue(text)
	p.input.CursorEnd()
}

// draw writes the prompt on one line, with its cursor; and, behind it, what
// the text may become.
func (p *prompt) draw(m *Model, b *chart.Block, y int) {
	x := b.Text(1, y, p.label, chart.Title)
	text, room := []rune(p.input.Value()), max(b.W-x-2, 1)
	from := max(p.input.Position()-room+1, 0)
	for i := from; i <= len(text) && x < b.W-1; i++ {
		r, style := ' ', chart.Plain
		if i < len(text) {
			r = text[i]
		}
		if i == p.input.Position() {
			style = chart.Select
		}
		x = b.Text(x, y, string(r), style)
	}
	if offers := p.offers; offers != nil || p.complete != nil {
		if offers == nil {
			offers = p.complete(m, p.input.Value())
		}
		b.Clip(x+2, y, b.W-x-2, strings.Join(offers, "  "), chart.Dim, m.display.glyphs.ASCII)
	}
}

// beginning keeps what begins with a prefix.
func beginning(all []string, prefix string) (out []string) {
	for _, s := range all {
		if strings.HasPrefix(s, prefix) {
			out = append(out, s)
		}
	}
	return out
}

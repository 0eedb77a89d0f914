package tui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// FuzzAnyKeys presses what the bytes say, at sizes that they say: it never panics.
func FuzzAnyKeys(f *testing.F) {
	special := []tea.KeyType{tea.KeyEnter, tea.KeyEsc, tea.KeyTab, tea.KeyShiftTab, tea.KeyUp, tea.KeyDown, tea.KeyLeft, tea.KeyRight,
		tea.KeyPgUp, tea.KeyPgDown, tea.KeyHome, tea.KeyEnd, tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlF, tea.KeyCtrlD, tea.KeyCtrlU}
	odd := []rune("é漢\u202e\u200b👩\u0301ﷺ\x00\x1b\u009b")
	const most, resize = 60, 0xff
	f.Add([]byte("12345678jj\x80\x81ll:help\x80/x\x80nN?q"))
	f.Add([]byte{resize, 1, 1, '3', '+', 'S', resize, 250, 3, 'z', 'z', 5, 8, '0', 'V'})
	f.Fuzz(func(t *testing.T, keys []byte) {
		r := newRobot(t, "report", 100, 30, Display{})
		keys = keys[:min(len(keys), most)]
		for i := 0; i < len(keys) && !r.quit; i++ {
			switch k := int(keys[i]); {
			case k == resize && i+2 < len(keys):
				r.send(tea.WindowSizeMsg{Width: int(keys[i+1]), Height: int(keys[i+2])})
				i += 2
			case k >= 0x80:
				r.send(tea.KeyMsg{Type: special[k%len(special)]})
			case k >= ' ':
				r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{rune(k)}})
			default:
				r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{odd[k%len(odd)]}})
			}
			_ = r.m.View()
		}
	})
}

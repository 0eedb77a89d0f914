package docs_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// captions say what each screen of the scripted investigation answers, by the
// name of its golden file.
var captions = map[string]string{
	"1-overview":  "What happened, how sure is it, what next?",
	"2-own-start": "Each replica counted from its own start: the stalls stand in one column.",
	"3-incident":  "One incident: which line preceded which, and by how much.",
	"4-line":      "One line: as it was logged, on its own clock and on the wall clock.",
}

// The picture that moves in the README is made of the golden screens of the
// scripted investigation; UPDATE=1, or make pictures, draws it.
func TestMovingPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("drawn again when the screens are")
	}
	const path = "img/investigation.svg"
	screens, err := filepath.Glob("../cmd/faultline/testdata/investigation/*.txt")
	if err != nil || len(screens) < 3 {
		t.Fatal(err, screens)
	}
	slices.Sort(screens)
	want := moving(t, screens)
	if got, err := os.ReadFile(path); err == nil && string(got) == want {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("%s is not the investigation as it is: make pictures draws it", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	cellWide, cellHigh = 8.0, 17.0
	seconds            = 5 // that each screen stands
)

// moving shows one screen after the other, with nothing but a style that moves.
// Whoever asks for less motion sees the first.
func moving(t *testing.T, screens []string) string {
	t.Helper()
	columns, rows := 0, 0
	var frames [][]string
	for _, path := range screens {
		lines := strings.Split(strings.TrimRight(page(t, path), "\n"), "\n")
		for i, l := range lines {
			lines[i] = strings.TrimRight(l, " ")
			columns = max(columns, utf8.RuneCountInString(lines[i]))
		}
		rows = max(rows, len(lines))
		frames = append(frames, lines)
	}
	wide, high := float64(columns)*cellWide+24, float64(rows+2)*cellHigh+24
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" xml:space="preserve" font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="13">`+"\n", wide, high)
	n := len(frames)
	fmt.Fprintf(&b, "<title>an investigation from the first screen to the line that shows it</title>\n<rect width=\"%.0f\" height=\"%.0f\" rx=\"6\" fill=\"#1d2129\"/>\n", wide, high)
	fmt.Fprintf(&b, "<style>text{fill:#d8dee9;white-space:pre}.q{fill:#ffd866}g{opacity:0;animation:show %ds step-end infinite}g:first-of-type{opacity:1}"+
		"@keyframes show{0%%{opacity:1}%.2f%%{opacity:0}}@media (prefers-reduced-motion:reduce){g{animation:none}}</style>\n", n*seconds, 100/float64(n))
	for i, lines := range frames {
		name := strings.TrimSuffix(filepath.Base(screens[i]), ".txt")
		fmt.Fprintf(&b, "<g style=\"animation-delay:%ds\"><rect width=\"%.0f\" height=\"%.0f\" rx=\"6\" fill=\"#1d2129\"/>\n", (i-n)*seconds%(n*seconds), wide, high)
		fmt.Fprintf(&b, "<text class=\"q\" x=\"12\" y=\"24\">%s</text>\n", html.EscapeString(captions[name]))
		for row, l := range lines {
			if l != "" {
				fmt.Fprintf(&b, "<text x=\"12\" y=\"%.0f\" textLength=\"%.0f\">%s</text>\n", 24+float64(row+2)*cellHigh, float64(utf8.RuneCountInString(l))*cellWide, html.EscapeString(l))
			}
		}
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

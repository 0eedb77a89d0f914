package docs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"faultline/tui/chart"
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

// stands is how long each screen stands.
const stands = 5 * time.Second

// moving shows one screen after the other, the question that it answers above it.
func moving(t *testing.T, screens []string) string {
	t.Helper()
	var frames []chart.Frame
	for _, path := range screens {
		lines := strings.Split(strings.TrimRight(page(t, path), "\n"), "\n")
		b := chart.New(100, 32)
		b.Text(0, 0, captions[strings.TrimSuffix(filepath.Base(path), ".txt")], chart.Lit)
		for y, l := range lines {
			b.Text(0, y+2, l, chart.Plain)
		}
		frames = append(frames, chart.Frame{Block: b, Stands: stands})
	}
	var out strings.Builder
	if err := chart.Cast(&out, frames, "an investigation from the first screen to the line that shows it"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

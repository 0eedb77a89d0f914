package report_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"faultline/correlate/report"
)

var browserToo = flag.Bool("browser", false, "print the reports in Chromium")

var pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)

// Printed, a report is two pages: the answer with what it rests on, then when,
// what else, and the first incidents. Without a browser nothing is asked.
func TestPrintIsTwoPages(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil || !*browserToo {
		t.Skip("belongs to make browser: needs Chromium")
	}
	for _, s := range examples(t)[:6] {
		c, text := s.concluded(t)
		var html bytes.Buffer
		if err := report.WriteHTML(&html, c, text, report.Style{}, "dev"); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		from, to := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
		if err := os.WriteFile(from, html.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--user-data-dir=" + filepath.Join(dir, "profile"), "--print-to-pdf=" + to, "file://" + from}
		if out, err := exec.Command(browser, args...).CombinedOutput(); err != nil {
			t.Skipf("chromium does not run here: %v: %s", err, out)
		}
		pdf, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(pdfPage.FindAll(pdf, -1)); n < 1 || n > 2 {
			t.Errorf("%s is printed on %d pages", s.name, n)
		}
	}
}

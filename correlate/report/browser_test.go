package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"faultline/correlate/report"
)

// measure is what the page is asked once it is drawn: what is wider than the
// screen, which texts of one picture lie over each other, which are drawn
// outside of the screen, and the least contrast of a text to what is behind it (WCAG
// 2.2, 1.4.3: 4.5, and 3 for what is large or beside the point).
const measure = `<script>addEventListener("load", () => {
const out = {wide: [], over: [], cut: [], contrast: 21, faint: ""};
const w = document.documentElement.clientWidth;
const scrolls = e => { for (; e; e = e.parentElement) { const o = getComputedStyle(e).overflowX; if (o === "auto" || o === "scroll") return true; } return false; };
for (const e of document.querySelectorAll("body *")) {
  const r = e.getBoundingClientRect();
  if (r.width && r.right > w + 1 && !scrolls(e)) out.wide.push(e.tagName + " " + (e.textContent || "").slice(0, 40));
}
for (const svg of document.querySelectorAll("svg")) {
  const texts = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim()).map(t => [t, t.getBoundingClientRect()]);
  texts.forEach(([t, a], i) => {
    if (a.left < 0 || a.right > w) out.cut.push(t.textContent); // beside its picture there is the margin
    for (const [u, b] of texts.slice(i + 1)) {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left), y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1.5 && y > Math.min(a.height, b.height) / 3) out.over.push(t.textContent + " / " + u.textContent);
    }
  });
}
const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
const light = c => { const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.9) return c; } return rgb(getComputedStyle(document.documentElement).backgroundColor).length === 3 ? rgb(getComputedStyle(document.documentElement).backgroundColor) : (matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]); };
for (const e of document.querySelectorAll("h1,h2,h3,p,li,td,th,summary,pre,dt,dd")) {
  if (!e.textContent.trim() || !e.getBoundingClientRect().width) continue;
  const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < out.contrast) { out.contrast = ratio; out.faint = e.textContent.slice(0, 40); }
}
out.dark = matchMedia("(prefers-color-scheme: dark)").matches;
document.body.innerHTML = "<pre id=measured></pre>"; document.getElementById("measured").textContent = JSON.stringify(out);
});</script>`

var (
	policyOf = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	answerOf = regexp.MustCompile(`(?s)<pre id="measured">(.*?)</pre>`)
)

// In a browser, light and dark, wide and as narrow as a phone, no text of the
// page lies over another, none is cut, and all can be read.
func TestPageInABrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil || !*browserToo {
		t.Skip("belongs to make browser: needs Chromium")
	}
	for i, s := range examples(t) {
		c, text := s.concluded(t)
		var page bytes.Buffer
		if err := report.WriteHTML(&page, c, text, report.Style{}, "dev"); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "page.html")
		// The page allows no script: the copy that is measured does.
		if err := os.WriteFile(path, append(policyOf.ReplaceAll(page.Bytes(), nil), measure...), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, wide := range []int{1200, 500, 400} {
			for scheme, name := range []string{"dark", "light"} {
				if i > 1 && (wide > 400 || (i%2 == 0) == (scheme == 0)) {
					continue // the others on a phone, in one light each
				}
				args := []string{"--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + filepath.Join(dir, "profile"), fmt.Sprintf("--window-size=%d,1000", wide),
					fmt.Sprintf("--blink-settings=preferredColorScheme=%d", scheme), "--virtual-time-budget=2000", "--dump-dom", "file://" + path}
				said, err := exec.Command(browser, args...).Output()
				m := answerOf.FindSubmatch(said)
				if err != nil || m == nil {
					t.Skipf("chromium does not run here: %v", err)
				}
				var got struct {
					Wide, Over, Cut []string
					Contrast        float64
					Faint           string
					Dark            bool
				}
				if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &got); err != nil {
					t.Fatal(err)
				}
				where := fmt.Sprintf("%s, %s, %d px", s.name, name, wide)
				if got.Dark != (name == "dark") {
					t.Errorf("%s: the browser is not %s", where, name)
				}
				for what, list := range map[string][]string{"wider than the screen": got.Wide, "lie over each other": got.Over, "cut": got.Cut} {
					if len(list) > 0 {
						t.Errorf("%s: %d %s: %s", where, len(list), what, strings.Join(list[:min(len(list), 4)], " | "))
					}
				}
				if got.Contrast < 3 {
					t.Errorf("%s: %q stands out from its ground by %.1f only", where, got.Faint, got.Contrast)
				}
			}
		}
	}
}

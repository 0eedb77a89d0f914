package ingress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"faultline/parse/parsetest"
)

// All that is read of each line of testdata/products, up to the byte. UPDATE=1 writes it.
func TestProducts(t *testing.T) {
	files, err := filepath.Glob("testdata/products/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no products", err)
	}
	for _, file := range files {
		parsetest.Lines(t, file, Formats()...)
	}
}

// products are the lines of testdata/products.
func productLines(t testing.TB) (out []string) {
	files, _ := filepath.Glob("testdata/products/*.txt")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "# ") {
				out = append(out, line)
			}
		}
	}
	return out
}

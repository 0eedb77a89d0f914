package casefile

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"faultline/parse"
)

// as writes everything in capitals.
type as struct{}

func (as) Name(s string) string    { return "n-" + s }
func (as) Path(s string) string    { return "p-" + s }
func (as) Line(line []byte) []byte { return bytes.ToUpper(line) }

func (as) Field(_, s string) string             { return "n-" + s }
func (as) Target(_ parse.Kind, s string) string { return "n-" + s }

// fixed gives the same line for every reference, and keeps what was asked for.
type fixed struct{ asked []parse.Ref }

func (f *fixed) Line(_ *parse.Capture, r parse.Ref) ([]byte, error) {
	f.asked = append(f.asked, r)
	return []byte("a line"), nil
}

// What is handed on of a source tells neither its digest nor its length nor
// where its lines are, and its lines are found all the same.
func TestRedactedHoldsNoDigest(t *testing.T) {
	sum := sha256.Sum256([]byte("a short log"))
	c := &parse.Capture{Sources: []parse.Source{{Path: "x.log", SHA256: sum, ContainerSHA256: sum[:], Bytes: 777}},
		Streams: []parse.Stream{{Events: []parse.Event{{Off: 500, Len: 31, Line: 9}, {Off: 100, Len: 17, Line: 3}}, Ties: []parse.Tie{{Ref: parse.Ref{Off: 300, Len: 5, Line: 6}}}}}}
	text := &fixed{}
	out, lines := Rewrite(c, text, as{}, []byte("a key of sixteen bytes"))
	s := &out.Sources[0]
	if s.SHA256 == sum || bytes.Equal(s.ContainerSHA256, sum[:]) || s.Bytes != 1024 {
		t.Errorf("%x, %x, %d bytes", s.SHA256, s.ContainerSHA256, s.Bytes)
	}
	other, _ := Rewrite(c, text, as{}, []byte("another key, as long"))
	if other.Sources[0].SHA256 == s.SHA256 {
		t.Error("another key gives the same digest")
	}
	e := out.Streams[0].Events
	if e[0].Off != 2 || e[1].Off != 0 || e[0].Len != 0 || out.Streams[0].Ties[0].Ref.Off != 1 {
		t.Errorf("%+v", out.Streams[0])
	}
	if got, err := lines.Line(out, out.Streams[0].Ref(&e[0])); err != nil || string(got) != "A LINE" {
		t.Errorf("%q, %v", got, err)
	}
	if r := text.asked[0]; r.Off != 500 || r.Len != 31 || r.Line != 9 {
		t.Errorf("asked for %+v", r)
	}
	if c.Streams[0].Events[0].Off != 500 || c.Sources[0].SHA256 != sum {
		t.Error("the capture itself was changed")
	}
}

// What a source's lines say of their zone is the same when the case is opened.
func TestPrintedZonesAreKept(t *testing.T) {
	for _, z := range []parse.ZoneSeen{{}, {Lines: 1, Ahead: 8 * 3600e9}, {Lines: 1, Ahead: -(3*3600 + 30*60) * 1e9}, {Lines: 1}, {Lines: 1, Split: true}} {
		if got, err := zonesSeen(printedZone(&z)); err != nil || got != z {
			t.Errorf("%+v: %+v, %v", z, got, err)
		}
	}
	if _, err := zonesSeen("noon"); err == nil {
		t.Error("noon is a zone")
	}
}

package bundle

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// A log that is one string of a JSON object comes out as it went in, however
// its bytes arrive; one that is cut off says so.
func TestLogInJSON(t *testing.T) {
	const text = "a \"quoted\" line\twith tabs\r\nein Zeichen: é, 💥, \\ und \u2028\nlast"
	value, _ := json.Marshal(text)
	for name, data := range map[string]string{
		"compact":  `{"name":"web-0","containerLog":` + string(value) + `}`,
		"spaced":   `{"name": "web-0", "restart": 1, "containerLog" : ` + string(value) + `, "more": "\u0000"}`,
		"escaped":  `{"containerLog":"` + strings.NewReplacer("é", `\u00e9`, "💥", `\ud83d\udca5`).Replace(string(value[1:])) + `}`,
		"in bytes": `{"containerLog":` + string(value) + `}`,
	} {
		in := memory("x", []byte(data), standard)
		r, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		var src io.Reader = r
		if name == "in bytes" {
			src = iotest.OneByteReader(r)
		}
		if got, err := io.ReadAll(src); err != nil || string(got) != text {
			t.Errorf("%s: %q %v", name, got, err)
		}
		r.Close()
	}
	in := memory("x", []byte(`{"containerLog":"never ends`), standard)
	r, _ := in.Open()
	if _, err := io.ReadAll(r); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a cut string: %v", err)
	}
	for _, plain := range []string{`{"containerLog":null}`, `{"log":"x"}`, `x {"containerLog":"x"}`} {
		in := memory("x", []byte(plain), standard)
		r, _ := in.Open()
		if got, _ := io.ReadAll(r); string(got) != plain {
			t.Errorf("%s became %q", plain, got)
		}
	}
}

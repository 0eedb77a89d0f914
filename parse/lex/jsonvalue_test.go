package lex

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// checkValue holds JSONValue against encoding/json for every beginning of text.
func checkValue(t *testing.T, text string) {
	t.Helper()
	for end := range len(text) + 1 {
		b := []byte(text[:end])
		n, short := JSONValue(b)
		var raw json.RawMessage
		dec := json.NewDecoder(bytes.NewReader(b))
		err := dec.Decode(&raw)
		switch {
		case n > 0:
			if err != nil || n != len(raw) || short {
				t.Fatalf("%q: %d bytes are a value, encoding/json has %q, %v", b, n, raw, err)
			}
		case short:
			number := err == nil && strings.TrimLeft(string(raw[:1]), "-0123456789") == "" && len(raw) == len(b)
			if !number && (err == nil || strings.HasPrefix(err.Error(), "invalid")) {
				t.Fatalf("%q: short, encoding/json has %q, %v", b, raw, err)
			}
		default:
			if err == nil || !strings.HasPrefix(err.Error(), "invalid") {
				t.Fatalf("%q: no value, encoding/json has %q, %v", b, raw, err)
			}
		}
	}
}

var values = []string{`{}`, `[]`, `{"a":[1,-0.5e+7,true,false,null],"b\u00e9\n":{}} `, `[ 1 , "x" ]`, `["\ud83d\ude00"]`, `-`, `01 `, `1. `,
	`1e `, `tru `, `{"a" 1}`, `{"a":}`, `{a:1}`, `[1 2]`, `[1,]`, `{"a":1,}`, "\"\x00\"", `"\x"`, `"\u12g4"`, `}`, `+1`, `nul`, `-0 `, `0.0E-1 `}

func TestJSONValue(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, v := range values {
		checkValue(t, v)
		for range 200 { // a byte that does not belong
			b := []byte(v)
			b[r.IntN(len(b))] = `{}[]",:\ut0-.e `[r.IntN(15)]
			if b[0] != ' ' {
				checkValue(t, string(b))
			}
		}
	}
	for _, depth := range []int{jsonDepth, jsonDepth + 1} {
		n, _ := JSONValue([]byte(strings.Repeat("[", depth) + strings.Repeat("]", depth)))
		if (n == 2*depth) != (depth == jsonDepth) {
			t.Errorf("%d deep: %d bytes", depth, n)
		}
	}
}

func FuzzJSONValue(f *testing.F) {
	for _, v := range values {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text != "" && len(text) < 1000 && !IsJSONSpace(text[0]) && strings.Count(text, "[")+strings.Count(text, "{") < jsonDepth {
			checkValue(t, text)
		}
	})
}

package lex

import (
	"encoding/json"
	"testing"
)

// members lists what Member reads of an object.
func members(b []byte) (out []string, whole bool) {
	if len(b) == 0 || b[0] != '{' {
		return nil, false
	}
	b = b[1:]
	for {
		k, v, n, ok := Member(b)
		if !ok {
			return out, Blank(b) < len(b) && b[Blank(b)] == '}'
		}
		out = append(out, string(Unquote(append(append([]byte{'"'}, k...), '"'))), string(Unquote(v)))
		b = b[n:]
	}
}

func TestMember(t *testing.T) {
	f := func(in string, whole bool, want ...string) {
		t.Helper()
		got, ok := members([]byte(in))
		if ok != whole || len(got) != len(want) {
			t.Errorf("%s: %q %v, want %q", in, got, ok, want)
			return
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %q, want %q", in, got, want)
			}
		}
	}
	f(`{}`, true)
	f(`{"a":1}`, true, "a", "1")
	f(`{"a":"b","c":{"d":["}","\"]"]},"e":null,"f":-1.5e3 }`, true, "a", "b", "c", `{"d":["}","\"]"]}`, "e", "null", "f", "-1.5e3")
	f(`{ "a" : "x\\" , "b" : [ 1 , 2 ] }`, true, "a", `x\`, "b", "[ 1 , 2 ]")
	f(`{"name":"a","name":"b"}`, true, "name", "a", "name", "b") // both
	f(`{"a\u00fc\ud83d\ude00":"\n\t\"\/\u0041\ud83d x\q"}`, true, "aü😀", "\n\t\"/A\ufffd x\\q")
	f(`{"a":"cut`, false)
	f(`{"a":"cut\"`, false)
	f(`{"a":{"b":1`, false)
	f(`{"a":12`, false)
	f(`{"a"`, false)
	f(`{a:1}`, false)
	f(`[1]`, false)
	f(``, false)
}

func TestMemberOf(t *testing.T) {
	for in, want := range map[string]string{`{"a":1,"b":{"c":"d"}}`: `{"c":"d"}`, `{"b":"x","b":2}`: `"x"`, `{"a":{"b":1}}`: "", `{}`: "", `"b"`: "", ``: ""} {
		if got := string(MemberOf([]byte(in), "b")); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestElement(t *testing.T) {
	var got []string
	for b := []byte(` {"a":[1]}, "x" ,3]`); ; {
		v, n, ok := Element(b)
		if !ok {
			break
		}
		got = append(got, string(v))
		b = b[n:]
	}
	if len(got) != 3 || got[0] != `{"a":[1]}` || got[1] != `"x"` || got[2] != "3" {
		t.Errorf("%q", got)
	}
}

// What encoding/json writes is read the same; what it refuses does no harm.
func FuzzMember(f *testing.F) {
	for _, s := range []string{`{"a":"b"}`, `{"a":{"b":[1,"]"]}}`, `{"a":"\ud83d\ude00\\"}`, `{"a`, `{"a":"\u12`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		members(data)
		wrapped, err := json.Marshal(map[string]string{string(data): string(data)})
		if err != nil {
			t.Skip()
		}
		var back map[string]string
		if json.Unmarshal(wrapped, &back) != nil {
			t.Fatal("json")
		}
		got, whole := members(wrapped)
		if !whole || len(got) != 2 || back[got[0]] != got[1] {
			t.Errorf("%s: %q %v", wrapped, got, whole)
		}
	})
}

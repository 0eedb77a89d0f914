package record_test

import (
	"strings"
	"testing"

	"faultline/parse"
	"faultline/parse/record"
)

// What a table tells of its columns makes the same table again, and holds no
// name that a user gave a column.
func TestColumnsAreMadeAgain(t *testing.T) {
	const line = "[   369.298818s]  INFO ThreadId(01) outbound: linkerd_app_core::errors::respond: HTTP/1.1 request failed error=service in fail-fast"
	for _, c := range []struct{ head, row, made string }{
		{`"_raw","_time",host,acme_team`, `"` + line + `",2024-02-02T13:22:33.100Z,node-1,some other words`, "head,_raw,_time,host,"},
		{"time;日本pod;message;x", "2024-02-02T13:22:33.100Z;web-0;" + line + ";other words here", "head;time;pod;message;"},
		{"TimeGenerated [UTC]\tAcme [UTC]\tLogEntry", "2/2/2024, 1:22:33.100 PM\tsome words\t" + line, "head\tTimeGenerated [UTC]\t[UTC]\tLogEntry"},
		{"TimeGenerated Acme [UTC],message", "2024-02-02T13:22:33Z," + line, "head,timegenerated [UTC],message"},
		{"Name,Reason,Message,ObjectKind,Tenant", "web-0,Unhealthy,Readiness probe failed,Pod,acme", "head,Name,Reason,Message,ObjectKind,"},
		{"", "2024-02-02T13:22:33.100Z,a b," + line + ",c d", "row,time,,text,"},
		{"", "web-0;" + line + ";2024-02-02T13:22:33.100Z", "row;;text;time"},
	} {
		lines := [][]byte{[]byte(c.row), []byte(c.row)}
		if c.head != "" {
			lines[0] = []byte(c.head)
		}
		w := record.Table.Head(lines)
		if w == nil || w.Made != c.made {
			t.Errorf("%q: %+v, want %q", c.head, w, c.made)
			continue
		}
		again := record.Table.As(w.Made)
		if again == nil || again.Made != w.Made {
			t.Errorf("%q is made again as %+v", w.Made, again)
			continue
		}
		var p, q parse.Prefix
		rest, ok := w.Strip([]byte(c.row), &p)
		same, too := again.Strip([]byte(c.row), &q)
		if string(rest) != string(same) && !strings.Contains(c.made, "Reason") || ok != too || saidBy(&p) != saidBy(&q) {
			t.Errorf("%q: %q %v, again %q %v", c.row, rest, saidBy(&p), same, saidBy(&q))
		}
	}
}

// What no table writes makes none.
func TestColumnsOfNothing(t *testing.T) {
	for _, made := range []string{"head", "row", "head,", "head,acme", "row,acme", "head,time,message,acme", "tail,time", "head;time,message"} {
		if w := record.Table.As(made); w != nil {
			t.Errorf("%q makes a table of %q", made, w.Made)
		}
	}
	if record.Table.As("") != record.Table {
		t.Error("of nothing told, another one is made")
	}
}

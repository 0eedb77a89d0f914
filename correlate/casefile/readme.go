package casefile

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"faultline/parse"
)

// Readme is the README.md of every case, with the SQL that docs/case.md and
// the interoperability checks use.
//
//go:embed README.case.md
var Readme string

// Views is the views.sql of every case: a view for each question of a maintainer.
//
//go:embed views.sql
var Views string

// guides are the entries that tell how to read a case, beside its own mark.
var guides = []Document{
	{Name: "README.md", Write: writeReadme},
	{Name: "columns.md", Write: writeColumns},
	{Name: "views.sql", Write: func(w io.Writer, _ *Manifest) error { _, err := io.WriteString(w, Views); return err }},
}

// Guide says whether an entry is the same in every case: nothing of a dump is in
// it, whatever words it has.
func Guide(name string) bool {
	return slices.ContainsFunc(guides, func(d Document) bool { return d.Name == name })
}

func writeReadme(w io.Writer, m *Manifest) error {
	var list strings.Builder
	for _, t := range tables {
		fmt.Fprintf(&list, "| %s.parquet | %s |\n", t.name(), t.doc())
	}
	text := strings.ReplaceAll(Readme, "{{tables}}\n", list.String())
	_, err := io.WriteString(w, strings.ReplaceAll(text, "{{schema}}", m.Schema))
	return err
}

func writeColumns(w io.Writer, _ *Manifest) error {
	var out strings.Builder
	out.WriteString("# The columns of the tables\n\nA column marked * follows from the others.\n")
	for _, t := range tables {
		listColumns(&out, t)
	}
	out.WriteString("\n")
	listMeanings(&out)
	_, err := io.WriteString(w, out.String())
	return err
}

// listColumns lists the columns of a table as a section.
func listColumns(out *strings.Builder, t table) {
	about := t.doc()
	fmt.Fprintf(out, "\n### %s\n\n%s%s.\n\n| column | type | null | |\n| --- | --- | --- | --- |\n", t.name(), strings.ToUpper(about[:1]), about[1:])
	for _, c := range t.columns() {
		null := ""
		if c.Nullable {
			null = "yes"
		}
		if c.Follows {
			c.Doc += " *"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", c.Name, c.Type, null, c.Doc)
	}
}

// meaning is what the columns value, detail and class of an event hold.
type meaning struct {
	kind                 parse.Kind
	value, detail, class string
}

const ownClient = "1: of a client of the proxy's own, else 0"

// meanings are those of the kinds that use any of the three, as parse.Kind says.
var meanings = []meaning{
	{parse.ProxyFailfastEnter, "", "", ownClient},
	{parse.ProxyFailfastExit, "", "", ownClient},
	{parse.ProxyRequestFailed, "HTTP status", "innermost error", "cause, see error_type; plus 128 for gRPC"},
	{parse.ProxyConnectFailed, "", "innermost error", ownClient},
	{parse.ControllerPopStall, "depth of the queue", "trace id", "which queue"},
	{parse.ControllerTrace, "", "name of the trace", ""},
	{parse.ControllerStarted, "", "version", ""},
	{parse.KubeletProbeFailed, "HTTP status", "how it failed, as logged", "probe and failure, see error_type"},
	{parse.K8sEvent, "", "reason, with the message of what went wrong or stopped", ""},
	{parse.ContainerTerminated, "exit code", "container", "why it ended"},
	{parse.IngressResponse, "HTTP status", "the upstream that was asked and what it answered", "cause, see error_type"},
	{parse.ProxyTCPFailed, "", "innermost error", "cause"},
	{parse.ProxyIdentityFailed, "", "innermost error", ""},
	{parse.ProxyBreaker, "", "tripped or recovered", ""},
	{parse.ProxyEndpointAdded, "", "address", ownClient},
	{parse.ProxyEndpointRemoved, "", "address", ownClient},
	{parse.APIServerResponse, "HTTP status", "", ""},
	{parse.WebhookFailed, "", "error of the webhook", ""},
	{parse.K8sAudit, "HTTP status", "verb", ""},
}

// listMeanings says what the columns of events that a kind uses as it likes hold.
func listMeanings(out *strings.Builder) {
	out.WriteString("## value, detail and class of each kind\n\nA kind that is not listed gives none of the three a meaning of its own.\n\n" +
		"| kind | `value` | `detail` | `class` |\n| --- | --- | --- | --- |\n")
	for _, m := range meanings {
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", m.kind, m.value, m.detail, m.class)
	}
}

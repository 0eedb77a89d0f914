package report

import (
	"fmt"
	"strings"
)

// Templates are the forms that [WriteMarkdown] fills in: "" is a page of its
// own; "linkerd", "istio" and "ingress-nginx" have the headings of those
// projects' bug reports (linkerd2 .github/ISSUE_TEMPLATE/bug_report.yml, istio
// .github/ISSUE_TEMPLATE/bug_report.yml, ingress-nginx
// .github/ISSUE_TEMPLATE/bug_report.md); "generic" has those that most have.
var Templates = []string{"", "linkerd", "istio", "ingress-nginx", "generic"}

// form fills in a project's bug report: what a person sees first is the answer,
// and each figure stands in one place.
func (m *markdown) form(template string) {
	switch template {
	case "linkerd":
		m.linkerd()
	case "istio":
		m.istio()
	case "ingress-nginx":
		m.ingressNginx()
	default:
		m.generic()
	}
}

func (m *markdown) linkerd() {
	m.para("### What is the issue?")
	m.threeSentences()
	m.para("### How can it be reproduced?")
	m.para("%s", unreproduced)
	m.para("### Logs, error output, etc")
	m.proof()
	m.para("### output of `linkerd check`")
	m.uncaptured("linkerd check")
	m.para("### Environment")
	for _, label := range []string{"Kubernetes Version", "Cluster Environment", "Host OS"} {
		fmt.Fprintf(m, "- %s: (not captured)\n", label)
	}
	m.versions("Linkerd version")
	m.para("\n### Possible solution")
	m.para("None is proposed. To find out more: %s", prose(m.d.Next))
	m.para("### Additional context")
	m.context()
}

func (m *markdown) istio() {
	m.para("### Bug Description")
	m.threeSentences()
	m.next()
	m.proof()
	m.para("### Version")
	m.uncaptured("istioctl version, kubectl version, helm version")
	m.para("### Additional Information")
	m.context()
}

func (m *markdown) ingressNginx() {
	m.para("**What happened**:")
	m.threeSentences()
	m.proof()
	m.para("**What you expected to happen**: that these requests are answered.")
	m.para("**NGINX Ingress controller version**: (not captured: run `/nginx-ingress-controller --version` in its pod)")
	m.para("**Kubernetes version**: (not captured: run `kubectl version`)")
	m.para("**Environment**:")
	m.versions("Seen in the dump")
	m.para("\n**How to reproduce this issue**: %s", unreproduced)
	m.para("**Anything else we need to know**:")
	m.next()
	m.context()
}

func (m *markdown) generic() {
	m.para("### What happened")
	m.threeSentences()
	m.next()
	m.para("### Evidence")
	m.proof()
	m.para("### Environment")
	m.versions("Version")
	m.para("\n### How to reproduce")
	m.para("%s", unreproduced)
	m.para("### More")
	m.context()
}

const unreproduced = "Not reproduced: this was observed in a running cluster, and read from its logs afterwards."

// threeSentences is the answer of a form: the headline and the three sentences.
func (m *markdown) threeSentences() {
	m.para("**%s.**", prose(m.d.Headline))
	for _, s := range m.d.Sentences() {
		m.para("%s", prose(s))
	}
}

func (m *markdown) next() { m.para("**Next:** %s", prose(m.d.Next)) }

// proof is what a maintainer looks for behind the answer.
func (m *markdown) proof() {
	m.incidents("####")
	m.evidence("####")
	m.findings("####")
}

// context is what stands at the end of a form.
func (m *markdown) context() {
	m.facts()
	m.list("#### Notes", m.d.Notes)
	m.list("#### What is missing", m.d.Missing)
	m.list("#### "+m.d.UnexplainedTitle, m.d.Unexplained)
	m.list("#### What this cannot show", m.d.Limits)
	m.lines()
}

// versions names the programs that the dump tells of.
func (m *markdown) versions(label string) {
	for _, k := range m.d.Components {
		fmt.Fprintf(m, "- %s, %s: %s\n", label, prose(k.Label), prose(k.Text))
	}
	if len(m.d.Components) == 0 {
		fmt.Fprintf(m, "- %s: (not captured)\n", label)
	}
}

// uncaptured asks for the output of commands.
func (m *markdown) uncaptured(commands string) {
	m.para("```text\n(not captured: run %s, and paste the output here)\n```", commands)
}

const (
	// ticketSize is how many characters a ticket has by itself, ticketMost how
	// many GitHub takes in one.
	ticketSize, ticketMost = 20_000, 65_536
	// leanest is the level at which nothing more can be left out.
	leanest = 4
)

// lean leaves out what a ticket can do without, more of it at each level: it is
// all in the case file and in JSON.
func (d *document) lean(level int) *document {
	out := *d
	keep := []int{5, 3, 2, 1, 0}[level]
	out.Findings = out.Findings[:min(len(out.Findings), max(1, keep))]
	out.MoreFindings += len(d.Findings) - len(out.Findings)
	out.Periods = out.Periods[:min(len(out.Periods), keep)]
	for _, l := range []*[]string{&out.Missing, &out.Unexplained, &out.Limits, &out.Notes, &out.Leads, &out.Associations} {
		if n := len(*l) - max(1, keep); n > 0 {
			*l = append((*l)[:max(1, keep):max(1, keep)], fmt.Sprintf("and %d more", n))
		}
		for i, s := range *l {
			*l = append((*l)[:i:i], append([]string{shorten(s, 1200, false)}, (*l)[i+1:]...)...)
		}
	}
	if level > 1 {
		out.Cited = nil
	}
	cut := []int{4000, 2000, 1200, 800, 400}[level]
	for _, s := range []*string{&out.Failed, &out.With, &out.Sure, &out.Next, &out.Lines, &out.Trouble} {
		*s = shorten(*s, cut, false)
	}
	out.Findings = append([]findingText(nil), out.Findings...)
	for i := range out.Findings {
		f := &out.Findings[i]
		f.Title, f.Detail, f.Query = shorten(f.Title, cut, false), shorten(f.Detail, cut, false), shorten(f.Query, cut, false)
		f.Next = []string{shorten(strings.Join(f.Next, "; "), cut, false)}
		f.Evidence = []string{shorten(strings.Join(f.Evidence, "; "), cut, false)}
	}
	return &out
}

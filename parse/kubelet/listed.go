package kubelet

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"faultline/parse"
)

// Listed are tables of kubectl: of endpoints, and of nodes and workloads that are not
// ready; the others are known, so that they are no text that nobody understood: what
// pods and nodes use, services (kubernetes pkg/printers/internalversion, kubectl
// pkg/metricsutil).
var Listed = &parse.Format{
	Name: "listed",
	Doc: `Tables of kubectl get endpoints, which tell how many addresses a service has, of nodes, and of deployments, statefulsets and daemonsets, which tell which are not ready, and of jobs, which since 1.31 tell which failed; and tables of kubectl top and of kubectl get services, endpointslices, replicasets and cronjobs, of which nothing is taken.
NAME   ENDPOINTS                            AGE
web    10.66.28.14:8080,10.66.31.207:8080   3d
api    <none>                               3d`,
	Origin: "kubectl top, kubectl get",
	Role:   parse.RoleAbout, Lane: parse.LaneKubelet,
	Hints:  []string{"MEMORY(", "CLUSTER-IP", "ENDPOINTS", "ADDRESSTYPE", "UP-TO-DATE", "DESIRED", "ROLES", "READY   AGE", "COMPLETIONS", "LAST SCHEDULE"}, // one stands in each head
	Whole:  true,
	Line:   listedLine,
	Detail: parse.RowDetail,
}

// listHeads are the heads of those tables, without the column of the namespace
// that stands before and what -o wide adds behind.
var listHeads = []string{
	"NAME CPU(cores) MEMORY(bytes)",
	"POD NAME CPU(cores) MEMORY(bytes)",
	"NAME CPU(cores) CPU% MEMORY(bytes) MEMORY%",
	"NAME CPU(cores) CPU(%) MEMORY(bytes) MEMORY(%)",
	"NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE",
	endpointsHead,
	"NAME ADDRESSTYPE PORTS ENDPOINTS AGE",
	deploymentsHead,
	"NAME DESIRED CURRENT READY AGE",
	daemonsHead,
	nodesHead,
	setsHead,
	jobsHead,
	"NAME COMPLETIONS DURATION AGE", // to 1.30, which does not say whether one failed
	"NAME SCHEDULE SUSPEND ACTIVE LAST SCHEDULE AGE",
	"NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE",
}

// The heads of the tables whose rows tell something.
const (
	endpointsHead   = "NAME ENDPOINTS AGE"
	deploymentsHead = "NAME READY UP-TO-DATE AVAILABLE AGE"
	daemonsHead     = "NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE"
	setsHead        = "NAME READY AGE"
	nodesHead       = "NAME STATUS ROLES AGE VERSION"
	jobsHead        = "NAME STATUS COMPLETIONS DURATION AGE"
)

// listedKinds are the kinds of what such a table lists.
var listedKinds = map[string]string{endpointsHead: "endpoints", deploymentsHead: "deployment", daemonsHead: "daemonset", setsHead: "statefulset", nodesHead: "node",
	jobsHead: "job"}

// listing is the table that is being read.
type listing struct {
	columns    int
	last       uint32 // line of it
	namespaced bool
	kind       string // of what is listed, where its rows tell how it is
}

// head reads a head, and gives how many columns a row has at least.
func (t *listing) head(line []byte) bool {
	first, _ := next(line) // at a glance: nearly no line is a head
	if len(first) == 0 || first[0] < 'A' || first[0] > 'Z' || string(first) != "NAMESPACE" &&
		!slices.ContainsFunc(listHeads, func(h string) bool { return strings.HasPrefix(h, string(first)) }) {
		return false
	}
	words := strings.Fields(string(line))
	if len(words) > 0 && words[0] == "NAMESPACE" {
		words, t.namespaced = words[1:], true
	}
	joined := strings.Join(words, " ")
	i := slices.IndexFunc(listHeads, func(h string) bool { return joined == h || strings.HasPrefix(joined, h+" ") })
	if i < 0 {
		return false
	}
	t.kind = listedKinds[listHeads[i]]
	t.columns = strings.Count(listHeads[i], " ") + 1
	return true
}

// row says whether a line can be one of the table: as many columns as its head
// has, apart by two spaces or a tab, of which the first is a name.
func (t *listing) row(line []byte) bool {
	word, rest := next(line)
	if name := bytes.ToLower(word); len(word) == 0 || !bytes.Equal(name, word) || gap(rest) != 0 {
		return false
	}
	return len(bytes.Fields(line)) >= t.columns-1
}

func listedLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	m := known(b)
	if m != nil && m.listing != nil && l.No <= m.listing.last+2 && m.listing.row(l.Text) {
		m.listing.last = l.No
		return m.listing.tells(l, b)
	}
	t := listing{last: l.No}
	if !t.head(l.Text) {
		return parse.NotMine
	}
	remember(b).listing = &t
	return parse.Other
}

// tells takes what a row tells.
func (t *listing) tells(l *parse.Line, b *parse.Batch) parse.Verdict {
	if t.kind == "" {
		return parse.Other
	}
	words, namespace := strings.Fields(string(l.Text)), string(l.Prefix.Namespace)
	if t.namespaced && len(words) > 0 {
		namespace, words = words[0], words[1:]
	}
	switch t.kind {
	case "endpoints":
		return serve(words, namespace, l, b)
	case "node":
		return listedNode(words, b)
	case "job":
		return listedJob(words, namespace, b)
	}
	return t.workload(words, namespace, b)
}

// serve states how many addresses the endpoints of a row have. kubectl prints
// three of them and how many more there are; of those it is not known whether
// they are other addresses or other ports (formatEndpoints).
func serve(words []string, namespace string, l *parse.Line, b *parse.Batch) parse.Verdict {
	if len(words) != 3 {
		return parse.Other
	}
	subject := namespace + "/" + strings.TrimPrefix(words[0], "endpoints/")
	var ready []string
	if words[1] != "<none>" {
		for one := range strings.SplitSeq(words[1], ",") {
			i := strings.LastIndexByte(one, ':')
			if i <= 0 {
				return parse.Other
			}
			if ip := one[:i]; !slices.Contains(ready, ip) {
				ready = append(ready, ip)
			}
		}
	}
	name := b.Names.AddString(subject)
	b.Fact(l, name, FactEndpoints, subject+" ready="+strconv.Itoa(len(ready)), 0, 0)
	if len(ready) > 0 {
		b.Fact(l, name, FactEndpointsAddresses, subject+" "+strings.Join(ready, " "), 0, 0)
	}
	return parse.Took
}

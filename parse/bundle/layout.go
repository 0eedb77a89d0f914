package bundle

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"faultline/parse"
)

// Layout is one kind of file in what one tool writes, by its path. A new tool
// is a few rows in layouts.go, each with a specimen, which the tests read.
type Layout struct {
	// Tool is what writes it, in the words of its users.
	Tool string
	// Pattern is the end of the path. {ns}, {pod}, {c} and {node} are names of
	// Kubernetes, {address} a node's, {uid} a pod's, {id} a container's, {n} a restart count,
	// {date} a stamp of rotation, {made} a pod whose name a controller
	// ended, {host} a node whose name is not a mere word; * is anything within a name, ** any folders.
	// A name that stands twice must be the same.
	Pattern string
	// Container is that of each file, where the path does not name it.
	Container string
	// Instance is the run of the container whose log it is.
	Instance parse.Instance
	// Specimen is a path that the pattern is for, and Owner whose that is:
	// "namespace/pod/container@node", with what is unknown left out.
	Specimen, Owner string
	// Source is where the tool's source says so: repository and file.
	Source string
}

// what each placeholder of a pattern stands for. Names are those of RFC 1123,
// as Kubernetes asks for them.
var placeholders = map[string]string{
	"ns":   `[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?`,
	"c":    `[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?`,
	"pod":  `[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?`,
	"node": `[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?`,
	// host is a node's name that no folder of logs is likely to have.
	"host": `[a-z]+(?:[0-9]|[-.0-9][-a-z0-9.]{0,240}[a-z0-9])`,
	// made is a pod's name with the end that a controller gives it.
	"made": `[a-z0-9](?:[-a-z0-9.]{0,240})-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]{1,4})`,
	"uid":  `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}`,
	"id":   `[0-9a-f]{64}`,
	"n":    `[0-9]{1,9}`,
	"date": `[0-9]{8}-[0-9]{6}`,
	// address is how talosctl names a node.
	"address": `[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+`,
}

// matcher is a layout that is ready to be asked.
type matcher struct {
	*Layout
	// re is compiled when it is first asked: there are hundreds of layouts, and
	// a dump has files of a few.
	re func() *regexp.Regexp
	// literals stand in every path that matches, in this order, the last at its end; to
	// look for them is cheaper than the expression, and most paths match few layouts.
	literals []string
	names    []string // of the expression's groups
	claim    parse.Claim
}

var matchers = sync.OnceValue(func() []matcher { return compiled(layouts) })

var token = regexp.MustCompile(`\{[a-z]+\}|\*\*/?|\*`)

func compiled(list []Layout) []matcher {
	out := make([]matcher, len(list))
	for i := range list {
		m := matcher{Layout: &list[i], claim: list[i].claim()}
		var re strings.Builder
		re.WriteString(`(?:^|/)`)
		pattern, at := m.Pattern, 0
		for _, t := range token.FindAllStringIndex(pattern, -1) {
			literal := pattern[at:t[0]]
			re.WriteString(regexp.QuoteMeta(literal))
			m.literals = append(m.literals, literal)
			switch text := pattern[t[0]:t[1]]; {
			case text == "**/":
				re.WriteString(`(?:.*/)?`)
			case text == "**":
				re.WriteString(`.+`)
			case text == "*":
				re.WriteString(`[^/]*`)
			default:
				name := strings.Trim(text, "{}")
				m.names = append(m.names, name)
				re.WriteString(`(` + placeholders[name] + `)`)
			}
			at = t[1]
		}
		re.WriteString(regexp.QuoteMeta(pattern[at:]) + `$`)
		m.literals = append(m.literals, pattern[at:])
		m.re = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(re.String()) })
		out[i] = m
	}
	return out
}

// claim is how sure the pattern makes the tool.
func (l *Layout) claim() parse.Claim {
	switch first, _, inside := strings.Cut(l.Pattern, "/"); {
	case l.Tool == kubeletTool:
		return parse.ClaimShared
	case loose[l.Pattern]:
		return parse.ClaimLoose
	case inside && (ownFolders[first] || strings.Trim(first, "*") != "" && strings.Contains(first, "*")):
		return parse.ClaimNamed
	}
	return parse.ClaimSure
}

// may says whether a path has all that is literal in the pattern.
func (m *matcher) may(path string) bool {
	last := len(m.literals) - 1
	for _, l := range m.literals[:last] {
		at := strings.Index(path, l)
		if at < 0 {
			return false
		}
		path = path[at+len(l):]
	}
	return strings.HasSuffix(path, m.literals[last])
}

// noName are folders of collectors, which no pod and no namespace is called.
var noName = map[string]bool{"pod": true, "pods": true, "log": true, "logs": true, "podlogs": true, "container": true, "containers": true,
	"namespace": true, "namespaces": true, "previous": true, "current": true}

// match says whose a path is by this layout.
func (m *matcher) match(path string) (o parse.Owner, ok bool) {
	if !m.may(path) {
		return o, false
	}
	found := m.re().FindStringSubmatch(path)
	if found == nil {
		return o, false
	}
	at := len(path) - len(found[0]) // a pattern is the end of a path
	o = parse.Owner{Container: m.Container, Instance: m.Instance, Bundle: m.Tool, Claim: m.claim, Root: m.root(path, at)}
	for i, name := range m.names {
		value := found[i+1]
		if j := slices.Index(m.names, name); found[j+1] != value {
			return o, false
		}
		if (name == "ns" || name == "pod") && noName[value] {
			return o, false
		}
		switch name {
		case "ns":
			o.Namespace = value
		case "pod", "made":
			o.Pod = value
		case "c":
			o.Container = value
		case "node", "host", "address":
			o.Node = value
		case "n":
			n, _ := strconv.Atoi(value)
			o.Run = n + 1
		}
	}
	return o, true
}

// root is the folder of the bundle: the one that the pattern begins with if the
// tool names it, else the one that holds what the pattern begins with.
func (m *matcher) root(path string, at int) string {
	begin := at
	if strings.HasPrefix(path[at:], "/") {
		begin++
	}
	switch {
	case m.claim == parse.ClaimNamed: // its first folder is the bundle's own
		return path[:begin+strings.IndexByte(path[begin:], '/')]
	case at == 0 && begin == 0:
		return "."
	case at == 0:
		return "/"
	}
	return path[:at]
}

// endings are the endings of files that are compressed one by one.
var endings = []string{".gz", ".zst", ".bz2", ".xz"}

// owner says whose file a path names, where the tool that made the dump has a
// layout of its own. What any other path says is for package correlate, which
// knows the pods. The first row that names a pod or a container wins; the node
// is that of the first row that has one, the tool that of the row that is surest.
func owner(path string) (o parse.Owner) {
	for _, end := range endings {
		path = strings.TrimSuffix(path, end)
	}
	list := matchers()
	for i := range list {
		m, ok := list[i].match(path)
		if !ok {
			continue
		}
		if o.Claim >= m.Claim {
			m.Bundle, m.Root, m.Claim = o.Bundle, o.Root, o.Claim
		}
		o.Bundle, o.Root, o.Claim = m.Bundle, m.Root, m.Claim
		names := m.Pod != "" || m.Container != ""
		if names && (o.Pod != "" || o.Container != "") {
			continue
		}
		m.Node = cmp.Or(o.Node, m.Node)
		m.Instance, m.Namespace = cmp.Or(o.Instance, m.Instance), cmp.Or(m.Namespace, o.Namespace)
		if names {
			o = m
		} else {
			o.Node, o.Instance, o.Namespace = m.Node, m.Instance, cmp.Or(o.Namespace, m.Namespace)
		}
	}
	if said := instanceIn(path); o.Instance == parse.InstanceUnknown || o.Instance == parse.InstanceCurrent && said == parse.InstancePrevious {
		o.Instance = said
	}
	o.Aside = aside(path)
	return o
}

// Words that tell the run of a container, in whatever layout. A pod or a
// container may be called so too: most count only where a name ends.
var (
	extension    = regexp.MustCompile(`(?i)\.(?:log|logs|txt|out|json|jsonl)$`)
	previousName = regexp.MustCompile(`(?i)(?:^|[-_. ])previous(?:[-_. ]|$)|(?:^|[-_. ])(?:prev|exited|terminated|crashed)(?:[-_.]?[0-9][-_0-9TZ]*)?$|[_ ]-?p$`)
	previousDir  = regexp.MustCompile(`(?i)(?:^|/)(?:previous|prev|(?:previous|prev)[-_. ]?(?:pod[-_. ]?)?logs?|(?:pod[-_. ]?)?logs?[-_. ]?(?:previous|prev)|terminated|crashed)/`)
	rotatedName  = regexp.MustCompile(`(?i)\.log[.-](?:[0-9]{1,3}|[0-9]{8}.*)$|[^0-9.]\.[0-9]{1,2}\.log$|[-_. ](?:old|last)(?:\.(?:log|txt))?$|^(?:old|last)\.(?:log|txt)$`)
)

// instanceIn is the run of a container that a path tells, in whatever layout:
// what people call web-previous.log or put in a folder of that name, and what
// logrotate calls web.log.1.
func instanceIn(path string) parse.Instance {
	name := path[strings.LastIndexByte(path, '/')+1:]
	stem := extension.ReplaceAllString(name, "")
	switch {
	case previousName.MatchString(stem), previousDir.MatchString(path):
		return parse.InstancePrevious
	case rotatedName.MatchString(name):
		return parse.InstanceRotated
	}
	return parse.InstanceUnknown
}

// Layouts are the layouts that are known, for docs/formats.md.
func Layouts() []Layout { return slices.Clone(layouts) }

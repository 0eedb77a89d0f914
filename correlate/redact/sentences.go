package redact

// q is a quote, escaped or not, or none.
const q = `(?:\\*["'])?`

// dnsName is a name of Kubernetes (RFC 1123), with dots; label has none.
const (
	dnsName = `([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)`
	label   = `([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)`
)

// nginxUpstream is how ingress-nginx names the upstream of a request, NS-SERVICE-PORT.
var nginxUpstream = sentence{[]string{"] ["}, expr(`\[([a-z0-9]+(?:-[a-z0-9]+)+)-(?:[0-9]{1,5}|https?|grpc)\] \[`), []Class{upstream}}

// sentences are from the sources that print them: linkerd2-proxy
// linkerd/app/outbound/src/http/logical/policy (Service.NS.NAME since 2.13),
// SPIFFE-ID §2 with Istio's and linkerd's paths, apimachinery's api/errors
// (KIND "NAME" not found, is forbidden), apiserver's serviceaccount.MakeUsername,
// kubernetes pkg/kubelet (container c in pod NAME_NS(uid), spec.containers{c}),
// kube-scheduler's and the controllers' events, the combined log format of
// Apache and nginx ($remote_user), Traefik's names of routers and services
// (pkg/provider/kubernetes) and HAProxy's frontends (doc/configuration.txt 8.2.3).
var sentences = []sentence{
	{[]string{"service.", "route.", "network.", "server.", "authorizationpolicy."}, expr(`\b(?:Service|[A-Z]+Route|[A-Za-z]+Route|EgressNetwork|UnmeshedNetwork|Server|AuthorizationPolicy)\.([a-z0-9-]+)\.([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`), []Class{Namespace, Service}},
	{[]string{"spiffe:", "/ns/"}, expr(`/ns/([a-z0-9.-]+)/sa/([a-z0-9-]+(?:\.[a-z0-9-]+)*)`), []Class{Namespace, Service}},
	{[]string{"serviceaccount:"}, expr(`serviceaccounts?:([a-z0-9.-]+):([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`), []Class{Namespace, Service}},
	{[]string{"serviceaccounts:"}, expr(`system:serviceaccounts:([a-z0-9-]+)`), []Class{Namespace}},
	{[]string{"not found", "forbidden", "already exists", "cannot ", "invalid:", "modified", "timed out"}, expr(`(?i)\b(?:[a-z]+(?:\.[a-z0-9.-]+)?)\s+\\*["']` + dnsName + `\\*["']\s+(?:not found|is forbidden|already exists|is invalid|cannot be|does not exist)`), []Class{Object}},
	{[]string{"fulfilled on"}, expr(`cannot be fulfilled on \S+ \\*["']` + dnsName), []Class{Object}},
	{[]string{"in the namespace", "in namespace"}, expr(`in (?:the )?namespace:? ` + q + dnsName), []Class{Namespace}},
	{[]string{"ontainers{"}, expr(`ontainers\{` + dnsName + `\}`), []Class{Container}},
	{[]string{" in pod "}, expr(`\b(?:container|containers)[ =]` + q + `([a-z0-9-]+)` + q + ` in pod ` + q + dnsName + `_([a-z0-9-]+)\(`), []Class{Container, Pod, Namespace}},
	{[]string{"pod in", "pods in", "container in", "deployment in", "service in", "proxy in"}, expr(`(?:pods?|containers?|deployment|service|proxy) in \\*["']` + dnsName + `\\*["']`), []Class{Namespace}},
	{[]string{"replica set"}, expr(`(?i)replica set ` + q + dnsName), []Class{Workload}},
	{[]string{"pod: ", "created pod", "deleted pod", "create pod", "delete pod"}, expr(`(?i)(?:create[ds]?|delete[ds]?|creating|deleting) pod:? ` + q + dnsName), []Class{Pod}},
	{[]string{"successfully assigned"}, expr(`Successfully assigned ([a-z0-9-]+)/` + dnsName + ` to ` + dnsName), []Class{Namespace, Pod, Node}},
	{[]string{"for pod", "pod \"", "pod \\\"", "pod '"}, expr(`(?i)\bpods? \\*["']` + dnsName + `\\*["']`), []Class{Pod}},
	{[]string{"for pod", "pod \"", "pod \\\""}, expr(`(?i)\bpod[ =]\\*["']([a-z0-9-]+)/` + dnsName + `\\*["']`), []Class{Namespace, Pod}},
	{[]string{"node \"", "node \\\"", "node '", "node "}, expr(`(?i)\bnodes? \\*["']` + dnsName + `\\*["']`), []Class{Node}},
	{[]string{" node "}, expr(`(?:Deleting|Registered|Removing|Draining|Cordoning) [Nn]ode ` + q + dnsName), []Class{Node}},
	{[]string{" status is now:"}, expr(`Node ` + dnsName + ` status is now`), []Class{Node}},
	{[]string{"volume"}, expr(`(?i)\bvolumes? \\*["']` + dnsName + `\\*["']`), []Class{Object}},
	{[]string{"container "}, expr(`(?i)\bcontainer \\*["']?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\\*["']? (?:failed|was|is|in pod|exited|terminated|restarted|definition|of pod|did|could|has|will|\(id)`), []Class{Container}},
	{[]string{"container "}, expr(`(?i)\b(?:created|started|stopping|killing|starting) container:? ` + q + dnsName), []Class{Container}},
	{[]string{"-n ", "--namespace"}, expr(`(?:^|[\s"'>=+])(?:-n|--namespace)(?:[ =]|\\*["'],\\*["'])` + dnsName), []Class{Namespace}},
	{[]string{`container\`, `container"`, "container'"}, expr(`(?:Start|Kill|Run|Create|Init)Container\\*["'] for \\*["']` + dnsName), []Class{Container}},
	{[]string{"image"}, expr(`(?i)\bimage:?[ =]+\\*["']?([a-z0-9][^\s"'\\,]+[:/@][^\s"'\\,]+)`), []Class{image}},
	{[]string{"ips for", "endpoint ", "endpoints ", "slice ", "slices ", "service ", "ingress "}, expr(`(?i)(?:\bIPs|\bendpoints?|slices?|\bservice|\bingress) (?:for |of |object )?` + q + `([a-z0-9-]+)/` + dnsName), []Class{Namespace, Service}},
	{[]string{"://"}, expr(`://([a-z0-9-]+(?:\.[a-z0-9-]+)?)(?:[:/?#"'\s\\]|$)`), []Class{target}},
	nginxUpstream,
	{[]string{"@kubernetes"}, expr(`(?:^|[\s"'=(])([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)@kubernetes(?:crd|gateway|ingressnginx)?\b`), []Class{upstream}}, // Traefik: NS-NAME of its provider
	{[]string{" haproxy["}, expr(`\d{2}:\d{2}:\d{2}\.\d{3}\] ([A-Za-z0-9][\w.-]*)~? `), []Class{Object}},                                             // HAProxy's %ft
	{[]string{"user "}, expr(`(?i)\buser \\*["']([^"'\\:]{3,100})\\*["']`), []Class{Object}},
	{[]string{" - "}, expr(` - ([^\s\[\]"{}=]{2,100}) \[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:`), []Class{Object}},
	{[]string{"/var/log/containers/"}, expr(`/var/log/containers/` + label + `_` + label + `_` + label + `-[0-9a-f]{12,64}`), []Class{Pod, Namespace, Container}},
	{[]string{"/var/log/pods/"}, expr(`/var/log/pods/` + label + `_` + label + `_[0-9a-f-]+(?:/` + label + `)?`), []Class{Namespace, Pod, Container}},
	{[]string{"cni network"}, expr(`pod ` + label + `_` + label + ` (?:to|from) CNI network ` + q + dnsName), []Class{Namespace, Pod, Object}},
	{[]string{"route/", "policy/", "kubernetes/", "gateway/"}, expr(`(?i)\b(?:[a-z]+route|[a-z]+policy|kubernetes|gateway)/` + label + `/` + label), []Class{Namespace, Service}},
	{[]string{"cluster"}, expr(`(?i)\bcluster(?: name)?[ :=]+` + q + `([a-z0-9-]+)_([a-z0-9-]+)_\d{2,5}\b`), []Class{Namespace, Service}},
	{[]string{"volumes=["}, expr(`volumes=\[([a-z0-9. -]+)\]`), []Class{several}},
	{[]string{"node ", "host ", "hostname ", "pod "}, expr(`(?i)\b(?:node|host|hostname|pod) ([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\b`), []Class{marked}},
	{[]string{"node ", "hostname "}, expr(`(?i)\b(?:(?:on|to|from|of|for|by|with) node|hostname) ([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\b`), []Class{Node}},
	{[]string{"namespace "}, expr(`(?i)\bnamespaces? ` + q + label + q + ` (?:not found|does not exist|is |was |because)`), []Class{Namespace}},
	{[]string{"lock is held by", "leader"}, expr(`(?:held by|leader elected:?|new leader:?|leader is|became leader:?|identity=) ?` + q + `([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`), []Class{Pod}},
	{[]string{" leading", "became leader"}, expr(`([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:_[0-9a-f-]+)? (?:stopped leading|became leader)`), []Class{Pod}},
	{[]string{" in statefulset"}, expr(`(?i)Pod ` + dnsName + ` in StatefulSet ` + dnsName), []Class{Pod, Workload}},
	{[]string{"secret key:"}, expr(`secret key: ` + dnsName), []Class{Object}},
	{[]string{"cn=", "ou=", ",o=", "o = "}, expr(`\b(?:CN|OU|O) ?= ?([^,/+"'\\=\n]{2,100})`), []Class{person}},
	{[]string{"cn=", "ou=", ",o=", "o = "}, expr(`[,/+"] ?(?:L|ST|STREET|(?i:givenname|surname|dnqualifier|initials)|SN|GN|T) ?= ?([^,/+"'\\=\n]{2,100})`),
		[]Class{person}}, // the rest of a distinguished name (RFC 4519)
	{[]string{"serialnumber", "postalcode"}, expr(`(?i)\b(?:serialnumber|postalcode) ?= ?([0-9A-Za-z:-]{3,64})`), []Class{Object}},
	{[]string{"z/2"}, expr(`\dZ/\d{4}-\d\d-\d\dT[\d:]+Z ([0-9A-Fa-f]{6,40}) `), []Class{Object}}, // the serial of a client's certificate, in Amazon's log of connections
	{[]string{"://"}, expr(`(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\+srv|redis|rediss|amqps?|sqlserver)://[^\s/"']+/([A-Za-z0-9_-]+)`), []Class{Object}},
	{[]string{"user "}, expr(`(?i)\buser ([^\s"'=:,()]{3,100}) (?:logged|signed|authenticated|not found|does not)`), []Class{Object}},
	{[]string{"username=", "user=", "user:"}, expr(`(?i)\buser(?:name)?[=:] ?\\*["']([^"'\\]{3,100})`), []Class{person}},
	{[]string{"app/", "net/"}, expr(`(?:^| )(?:app|net|gwy)/([A-Za-z0-9-]+)/[0-9a-f]{16}\b`),
		[]Class{Object}}, // Amazon's load balancers
	{[]string{"targetgroup/", "loadbalancer/", "certificate/"}, expr(`(?:targetgroup|loadbalancer(?:/(?:app|net))?|certificate)/([A-Za-z0-9-]+)`), []Class{Object}}, // their ARNs
	{[]string{"-- "}, expr(`\.\d{3}\] [^\s]+ ([A-Za-z0-9][\w.:-]*)/([A-Za-z0-9][\w.:-]*) -?\d+/-?\d+/-?\d+`),
		[]Class{Object, Object}}, // HAProxy's %b/%s
	{[]string{"server ", "backend ", "proxy ", "frontend "}, expr(`\b[Ss]erver ([A-Za-z0-9][\w.:-]*)/([A-Za-z0-9][\w.:-]*) (?:is|was|has|\()`), []Class{Object, Object}},                               // HAProxy's state changes
	{[]string{"backend ", "proxy ", "frontend ", "listener "}, expr(`\b(?:[Bb]ackend|[Pp]roxy|[Ff]rontend|[Ll]istener) ([A-Za-z0-9][\w.:-]*) (?:has no|started|stopped|paused|is )`), []Class{Object}}, // the same
	{[]string{"host not found:"}, expr(`host not found: \\*["']?` + dnsName),
		[]Class{target}}, // istioctl analyze
	{[]string{"killed process", "task="}, expr(`(?:Killed process \d+ \(|\btask=)([A-Za-z0-9][\w.-]*)`),
		[]Class{Container}}, // mm/oom_kill.c
	{[]string{": "}, expr(`^(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) ([A-Za-z0-9][A-Za-z0-9.-]*) ([A-Za-z][^\s\[\]:"]*)(?:\[\d+\])?: `), []Class{Node, tag}}, // syslog (RFC 3164)
	{[]string{"<"}, expr(`^<\d+>1 \S+ ([A-Za-z0-9][A-Za-z0-9.-]*) `),
		[]Class{Node}}, // syslog (RFC 5424)
	{[]string{"<none>"}, expr(`\s\d+/\d+\s+[A-Z]\S+\s+\d+(?: \([^)]*\))?\s+\S+\s+(?:[\d.:a-f]+|<none>)\s+` + dnsName + `(?:\s|$)`), []Class{Node}}, // kubectl get pods -o wide
}

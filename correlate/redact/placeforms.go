package redact

import (
	"bytes"
	"strings"
)

// placeForms are written by programs alone: linkerd2-proxy's service{ns= name=} and
// Service.NS.NAME, names of the cluster's DNS (kubernetes/dns specification.md §2.3),
// SPIFFE ids, apiserver's MakeUsername, fieldPaths of events, KIND/NAME of kubectl and
// paths of the API, and Traefik's and ingress-nginx's names of upstreams.
var placeForms = []sentence{
	{[]string{"ns=", "namespace="}, expr(`\b(?:ns|namespace)=\\*"?([a-z0-9-]+)\\*"?,? name=\\*"?([a-z0-9][a-z0-9.-]*)`), []Class{Namespace, Service}},
	{[]string{".svc", ".serviceaccount"}, expr(`([a-z0-9-]+)\.([a-z0-9-]+)\.(?:svc|serviceaccount)\b`), []Class{Service, Namespace}},
	{[]string{"service.", "route.", "network.", "server.", "authorizationpolicy."},
		expr(`\b(?:Service|[A-Z][A-Za-z]*Route|EgressNetwork|UnmeshedNetwork|Server|AuthorizationPolicy)\.([a-z0-9-]+)\.([a-z0-9-]+)`), []Class{Namespace, Service}},
	{[]string{"dst=", "authority"}, expr(`\b(?:dst|authority)=\\*"?([a-z0-9-]+)\.([a-z0-9-]+):\d`), []Class{Service, Namespace}},
	{[]string{"/ns/"}, expr(`/ns/([a-z0-9-]+)/sa/([a-z0-9-]+)`), []Class{Namespace, Service}},
	{[]string{"serviceaccount:"}, expr(`\bserviceaccount:([a-z0-9-]+):([a-z0-9-]+)`), []Class{Namespace, Service}},
	{[]string{"ontainers{"}, expr(`ontainers\{([a-z0-9-]+)\}`), []Class{Container}},
	{[]string{"_"}, expr(`([a-z0-9-]+)_([a-z0-9-]+)\([0-9a-f]{8}`), []Class{Pod, Namespace}},
	{[]string{" in pod "}, expr(`\bcontainer[ =]\\*"?([a-z0-9-]+)\\*"? in pod `), []Class{Container}},
	{[]string{"/namespaces/"}, expr(`/namespaces/([a-z0-9-]+)(?:/(?:services|pods|endpoints|deployments|statefulsets|daemonsets|jobs|configmaps|secrets|serviceaccounts)/([a-z0-9-]+))?`),
		[]Class{Namespace, Service}},
	{[]string{"s/", "t/", "b/", "c/", "d/", "e/"},
		expr(`(?i)(?:^|[\s"'=(,;:>\[])(?:pods?|services?|svc|deployments?|replicasets?|statefulsets?|daemonsets?|cronjobs?|serviceaccounts?|httproutes?|endpoints?|endpointslices?|nodes?|namespaces?)(?:\.apps|\.batch)?/([a-z0-9][a-z0-9-]*)(?:$|[\s"'),;:.<\]\\])`), []Class{Service}},
	nginxUpstream,
	{[]string{"@kubernetes"}, expr(`"([a-z0-9]+(?:-[a-z0-9]+)+)-(?:[0-9]{1,5}|https?|grpc)@kubernetes`), []Class{upstream}},

	// What begins a line: kubectl's tables and pages, its prefix and stern's, a journal.
	{[]string{"warning", "normal"}, expr(`^([a-z0-9-]+)\s+(?:<unknown>|[0-9][0-9a-z ().]*?)\s+(?:Normal|Warning)\s`), []Class{Namespace}},
	{phases, expr(`^(?:([a-z0-9-]+)\s+)?([a-z0-9-]+)\s+\d+/\d+\s+[A-Z][A-Za-z:/0-9]+\s+\d`), []Class{Namespace, Pod}},
	{[]string{"<none>"}, expr(`\s\d+/\d+\s+[A-Z]\S+\s+\d+(?: \([^)]*\))?\s+\S+\s+(?:[\d.:a-f]+|<none>)\s+([a-z0-9-]+)`), []Class{Node}},
	{[]string{"namespace:"}, expr(`^Namespace:\s+([a-z0-9-]+)\s*$`), []Class{Namespace}},
	{[]string{"service account:"}, expr(`^Service Account:\s+([a-z0-9-]+)\s*$`), []Class{Service}},
	{[]string{"node:"}, expr(`^Node:\s+([a-z0-9-]+)(?:[/.]|\s*$)`), []Class{Node}},
	{[]string{"name:"}, expr(`^Name:\s+([a-z0-9-]+)\s*$`), []Class{Object}},
	{[]string{"[pod/"}, expr(`\[pod/([a-z0-9-]+)/([a-z0-9-]+)\]`), []Class{Pod, Container}},
	{[]string{"s]", "time=", `{"`, "t0", "t1", "t2", "i0", "i1", "w0", "w1", "e0", "e1"},
		expr(`^(?:([a-z0-9-]+) )?([a-z0-9]+(?:-[a-z0-9]+)+) ([a-z0-9-]+) +(?:\[ *\d+\.\d+s\]|\d{4}-\d\d-\d\dT|time=|\{"|[IWEF]\d{4} )`), []Class{Namespace, Pod, Container}},
	{[]string{":"}, expr(`^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? ([a-z0-9][a-z0-9-]*)[a-z0-9.-]* [A-Za-z][\w./-]*(?:\[\d+\])?: `), []Class{Node}},
	{[]string{"]: "}, expr(`^\d{4}-\d\d-\d\dT\S+ ([a-z0-9][a-z0-9-]*)[a-z0-9.-]* [A-Za-z][\w./-]*\[\d+\]: `), []Class{Node}},

	// The kubelet's folders of logs, and objects of the API as JSON.
	{[]string{"_"}, expr(`\b([a-z0-9-]+)_([a-z0-9-]+)_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+(?:/([a-z0-9-]+)/)?`), []Class{Namespace, Pod, Container}},
	{[]string{"containers/"}, expr(`containers/([a-z0-9-]+)_([a-z0-9-]+)_([a-z0-9-]+)-[0-9a-f]{12,64}`), []Class{Pod, Namespace, Container}},
	{[]string{`name"`}, expr(`"(?:metadata|involvedObject|regarding|objectRef|targetRef|claimRef|scaleTargetRef)":\s*\{[^{}]*?"name":\s*"([a-z0-9-]+)`), []Class{Object}},
	{[]string{`name"`}, expr(`"kind":\s*"[A-Z][A-Za-z]+",\s*"name":\s*"([a-z0-9-]+)`), []Class{Workload}},
	{[]string{`name"`}, expr(`"name":\s*"([a-z0-9-]+)",\s*"(?:image|ready|restartCount|resources|state|started|lastState)"`), []Class{Container}},
	{[]string{"image"}, expr(`(?i)\bimage(?:\\*")?[:=]?\s*\\*"?([a-z0-9][^\s"'\\,{}]*/[^\s"'\\,{}]*)`), []Class{image}},

	// Sentences of the scheduler, the kubelet and the API server, and of client-go's queues.
	{[]string{"successfully assigned"}, expr(`Successfully assigned ([a-z0-9-]+)/([a-z0-9-]+) to ([a-z0-9-]+)`), []Class{Namespace, Pod, Node}},
	{[]string{"container "}, expr(`\b[Cc]ontainer ([a-z0-9-]+) (?:failed (?:liveness|startup|readiness)|definition changed)`), []Class{Container}},
	{[]string{"container "}, expr(`\b(?:Created|Started|Stopping|Killing) container:? ([a-z0-9-]+)(?:$|["\\,])`), []Class{Container}},
	{[]string{"id:"}, expr(`\bID:([a-z0-9-]+)/([a-z0-9-]+)`), []Class{Namespace, Service}},
	{[]string{"namespace"}, expr(`\b[Nn]amespaces?:? \\*["']([a-z0-9-]+)\\*["']`), []Class{Namespace}},
	{[]string{` "`, ` \"`}, expr(`\b(?:pods?|services?|deployments?|statefulsets?|daemonsets?|replicasets?|endpoints|containers?|nodes?|configmaps?|secrets?|serviceaccounts?)(?:\.[a-z.]+)? \\*"([a-z0-9-]+)\\*"`), []Class{Object}},
	{[]string{" status is now"}, expr(`Node ([a-z0-9-]+)[a-z0-9.-]* status is now`), []Class{Node}},
	{[]string{" - "}, expr(` - ([A-Za-z][\w-]*) \[\d{2}/[A-Z][a-z]{2}/\d{4}:`), []Class{Object}},
}

// phases are what the third column of kubectl get pods says, in part.
var phases = []string{" running", " pending", " completed", " error", " unknown", " evicted", " terminating", "crashloop", "oomkilled", "imagepull",
	"errimage", "creating", "init:", "initializing", "notready", "failed", "succeeded"}

var placeSigns = signsOf(placeForms)

// placeKeys are the last words of keys whose value is a name whatever it is; "app" and
// "job" of a sentence are none.
var placeKeys = set(`namespace ns namespace_name pod pod_name container container_name service service_name svc svc_name serviceaccount service_account
	serviceaccountname deployment replicaset statefulset daemonset cronjob workload workload_name app k8s_app app_name application parent_name backend_name
	job job_name node nodename node_name hostname cluster cluster_name
	customer customer_id customer_name tenant tenant_id tenant_name team team_name organization org_name owner project project_name
	user username user_name remote_user account_name`)

// hostKeys are such keys of which a sentence has a colon as well.
var hostKeys = set("host")

// imagePlaces are the parts of an image's name, unless one is of a project that everybody has.
func imagePlaces(b []byte, from, to int) (out []place) {
	at, first := from, true
	for at < to {
		end := endOf(b[:to], at, func(c byte) bool { return c != '/' && c != ':' && c != '@' })
		registry := first && end < to && b[end] != '@' &&
			(bytes.IndexByte(b[at:end], '.') >= 0 || b[end] == ':' && bytes.IndexByte(b[end:to], '/') > 0)
		if part := string(b[at:end]); everyCluster[part] && !ofUsers[part] || programs[part] || strings.HasPrefix(part, "linkerd") {
			return nil
		} else if !registry && endOf(b, at, dnsByte) == end {
			out = append(out, place{span{at, end}, Object})
		}
		if at = end + 1; end < to && b[end] != '/' {
			if !registry {
				break // a tag or a digest
			}
			at = endOf(b[:to], at, figure) + 1 // the port of a registry
		}
		first = false
	}
	return out
}

package redact

// kinds are of objects of operators, in small letters, as kubectl and controllers write
// them before a slash; those of Kubernetes itself are [objectKinds].
const kinds = `helmreleases?|helmcharts?|helmrepositor(?:y|ies)|gitrepositor(?:y|ies)|ocirepositor(?:y|ies)|kustomizations?|applicationsets?|appprojects?|rollouts?|certificates?|issuers?|clusterissuers?|gateways?|clusters?|machines?|machinedeployments?|machinesets?|nodepools?|nodeclaims?|persistentvolumes?|persistentvolumeclaims?|pvcs?|pvs?|cronjobs?|serviceaccounts?|ingresses|networkpolic(?:y|ies)|roles?|rolebindings?|clusterroles?|clusterrolebindings?|serviceprofiles?|httproutes?|grpcroutes?|virtualservices?|destinationrules?|servicemonitors?|podmonitors?|prometheusrules?|externalsecrets?|sealedsecrets?|secretstores?|scaledobjects?|leases?|kafkas?|kafkatopics?|postgresqls?|volumes?|vms?|virtualmachines?|vmis?|storageclass(?:es)?`

// operatorSentences are what people type and what clouds and search engines answer: of
// kubectl's pkg/cmd, Flux and Argo CD (KIND/NAME, KIND/NS/NAME), client-go's clientcmd
// (context "X"), Elasticsearch's IndexNotFoundException.
var operatorSentences = []sentence{
	{[]string{"/"}, expr(`(?:^|[^\w./-])(?:[A-Z][a-z]+(?:[A-Z][A-Za-z]*[a-z])+|(?i:` + kinds + `)(?:\.[a-z0-9.-]+)?)/` + label + `(?:[./]` + label + `)?`), []Class{unlessWord, unlessWord}},
	{[]string{"kubectl "}, expr(`\bkubectl\b.*?\b(?:exec|logs|attach|port-forward|debug|cp|cordon|uncordon|drain|(?:describe|delete|get|edit|top|annotate|label|patch|scale) [a-z.]+) (?:-[it]+ |--[a-z-]+ )*` + label), []Class{unlessWord}},
	{[]string{"kubectl ", "stern ", "helm ", "k9s ", "linkerd "}, expr(`\b(?:kubectl|stern|helm|k9s|linkerd)\b.*?\s(?:-c|--container|--context|--cluster|--user|--kube-context)[ =]` + q + `([A-Za-z0-9][\w.@:-]*)`), []Class{unlessWord}},
	{[]string{"cordon ", "drain ", "cordoned", "drained", "evicted"}, expr(`(?i)\b(?:(?:un)?cordon(?:ed|ing)?|drain(?:ed|ing)?)(?: nodes?)?:? ` + q + dnsName), []Class{unlessWord}},
	{[]string{"context"}, expr(`(?i)\bcontexts?:? \\*["']([^\s"'\\]{2,100})`), []Class{unlessWord}},
	{[]string{"index [", "indices [", "index: ["}, expr(`(?i)\bind(?:ex|ices):? \[\\*["']?([^\]\s"'\\/,]{2,100})`), []Class{unlessWord}},
	{[]string{"disk ", "vm ", "machine ", "snapshot ", "instance "},
		expr(`(?:\b[Dd]isk|\bVM|[Mm]achine|[Ss]napshot|[Ii]nstance) ` + q + dnsName + q + `(?:$|[.,;:)"\\]| (?:is|was|has|to|on|from|in|not|failed|attached|detached|could|cannot|already|did)\b)`), []Class{unlessWord}},
	{[]string{"user "}, expr(`(?i)(?:^|[^\w-])user ([A-Za-z][\w.@-]{2,63})[.)\]]?\s*(?:$|\\n|[,;:"])`), []Class{unlessWord}},
	{[]string{"helm "}, expr(`\bhelm (?:upgrade|install|rollback|uninstall|delete|status|history|test|get [a-z]+) (?:-[a-z-]+ )*` + label), []Class{unlessWord}},
	{[]string{"pull secrets"}, expr(`image pull secrets \(([a-z0-9., -]+)\)`), []Class{hosts}},
	{[]string{"member "}, expr(`\bmember ([\w.-]+) at https?://`), []Class{unlessWord}},
	{[]string{" by "}, expr(`\bdenied the request: ([a-z0-9][a-z0-9.-]*) by ([\w.@-]+)`), []Class{unlessWord, unlessWord}},
	{[]string{" @"}, expr(`(?:^|\s)@([a-z][\w-]{2,38})(?:$|[\s"',.;:)!?])`), []Class{unlessWord}},
	{[]string{"<"}, expr(`([A-Z]\pL+(?: [A-Z][\pL'.-]+){0,3})\\*"? <[^<>@\s]+@`), []Class{person}},
	{[]string{"name="}, expr(`[?&]\w*name=([A-Z]\pL+(?: [A-Z][\pL'-]+)+)`), []Class{person}},
	{[]string{"taint {", "taint: {"}, expr(`taint:? \{[^:{}]+: ([^{}:]+)\}`), []Class{unlessWord}},
	{[]string{`\\`}, expr(`(?:^|[\s"'=(>])(?:\\\\([A-Za-z][\w.-]+)\\([\w$-]+)\\|\\\\\\\\([A-Za-z][\w.-]+)\\\\([\w$-]+)\\\\)`), []Class{unlessWord, unlessWord, unlessWord, unlessWord}},
	{[]string{"-80", "-443", "-8443", "-3000", "-5000", "-9090", "-http", "-grpc"},
		expr(`(?:^|[\s"'\[(=])([a-z][a-z0-9]*(?:-[a-z0-9]+)+)-(?:80|443|8080|8443|3000|5000|8000|9090|https?|grpc)(?:$|[\s"'\]),:;])`), []Class{upstream}},
	{[]string{"bound|"}, expr(`\b(?:out|in)bound\|\S+ \S+ \S+ \S+ \S+ ([A-Za-z][\w-]*)$`), []Class{unlessWord}}, // Envoy's %ROUTE_NAME%, as Istio logs it
	{[]string{" hier_"}, expr(`://\S+ ([A-Za-z][\w.@\\-]*) HIER_`), []Class{unlessWord}},                        // Squid's %un
	// PHP-FPM, the API server's quotas, the controller of autoscalers, linkerd's destination.
	{[]string{"[pool "}, expr(`\[pool ([\w.-]+)\]`), []Class{unlessWord}},
	{[]string{"exceeded quota"}, expr(`exceeded quota: ([a-z0-9][a-z0-9.-]*)`), []Class{unlessWord}},
	{[]string{" metric "}, expr(`\bmetric ([\w.-]+)\(`), []Class{unlessWord}},
	{[]string{"deployment ", "statefulset ", "daemonset ", "replicaset "}, expr(`\bfor (?:deployment|statefulset|daemonset|replicaset) ` + label), []Class{unlessWord}},
	{[]string{"topology for", "endpoints for", "profile for"}, expr(`(?:topology|endpoints|profile) for ` + q + `([a-z0-9-]+)\.([a-z0-9-]+)`), []Class{Service, Namespace}},
	{[]string{"route "}, expr(`\broute ` + label + `: (?:backend|Service)`), []Class{unlessWord}},
	{[]string{"&name=", "?name=", "&q=", "first", "last"}, expr(`[?&](?:(?:first|last|full|display)?_?name)=([^\s&"'#]{3,100})`), []Class{person}},
	// IIS: s-computername before s-ip, cs-username behind the port and before c-ip.
	{[]string{"get ", "post ", "put ", "head ", "delete ", "patch ", "options "},
		expr(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:\S+ )?([A-Za-z][\w.-]*) [\d.:a-f]+ (?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) /`), []Class{Node}},
	{[]string{"get ", "post ", "put ", "head ", "delete ", "patch ", "options "},
		expr(` (?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) /\S* \S+ \d{1,5} (?:([\w.-]+)\\)?([A-Za-z][\w.@-]*) [\d.:a-f]+ `), []Class{person, person}},
}

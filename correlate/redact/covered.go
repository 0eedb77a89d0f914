package redact

// Covered says, for the report in a redacted case, what is looked for.
var Covered = []string{
	"namespaces, services, workloads, pods with their owners, nodes, containers and objects that a field, a label, a target, a key such as pod= or a standard sentence of linkerd, Kubernetes, the kubelet or SPIFFE names, wherever they stand",
	"a name that is a word of the formats, such as auth or backend, where only a name can stand: name= beside ns=, NAME.NS.svc, Service.NS.NAME, NAME.NS:PORT and NS/NAME of a known namespace, KIND/NAME, pods of a ReplicaSet, keys such as dst_service=, node=, job= and customer=, the heads, rows and tables of kubectl, stern's and a journal's columns, parts of an image, and every field of a case that holds names alone; the search looks for it in these places",
	"hosts, services, databases and users that the sentences of resolvers, runtimes, drivers and connection strings name, such as getaddrinfo ENOTFOUND, UnknownHostException, Connection to HOST:5432 refused, jdbc: and HOST:3306",
	"what commands and operators name: kubectl's pods, -c, -n and --context, HelmRelease/NAME and its like, nodes that are cordoned or drained, index [NAME], disks and VMs",
	"users, customers, tenants and teams that a key such as customer= or a path such as /customers/NAME names, and the user of an access log; numbers that such a key names become other numbers",
	"labels of domain names under any public suffix; e-mail addresses, also without a dot in the domain",
	"IPv4 addresses, also with dashes, underscores, turned around, octal, hexadecimal, in one number behind a key such as ip= or in a URL, and as bytes in brackets; IPv6 addresses; MAC addresses",
	"UIDs, digests and ids of containers, also behind letters; the words of paths of sources, and those of paths of requests and files in lines that are no words of systems and interfaces",
	"all of these also beside colours, escaped, percent-encoded, as HTML entities, in base64 and with [.] for a dot",
	"secrets that are removed: PEM blocks, JSON Web Tokens, Bearer and Basic credentials, user and password in URLs and DSNs, every pair of a cookie, values of keys and labels such as password=, pass=, otp=, keys of AWS, Google, GitHub, GitLab, Slack, Stripe, npm, Docker, Vault, values in a query and words that look drawn at random",
}

// NotCovered says what is not: it stays where no key names it.
var NotCovered = []string{
	"names that are words of the formats, such as backend or gateway, in sentences and in free text; those that every cluster has, such as default, nginx or prometheus",
	"names in free text and in notes that nothing in the capture says are names; names of classes of programs but for a user's own packages; parts of a name that partial lines of a container's log cut in two",
	"names of metrics, of label keys and of fields",
	"addresses in one number that nothing says is one; addresses in brackets as bytes that are not of 10, 100, 172 or 192, or are IPv6",
	"a disk, a VM, a context or an index by a word that goes on with a sentence, or without a word of its kind before it",
	"a secret that no key and no known form gives away and that is a word, or has less than 24 characters",
	"times, rates, versions and numbers of lines: who has a record of the outage can recognise it",
}

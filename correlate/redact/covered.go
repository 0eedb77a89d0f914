package redact

// Covered says, for the report in a redacted case, what is looked for.
var Covered = []string{
	"namespaces, services, workloads, pods with their owners, nodes, containers and objects that a field, a label, a target, a key such as pod= or a standard sentence of linkerd, Kubernetes, the kubelet or SPIFFE names, wherever they stand",
	"hosts, services, databases and users that the sentences of resolvers, runtimes, drivers and connection strings name, such as getaddrinfo ENOTFOUND, UnknownHostException, Connection to HOST:5432 refused, jdbc: and HOST:3306",
	"users, customers, tenants and teams that a key such as customer= or a path such as /customers/NAME names, and the user of an access log; numbers that such a key names become other numbers",
	"labels of domain names under any public suffix; e-mail addresses",
	"IPv4 addresses, also with dashes, underscores, turned around, octal, hexadecimal, and in one number behind a key such as ip= or in a URL; IPv6 addresses; MAC addresses",
	"UIDs, digests and ids of containers, also behind letters; the words of paths and file names",
	"all of these also beside colours, escaped, percent-encoded, as HTML entities, in base64 and with [.] for a dot",
	"secrets that are removed: PEM blocks, JSON Web Tokens, Bearer and Basic credentials, user and password in URLs and DSNs, every pair of a cookie, values of keys and labels such as password=, pass=, otp=, keys of AWS, Google, GitHub, GitLab, Slack, Stripe, npm, Docker, Vault, words that look drawn at random",
}

// NotCovered says what is not: it stays where no key names it.
var NotCovered = []string{
	"names that are ordinary words, such as backend or gateway: where a key names a person or a team by one it stays, elsewhere it is replaced and its absence is not proved",
	"names in free text, in notes and in paths of requests that nothing in the capture says are names",
	"names of metrics, of label keys and of fields",
	"e-mail addresses without a dot in the domain; addresses in one number that nothing says is one, or in brackets as bytes",
	"a secret that no key and no known form gives away and that is a word, or has less than 24 characters",
	"times, rates, versions and numbers of lines: who has a record of the outage can recognise it",
}

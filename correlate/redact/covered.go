package redact

// Covered says, for the report in a redacted case, what is looked for.
var Covered = []string{
	"namespaces, services, workloads, pods with their owners, nodes, containers and objects that a field, a label, a target or a key such as pod= names, wherever they stand",
	"users, customers, tenants and teams that a key such as customer= names",
	"labels of domain names; e-mail addresses",
	"IPv4 addresses, also with dashes and turned around; IPv6 addresses; MAC addresses",
	"UIDs, digests and ids of containers; the words of paths and file names",
	"secrets that are removed: PEM blocks, JSON Web Tokens, Bearer and Basic credentials, user and password in URLs, values of keys such as password=, keys of AWS, Google, GitHub, GitLab, Slack, Stripe, npm, Docker, Vault, words that look drawn at random",
}

// NotCovered says what is not: it stays where no key names it.
var NotCovered = []string{
	"names that are ordinary words are replaced, but their absence is not proved",
	"names in free text, in notes and in paths of requests that nothing in the capture says are names",
	"names of metrics, of label keys and of fields; the kinds that --match defines",
	"e-mail addresses without a dot in the domain; addresses written as one number",
	"a secret of less than 24 characters that no key and no known form gives away",
	"times, rates, versions and sizes: who has a record of the outage can recognise it",
}

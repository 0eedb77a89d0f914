package redact

import (
	"slices"
	"strings"
)

// allSentences are looked for in every line.
var allSentences = slices.Concat(sentences, driverSentences, operatorSentences)

// host is a name of a host, or of a service within a cluster.
const host = `([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)`

// unresolved is how the resolvers of glibc, musl, macOS, Go, libuv, Windows and
// nginx say that a name is none.
const unresolved = `(?:Name or service not known|Temporary failure in name resolution|nodename nor servname|No address associated|Name has no usable address|Name does not resolve|Try again|[Uu]nknown host|no such host|No such host|[Hh]ost not found|[Nn]ot found: 3\(NXDOMAIN|NXDOMAIN|is NXDOMAIN|could not be resolved|server misbehaving|Non-recoverable failure)`

// people are whom an object of JSON describes, and nested how that begins.
const people = `user|usr|customer|client|tenant|account|owner|actor|principal|sender|employee|member|team|organization`

var nested = func() (out []string) {
	for p := range strings.SplitSeq(people, "|") {
		out = append(out, p+`":{`, p+`": {`, p+`\":{`, p+`\": {`)
	}
	return out
}()

// described are whom two words with capitals name behind a key, and named how that begins.
const described = `user|customer|client|patient|employee|owner|assignee|reporter|author|contact`

var named = func() (out []string) {
	for p := range strings.SplitSeq(described, "|") {
		out = append(out, p+":", p+"=", p+" :", p+" =")
	}
	return out
}()

// inNested are the values of such an object that name whom it describes.
var inNested = expr(`\\*"(?:id|name|login|handle|slug|label|title|display_?name|full_?name|nick)\\*"\s*:\s*\\*"([^"\\]{3,100})`)

// driverSentences are those of the runtimes, clients and drivers that log beside a
// mesh, from their sources: OpenJDK's Inet4AddressImpl, netty's DnsResolveContext,
// pgjdbc, MySQL's errmsg-utf8.txt, PostgreSQL's libpq and backend/libpq/auth.c, SQL
// Server's sys.messages, Go's net.DNSError and crypto/x509 HostnameError, CoreDNS'
// plugins log and errors, dnsmasq, OpenSSH's sshd, Linux-PAM; connection strings as
// JDBC's drivers, ADO.NET and Oracle Net (TNS) document them.
var driverSentences = []sentence{
	{[]string{"not known", "name resolution", "nodename nor", "no address", "no usable", "not resolve", "nknown host", "such host", "ost not found", "nxdomain", "not be resolved", "misbehaving", "try again", "non-recoverable"},
		expr(`(?:^|[\s"'\[(=‘“*])` + host + `\.?["'’”]?(?::\d+)?["')]?:? ` + unresolved), []Class{hosts}},
	{[]string{"failed to resolve", "not resolve", "to resolve", "'t resolve", "lookup failed", "resolution failed", "errors resolving", "esolv"},
		expr(`(?i)(?:failed to|not|unable to|t|errors?|while|when|cannot) resolv(?:e|ing)(?: dns| name| address| host(?:name)?| server| broker| proxy| endpoint| of| for| the)*:? \\*[“‘"'(\x60\[]?` + host), []Class{hosts}},
	{[]string{"can't find", "t find"}, expr(`(?i)can'?t find ` + q + host), []Class{hosts}},
	{[]string{"lookup failed", "resolution"}, expr(`(?i)(?:lookup|resolution) (?:failed|failure|error)? ?(?:for|of):? (?:service:? |host:? )?` + q + host), []Class{hosts}},
	{[]string{"could not translate", "resolver defined"}, expr(`(?:translate host name|resolver defined to resolve) ` + q + host), []Class{hosts}},
	{[]string{"in upstream", "no port in"}, expr(`in upstream ` + q + host), []Class{hosts}},
	{[]string{" port "}, expr(`(?:to|for|host|on|at) ` + q + host + q + `,? (?:\([^)]*\)[, ]+)?port \d`), []Class{hosts}},
	{[]string{" port ["}, expr(`Connection to ` + host + ` \d+ port`), []Class{hosts}},
	{[]string{"valid for "}, expr(`valid for ([^"]*?),? not ` + q + `([^"\s\\]+)`), []Class{hosts, hosts}},
	{[]string{" in "}, expr(`\b(?:A|AAAA|SRV|PTR|CNAME|ANY|TXT|MX|HTTPS) IN ` + host + `\.`), []Class{hosts}},
	{[]string{"\tin", "\\tin"}, expr(`;` + host + `\.(?:\s|\\t)+IN(?:\s|\\t)`), []Class{hosts}},
	{[]string{"plugin/errors"}, expr(`plugin/errors: \d+ ` + host + `\.? [A-Z]+:`), []Class{hosts}},
	{[]string{"answer", " 5 in ", " in a "}, expr(host + `\.\s+\d+\s+IN\s`), []Class{hosts}},
	{[]string{"query[", "reply ", "cached ", "forwarded "}, expr(`\b(?:query\[\w+\]|reply|cached|forwarded) ` + host + ` (?:from|is|to) `), []Class{hosts}},
	{[]string{"resolution failed", "no record", "record for"}, expr(`(?:Name\(\\*"|for name: )` + host), []Class{hosts}},
	{[]string{"servers=[", "servers ["}, expr(`servers?=? ?\[([a-z0-9., :-]+)\]`), []Class{hosts}},
	{[]string{"/<unresolved>"}, expr(host + `/<unresolved>`), []Class{hosts}},
	{[]string{"[bootstrap", "/bootstrap"}, expr(host + `:\d+/bootstrap`), []Class{hosts}},
	{[]string{"dns:", "passthrough:", "xds:", "ipv4:"}, expr(`\b(?:dns|passthrough|xds):/*` + host), []Class{hosts}},
	{[]string{"unix:", "dial unix", ".sock"}, expr(`(?:/([a-z0-9-]+))?/([a-z0-9-]+)\.sock`), []Class{Object, Object}},
	{[]string{"'@'", "''@"}, expr(`'([^'\s]*)'@'([^'\s]+)'`), []Class{person, hosts}},
	{[]string{"table '", "database '", "schema '"}, expr(`(?i)\b(?:table|database|schema) '([\w$-]+)(?:\.([\w$-]+))?'`), []Class{Object, Object}},
	{[]string{"for table", "for relation", "for schema", "for database"}, expr(`(?i)denied for (?:table|relation|schema|database|sequence|function) ` + q + `([\w$-]+)`), []Class{Object}},
	{[]string{"jdbc:"}, expr(`jdbc:oracle:\w+:(?:[\w$-]+/[^@\s]*)?@/*` + host + `:\d+[:/]([\w$.-]+)`), []Class{hosts, Object}},
	{[]string{"://"},
		expr(`://(?:[^\s/@"'<>]*@)?([a-z0-9][A-Za-z0-9_.:,-]*)`), []Class{hosts}},
	{[]string{"://"}, expr(`://([A-Za-z][\w.+-]*)(?::[^\s/@"'<>]*)?@`), []Class{person}},
	{[]string{"://"}, expr(`(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|sqlserver|clickhouse|cockroachdb|kafka|nats|s3|gs)(?:\+\w+)?://[^\s/"'<>]+/([A-Za-z0-9_-]+)`), []Class{Object}},
	{[]string{"://"}, expr(`://[a-z0-9.-]+\\+([\w$-]+)[;:,]`), []Class{Object}},
	{[]string{"@"}, expr(`(?:^|[\s"'=(:])([\w.-]+)(?::|/)[^\s:@/"'()]+@(?:tcp|udp|unix)?\(?/*\[?` + host + `?(?::\d+)?\]?\)?/?([\w$-]+)?`), []Class{person, hosts, Object}},
	{[]string{"@tcp(", "@unix(", "@udp(", "@/"}, expr(`@(?:(?:tcp|udp|unix)?\([^)\s]*\))?/([\w$-]+)`), []Class{Object}},
	{[]string{"git@"}, expr(`git@[\w.-]+:([\w.-]+/[\w-]+)`), []Class{repository}},
	{[]string{"server=", "server =", "data source", "=tcp:", "=np:", "=lpc:"}, expr(`(?i)(?:server|data source|addr(?:ess)?)\s*=\s*(?:tcp:|np:|lpc:)?` + host), []Class{hosts}},
	{[]string{"(host=", "service_name=", "(sid="}, expr(`(?i)\((?:host|service_name|sid)\s*=\s*` + host), []Class{hosts}},
	{[]string{"dc=", "ou=", "cn=", "uid="}, expr(`(?i)\b(?:uid|cn|ou|dc|o|samaccountname)=([^,+"'\\=\s]{2,60})`), []Class{person}},
	{[]string{"=>", "->"}, expr(`\b([A-Za-z][\w.-]*)\\*["']?\s*(?:=>|->)\s*` + q + `([A-Za-z0-9][\w.@-]*)`), []Class{aKey, valueOf}},
	{[]string{"</"}, expr(`<(?:\w+:)?([A-Za-z][\w.-]*)(?:\s[^<>]*)?>([^<>]{2,100})</`), []Class{aKey, valueOf}},
	{named, expr(`(?i:\b(?:` + described + `))\s*[:=]\s*([A-Z]\pL+ [A-Z][\pL'-]+)`), []Class{person}},
	{[]string{"user "}, expr(`(?i)\buser '?([^\s"'=:,()]{3,100})'? (?:logged|signed|authenticated|not |does |is |has |failed|cannot|was |from \d|lacks|denied|exceeded|with )`), []Class{Object}},
	{[]string{"sudo:"}, expr(`sudo: +([\w.-]+) : `), []Class{Object}},
	{[]string{"from "}, expr(`(?i)(?:invalid user|user|for) ([\w.-]+) from \d`), []Class{Object}},
	{[]string{"gcr.io/", "ghcr.io/", "quay.io/", "docker.io/", "azurecr.io/", "amazonaws.com/", "pkg.dev/", "docker pull"}, expr(`((?:[a-z0-9.-]*\b(?:gcr|ghcr|quay|docker|azurecr)\.io|[a-z0-9.-]+\.amazonaws\.com|[a-z0-9.-]+\.pkg\.dev)/[a-z0-9][a-z0-9_./-]*)`), []Class{image}},
	{[]string{"github.com/", "gitlab.com/", "bitbucket.org/"}, expr(`(?://|@)(?:github\.com|gitlab\.com|bitbucket\.org)[/:]([\w.-]+/[\w-]+)`), []Class{repository}},
	{[]string{".git"}, expr(`://[^\s/]+/([\w.-]+/[\w-]+)\.git\b`), []Class{repository}},
	{nested, expr(`(?i)\\*"(?:` + people + `)\\*"\s*:\s*\{([^{}]{2,400})\}`), []Class{fields}},
	{[]string{"s3.", "s3-"}, expr(`\bs3[.a-z0-9-]*\.amazonaws\.com/([a-z0-9][a-z0-9.-]+)`), []Class{Object}},
	{[]string{"gke-", "aks-", "eks-"}, expr(`\b((?:gke|aks|eks)-[a-z0-9-]{8,})`), []Class{Node}},
	{[]string{"i-0", "vpc-", "subnet-", "sg-", "eni-", "vol-", "i-1"}, expr(`\b((?:i|vpc|subnet|sg|eni|vol|ami|nat|igw|rtb|tgw|snap|lt|asg|eipalloc)-[0-9a-f]{8,17})\b`), []Class{Object}},
	{[]string{"projects/", "instances/", "zones/"}, expr(`\b(?:projects|instances|networks|subnetworks|forwardingRules|backendServices)/([a-z0-9][a-z0-9.-]*)`), []Class{Object}},
}

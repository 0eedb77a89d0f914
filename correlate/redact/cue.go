package redact

import (
	"bytes"
	"regexp"
	"strings"
)

// cue is a word, or two, behind which a sentence names something, as "lookup NAME"
// and "connect to NAME" do whatever runtime prints them.
type cue struct {
	class  Class
	quoted bool // only a text in quotes, or one that a figure, a dash, a dot or a port tells from a word
}

// hostCues are in front of a host: of Go's net, glibc's and musl's resolvers, libuv,
// the JDK, CPython, Ruby, .NET, PHP, curl, wget, ping, ssh, nginx, Apache, HAProxy,
// gRPC and of the clients of databases and brokers.
const (
	hostCues = `lookup resolve resolving resolves unresolved enotfound eai_again unknownhostexception unresolvedaddressexception host hosts hostname rhost ping
		traceroute telnet nslookup sni gaierror socketerror`
	likelyHostCues = `server servers broker brokers upstream proxy peer endpoint address addr upstreams`
	twoHostCues    = `connect.to connecting.to connected.to reconnect.to reconnecting.to connection.to connections.to disconnected.from getaddrinfo.for resolution.for
		failure.for addresses.for record.for valid.for server.at server.on redis.on broker.on mysql.at 2.for 22.on bytes.from reading.from writing.to dial.tcp
		dial.udp to.backend to.match host.name traceroute.to address.for translate.host dns.error not.known to.upstream port.on tcp.address address.information server.address the.service
		find.service available.for for.cluster cannot.reach`
	twoUserCues = `for.user by.user invalid.user as.user user.for in.as login.as password.for publickey.for behalf.of impersonating.user authenticate.as sudo.for failed.for
		denied.for approved.by rejected.by patched.by created.by deleted.by updated.by edited.by changed.by restarted.by scaled.by triggered.by requested.by
		deployed.by drained.by cordoned.by acknowledged.by resolved.by reported.by submitted.by reviewed.by merged.by paused.by resumed.by started.by stopped.by
		initiated.by issued.by owned.by opened.by closed.by silenced.by pushed.by reverted.by assigned.by escalated.by rolled.by done.by made.by pair.for consumer.group helm.release argocd.application jwt.sub identifier.specified kube.context not.exist`
	personCues = `customer tenant merchant organization organisation company subscriber patient employee account realm team bucket topic keyspace`
	objectCues = `cluster context database role user relation table schema keyspace topic queue exchange vhost bucket catalog dn workspace certificate issuer authority principal tenant customer`
)

var cues, twoCues = func() (one, two map[string]cue) {
	one, two = map[string]cue{}, map[string]cue{}
	add := func(to map[string]cue, words string, c cue) {
		for w := range strings.FieldsSeq(words) {
			if _, had := to[w]; !had {
				to[w] = c
			}
		}
	}
	add(one, hostCues, cue{target, false})
	add(one, likelyHostCues, cue{target, true})
	add(two, twoHostCues, cue{target, false})
	add(two, twoUserCues, cue{Object, false})
	add(one, personCues, cue{Object, false})
	add(one, objectCues, cue{Object, true})
	return one, two
}()

// lastOfTwo are the words that may be the second of two cues.
var lastOfTwo = func() map[string]bool {
	out := map[string]bool{}
	for c := range twoCues {
		_, last, _ := strings.Cut(c, ".")
		out[last] = true
	}
	return out
}()

// common are words that stand behind a cue in a sentence and that neither the
// formats nor our own pages hold.
var common = set(`p50 p75 p90 p95 p99 p999 avg mean median total rps qps arn iam sqs sns sts oidc saml ldap system root uri url db amd64 arm64 linux windows darwin helm kubectl terraform ansible argocd jenkins kubelet a might shall onto i he she our his her my me us closing backends databases db passwords domains records hostnames directory writing creating
	region systems gethostbyname wget nslookup dig telnet python ruby php postgres postgresql topic configured given specified requested actively properly
	correctly successfully fully either neither both several various multiple single primary secondary master slave replica leader follower redis mysql kafka
	mongodb rabbitmq elasticsearch sql server's user's settings configuration config parameter parameters argument arguments option options pool pools driver
	drivers library libraries module modules class method function object objects string integer boolean array list map set reserved allocated assigned
	available unavailable required optional supported unsupported permitted allowed denied granted forbidden authorized unauthorized authenticated enabled
	disabled locked unlocked expired revoked suspended deleted updated creation deletion registration validation verification authentication authorization
	login logout signup register search self current bulk batch export import details detail profile profiles setting preferences history summary report
	reports stats status info information management manager admin administrator administrators owner owners member members billing payments orders invoices
	check checks checking try trying tries seems appears because since although however therefore please contact support helpdesk during whether until unless
	uses used using use exist exists existing present absent dead alive healthy unhealthy busy idle ready broken down up gone lost found left right top bottom
	hello hi thanks thank regards page pages view views form forms action actions event events handler handlers controller controllers`)

// cued takes the names that stand behind a cue, before a port, or beside an address.
func (n names) cued(r *Redactor, b []byte) {
	var before, last span // the two words before
	for i := 0; i < len(b); i++ {
		if !nameByte(b[i]) {
			continue
		}
		w := span{i, endOf(b, i, nameByte)}
		i = w.to
		for w.to > w.from && !wordByte(b[w.to-1]) {
			w.to--
		}
		for w.from < w.to && !wordByte(b[w.from]) {
			w.from++
		}
		if w.from == w.to {
			continue
		}
		c, is := cueOf(b, before, last)
		if is {
			quoted, near := between(b[last.to:w.from], c.class == target)
			is = near && (!c.quoted || quoted || marks(b, w)) && !isKey(b, w.to, quoted)
		}
		switch {
		case is && c.class != target:
			n.cuedName(r, c.class, b, w)
		case bytes.Count(b[w.from:w.to], []byte(".")) > 1:
			n.packages(r, string(b[w.from:w.to]))
			if is || served(b, last, w) {
				n.hostName(r, string(b[w.from:w.to]))
			}
		case is || served(b, last, w):
			n.hostName(r, string(b[w.from:w.to]))
		}
		before, last = last, w
	}
}

// longestCue is how long a word of a cue may be.
const longestCue = 32

// cueOf gives the cue that two words are, or the second of them. Of the name of a
// class, "java.net.UnknownHostException", its last part counts.
func cueOf(b []byte, before, last span) (c cue, ok bool) {
	if dot := bytes.LastIndexByte(b[last.from:last.to], '.'); dot >= 0 {
		last.from += dot + 1
	}
	if last.to == last.from || last.to-last.from > longestCue || last.from > 0 && b[last.from-1] == '_' {
		return cue{}, false
	}
	var room [2*longestCue + 1]byte
	word := appendLower(room[:0], b[last.from:last.to])
	c, ok = cues[string(word)]
	if lastOfTwo[string(word)] && before.to > before.from && before.to-before.from <= longestCue && last.from-before.to <= 2 {
		both := append(appendLower(room[:0], b[before.from:before.to]), '.')
		if two, is := twoCues[string(appendLower(both, b[last.from:last.to]))]; is {
			return two, true
		}
	}
	return c, ok
}

// between says whether what stands between a cue and a word lets the word be what
// the cue tells, and whether it opens a quotation; brackets are around hosts.
func between(gap []byte, brackets bool) (quoted, near bool) {
	const most = 8
	if len(gap) == 0 || len(gap) > most || gap[len(gap)-1] == ':' {
		return false, false
	}
	for _, c := range gap {
		switch {
		case c == '"' || c == '\'' || c == '`' || c >= 0x80:
			quoted = true
		case strings.IndexByte(" \t\\:", c) < 0 && !(brackets && strings.IndexByte("([<*_", c) >= 0):
			return false, false
		}
	}
	return quoted, true
}

// marks says that something tells a word from one of a language: a figure, a
// dash, a dot, a port.
func marks(b []byte, w span) bool {
	return bytes.ContainsAny(b[w.from:w.to], "0123456789-.") || portFollows(b, w.to)
}

// isKey says that what ends before i is the name of a field or of a function, and
// none that a sentence tells.
func isKey(b []byte, i int, quoted bool) bool {
	return i < len(b) && (b[i] == '=' || b[i] == '(' && !quoted)
}

// served says whether a word has a port or an address behind it, or one of these
// before: "db.shop:5432", "cart (10.0.0.7)", "cart/10.0.0.7:80", "10.0.0.7:80 (cart)".
func served(b []byte, last, w span) bool {
	const least = 3
	if len(b)-w.to < 1 || !letter(b[w.from]) {
		return false
	}
	if string(b[last.to:w.from]) == " (" &&
		(address(b, last) || bytes.HasSuffix(b[:last.from], []byte(":")) && address(b, span{0, last.from - 1})) {
		return true
	}
	if len(b)-w.to < least {
		return false
	}
	return addressed(b, w) || ported(b, last, w)
}

// addressed says whether an address follows a word.
func addressed(b []byte, w span) bool {
	rest := b[w.to:]
	for _, opens := range []string{" (", "/", " [", ")|"} {
		if bytes.HasPrefix(rest, []byte(opens)) {
			_, size, ok := octets(rest[len(opens):], '.')
			program := opens == "/" && b[w.from] <= 'Z' // "Chrome/120.0.0.0"
			return ok && !program && ended(rest, len(opens)+size, ".") && (w.from == 0 || b[w.from-1] != '/')
		}
	}
	return false
}

// ported says whether a port follows a word, and no line of a source, time or number.
func ported(b []byte, last, w span) bool {
	port := portAt(b[w.to:])
	if port == "" {
		return false
	}
	if dot := bytes.LastIndexByte(b[w.from:w.to], '.'); dot >= 0 {
		return !sourceEndings[lower(string(b[w.from+dot+1:w.to]))]
	}
	if w.from > 0 && strings.IndexByte("([@", b[w.from-1]) >= 0 || knownPorts[port] {
		return w.from == 0 || strings.IndexByte("/:$", b[w.from-1]) < 0
	}
	var room [longestCue]byte
	if last.to-last.from > len(room) || w.from-last.to > 3 {
		return false
	}
	return portCues[string(appendLower(room[:0], b[last.from:last.to]))]
}

// portAt is the port that text begins with behind a colon, or nothing.
func portAt(b []byte) string {
	if b[0] != ':' {
		return ""
	}
	end := endOf(b, 1, figure)
	port := string(b[1:end])
	if len(port) < 2 || len(port) > 5 || port[0] == '0' || end < len(b) && (wordByte(b[end]) || b[end] == '_') ||
		end+1 < len(b) && strings.IndexByte(":.-", b[end]) >= 0 && figure(b[end+1]) {
		return ""
	}
	return port
}

// address says whether a stretch ends with an IPv4 address.
func address(b []byte, w span) bool {
	from := w.to
	for from > w.from && (figure(b[from-1]) || b[from-1] == '.') {
		from--
	}
	_, n, ok := octets(b[from:w.to], '.')
	return ok && n == w.to-from
}

// knownPorts are of servers that logs name without more words, and are no round
// numbers of other things.
var knownPorts = set(`80 443 389 636 587 1433 1521 2181 2379 3306 4222 5432 5671 5672 6379 6380 6443 8080 8081 8086 8443 9042 9090 9092 9093 9094 9200 9300
	10250 11211 15672 26379 27017 27018 50051`)

// portCues are in front of a name with any port.
var portCues = set(`to at on from host hosts server servers broker brokers tcp udp address addr peer node endpoint bootstrap
	cluster via and or with`)

// sourceEndings end the names of files behind which a colon has a line's number.
var sourceEndings = set(`go rs c cc cpp cxx h hpp cs java kt scala clj groovy py rb php js jsx ts tsx mjs vue lua pl ex exs erl swift m mm sql tf sh conf cfg ini
	yaml yml json toml xml html htm css log txt md proto tmpl tpl`)

// cuedName takes a name behind a cue, with the domain of one who has an address of
// mail, and leaves the words that go on with the sentence.
func (n names) cuedName(r *Redactor, class Class, b []byte, w span) {
	text := string(b[w.from:w.to])
	const least, most = 3, 100
	if len(text) < least || len(text) > most || !telltale(text) || goesOn(text) {
		return
	}
	n.said(r, class, text)
	if w.to < len(b) && b[w.to] == '@' {
		end := endOf(b, w.to+1, nameByte)
		n.hostName(r, strings.TrimRight(string(b[w.to+1:end]), ".-_"))
	}
}

// telltale says whether a text may be a name and is no number with a unit, and no
// date.
func telltale(s string) bool {
	if date.MatchString(s) || duration.MatchString(s) {
		return false
	}
	return letter(s[0]) || s[0] >= 0x80 || strings.ContainsAny(s, "-.") && hasLetter(s)
}

// duration is a number with a unit, "404.000001s".
var duration = regexp.MustCompile(`^[0-9][0-9.]*(?:[nmuµ]?s|[mhd]|[KMGT]i?B?|%)$`)

var date = regexp.MustCompile(`^[0-9]{1,4}[-.](?:[A-Za-z]{3}|[0-9]{1,2})[-.][0-9]`)

// goesOn says whether a word goes on with a sentence and names nothing, nor do
// words that underscores join.
func goesOn(s string) bool {
	for w := range strings.SplitSeq(lower(s), "_") {
		if !common[w] && !prose[w] && !grammar()[w] {
			return false
		}
	}
	return true
}

// hostName takes a host, label by label: a service in its namespace, a pod of a
// StatefulSet before both, or a domain whose top level stays.
func (n names) hostName(r *Redactor, s string) {
	if i := strings.LastIndexByte(s, '_'); i >= 0 { // "_mongodb._tcp.NAME"
		_, s, _ = strings.Cut(s[i:], ".")
	}
	if len(s) < 2 || !telltale(s) || camel(s) {
		return
	}
	labels := strings.Split(s, ".")
	last := len(labels) - 1
	if vendorsOwn(labels) > 0 {
		for _, k := range ownLabels(labels) {
			n.add(r, Host, labels[k])
		}
		return
	}
	if top := lower(labels[last]); last > 0 && (topLevel[top] || delegated(top)) && !n.namespace(r, top) {
		labels = labels[:last]
	} else if last > 0 && strings.Trim(top, "0123456789") == "" {
		return // a version
	}
	classes := []Class{Service, Namespace}
	if last == 0 {
		classes = []Class{Object}
	}
	for i, l := range labels {
		class := Host
		if named := classIn(labels, i); named != Host {
			class = named
		} else if k := i - (last + 1 - len(classes)); k >= 0 && len(labels) == last+1 {
			class = classes[k]
		}
		if l != "" && !goesOn(l) {
			n.said(r, class, l)
		}
	}
}

// camel says whether a text is written as identifiers of programs are.
func camel(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z' {
			return true
		}
	}
	return false
}

// ofPeople are segments of a path behind which somebody, or somebody's, is named.
var ofPeople = set(`users user customers customer tenants tenant accounts account orgs organizations organisations teams
	team projects workspaces companies merchants members employees patients clients home people partners vendors subscribers
	resourcegroups instances clusters managedclusters buckets databases vaults topics queues functions keyrings
	cryptokeys repositories datasets serviceaccounts secrets nodepools agentpools backendservices forwardingrules
	urlmaps targetpools healthchecks networks subnetworks loadbalancers applicationgateways virtualmachines
	virtualmachinescalesets virtualnetworks storageaccounts servers networksecuritygroups publicipaddresses
	registries applicationgatewaywebapplicationfirewallpolicies`)

// owned takes what the segments of paths name: "/customers/NAME/orders",
// "/home/NAME", "projects/NAME/zones".
func (n names) owned(r *Redactor, b []byte) {
	var room [longestCue]byte
	for i, c := range b {
		if c != '/' && c != '\\' {
			continue
		}
		from := startOf(b, i, letter)
		if from == i || i-from > len(room) || !ofPeople[string(appendLower(room[:0], b[from:i]))] {
			continue
		}
		at := i + 1
		if at < len(b) && b[at] == c && c == '\\' { // an escaped backslash
			at++
		}
		w := span{at, endOf(b, at, nameByte)}
		for w.to > w.from && !wordByte(b[w.to-1]) {
			w.to--
		}
		if w.to > w.from {
			n.cuedName(r, Object, b, w)
		}
	}
}

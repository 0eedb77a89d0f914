package ingress

import (
	"regexp"
	"strings"
	"time"
)

// meaning is what a name means, nothing when it is only shown.
func meaning(name string) keyed {
	var folded [32]byte
	return keyNames[string(fold([]byte(name), &folded))]
}

// word is the length of the letters, digits and underscores that s begins with.
func letters(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || digit(s[n]) || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return n
}

// dialectNginx is ngx_http_log_module's log_format: "$name" or "${name}".
var dialectNginx = dialect{product: productNginx, format: Nginx, unit: time.Second,
	mine: func(text string) bool {
		for i := range text {
			if _, _, n := nginxVariable(text[i:]); n > 0 {
				return true
			}
		}
		return false
	},
	next: nginxVariable}

func nginxVariable(text string) (name string, k keyed, n int) {
	if !strings.HasPrefix(text, "$") {
		return "", k, 0
	}
	rest, open := strings.CutPrefix(text[1:], "{")
	if n = letters(rest); n == 0 {
		return "", k, 0
	}
	name = rest[:n]
	if n++; open {
		if n += 2; n > len(text) || text[n-1] != '}' {
			return "", k, 0
		}
	}
	switch name {
	case "request":
		k.sense = senseRequest
	case "service", "resource_name", "proxy_upstream_name":
		k.sense = senseService
	case "host", "server_name", "http_host":
		k.sense = senseHost
	case "upstream_connect_time":
		k.sense = senseConnect
	case "connection", "connection_time", "upstream_cache_status", "server_addr", "http_x_forwarded_for":
	default:
		k = meaning(name)
	}
	if name == "resource_name" {
		k.sense = senseRoute
	}
	return name, k, n
}

// dialectApache is Apache's LogFormat (mod_log_config): "%>s", "%{Referer}i",
// "%{ms}T". Its time is when the request came.
var dialectApache = dialect{product: productNginx, format: Nginx, unit: time.Second, begins: true,
	mine: func(text string) bool {
		for _, mark := range []string{"%t", "}t", "%r", "%>s", "%s", "%h"} {
			if strings.Contains(text, mark) {
				return true
			}
		}
		return false
	},
	next: apacheDirective,
	expand: func(text string) string {
		return timeParts.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(text, `\"`, `"`), "%t", "[%t]"), "$1")
	}}

// timeParts is a time of which each part is a directive of its own, as Apache
// prints no fraction in another way: "%{%Y-%m-%dT%T}t.%{msec_frac}t%{%z}t".
var timeParts = regexp.MustCompile(`(%\{[^}]*%[FYd][^}]*\}t)(?:[T. :]?%\{[^}]*\}t)+`)

var apacheDirectives = map[byte]keyed{
	's': {senseStatus, 0}, 't': {senseTime, 0}, 'r': {senseRequest, 0}, 'm': {senseMethod, 0}, 'U': {sensePath, 0}, 'v': {senseHost, 0},
	'V': {senseHost, 0}, 'a': {senseClient, 0}, 'h': {senseClient, 0}, 'b': {senseSent, 0}, 'B': {senseSent, 0},
	'D': {senseLasted, time.Microsecond}, 'T': {senseLasted, time.Second},
}

func apacheDirective(text string) (name string, k keyed, n int) {
	if len(text) < 2 || text[0] != '%' || text[1] == '%' {
		return "", k, 0
	}
	n = 1
	for n < len(text) && (text[n] == '<' || text[n] == '>' || text[n] == '!' || text[n] == ',' || digit(text[n])) {
		n++
	}
	param := ""
	if n < len(text) && text[n] == '{' {
		end := strings.IndexByte(text[n:], '}')
		if end < 0 {
			return "", k, 0
		}
		param = text[n+1 : n+end]
		n += end + 1
	}
	if strings.HasPrefix(text[n:], "^t") {
		n++
	}
	if n >= len(text) {
		return "", k, 0
	}
	letter := text[n]
	n++
	k = apacheDirectives[letter]
	switch {
	case letter == 'i' || letter == 'o' || letter == 'e' || letter == 'n':
		if k = (keyed{}); strings.EqualFold(param, "host") {
			k.sense = senseHost
		} else if strings.EqualFold(param, "UNIQUE_ID") || strings.EqualFold(param, "X-Request-Id") {
			k.sense = senseID
		} else if strings.EqualFold(param, "BALANCER_WORKER_NAME") {
			k.sense = senseUpstream
		}
	case letter == 'T' && param == "ms":
		k.unit = time.Millisecond
	case letter == 'T' && param == "us":
		k.unit = time.Microsecond
	}
	name = text[:n]
	return name, k, n
}

// dialectEnvoy is Envoy's command operators: "%START_TIME%", "%REQ(:METHOD)%".
var dialectEnvoy = dialect{product: productEnvoy, format: Envoy, unit: time.Millisecond, begins: true,
	mine: func(text string) bool {
		for i := range text {
			if name, _, n := envoyCommand(text[i:]); n > 0 && (name == "START_TIME" || name == "RESPONSE_CODE" || name == "RESPONSE_FLAGS") {
				return true
			}
		}
		return false
	},
	next:   envoyCommand,
	expand: func(text string) string { return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), `\n`) }}

func envoyCommand(text string) (name string, k keyed, n int) {
	if len(text) < 3 || text[0] != '%' || text[1] < 'A' || text[1] > 'Z' {
		return "", k, 0
	}
	n = 1 + letters(text[1:])
	name = text[1:n]
	arg := ""
	if n < len(text) && text[n] == '(' {
		end := strings.IndexByte(text[n:], ')')
		if end < 0 {
			return "", k, 0
		}
		arg = text[n+1 : n+end]
		n += end + 1
	}
	if n < len(text) && text[n] == ':' { // the longest length that is printed
		for n++; n < len(text) && digit(text[n]); n++ {
		}
	}
	if n >= len(text) || text[n] != '%' {
		return "", k, 0
	}
	n++
	switch name {
	case "REQ", "RESP":
		arg, _, _ = strings.Cut(arg, "?")
		return name + "(" + arg + ")", headerMeans(name, arg), n
	case "START_TIME":
		k.sense = senseBegin
	case "UPSTREAM_REQUEST_ATTEMPT_COUNT", "UPSTREAM_LOCAL_ADDRESS", "REQUEST_DURATION", "RESPONSE_DURATION", "RESPONSE_TX_DURATION":
	default:
		k = meaning(name)
	}
	return name, k, n
}

// headerMeans is what a header means that Envoy prints.
func headerMeans(name, header string) (k keyed) {
	switch strings.ToUpper(header) {
	case ":METHOD":
		k.sense = senseMethod
	case ":PATH", "X-ENVOY-ORIGINAL-PATH":
		k.sense = sensePath
	case ":AUTHORITY", "HOST":
		k.sense = senseHost
	case "X-REQUEST-ID":
		k.sense = senseID
	case "X-FORWARDED-FOR":
		k.sense = senseClient
	case "X-ENVOY-UPSTREAM-SERVICE-TIME":
		k.sense = senseAnswered
	case ":STATUS":
		if name == "RESP" {
			k.sense = senseStatus
		}
	case "GRPC-STATUS":
		k.sense = senseGRPC
	}
	return k
}

// dialectHAProxy is HAProxy's log-format: "%ST", "%{+Q}r", "%[var(txn.x)]".
var dialectHAProxy = dialect{product: productHAProxy, format: HAProxy, unit: time.Millisecond, begins: true,
	mine: func(text string) bool {
		for _, mark := range []string{"%ci", "%ST", "%ts", "%Ta", "%Tt", "%[", "%ft"} {
			if strings.Contains(text, mark) {
				return true
			}
		}
		return false
	},
	next: haproxyVariable,
	expand: func(text string) string {
		return quotedFlag.ReplaceAllString(strings.NewReplacer(`\ `, " ", `\"`, `"`).Replace(text), `"%$1"`)
	}}

// quotedFlag is a variable that HAProxy puts in quotes itself.
var quotedFlag = regexp.MustCompile(`%\{\+Q\}(\w+|\[[^\]]*\])`)

var haproxyVariables = map[string]keyed{
	"ST": {senseStatus, 0}, "t": {senseBegin, 0}, "tr": {senseBegin, 0}, "trg": {senseBegin, 0}, "trl": {senseBegin, 0}, "T": {senseBegin, 0},
	"Tl": {senseBegin, 0}, "Ts": {senseBegin, 0}, "Ta": {senseLasted, time.Millisecond}, "Tt": {senseLasted, time.Millisecond},
	"Tc": {senseConnect, 0}, "Tr": {senseAnswered, 0}, "ts": {senseState, 0}, "tsc": {senseState, 0}, "b": {senseService, 0},
	"s": {senseUpstream, 0}, "r": {senseRequest, 0}, "HM": {senseMethod, 0}, "HP": {sensePath, 0}, "HU": {sensePath, 0}, "HPO": {sensePath, 0},
	"ci": {senseClient, 0}, "rc": {senseTries, 0}, "B": {senseSent, 0}, "ID": {senseID, 0}, "f": {senseRoute, 0}, "ft": {senseRoute, 0},
}

func haproxyVariable(text string) (name string, k keyed, n int) {
	if len(text) < 2 || text[0] != '%' || text[1] == '%' {
		return "", k, 0
	}
	n = 1
	if text[n] == '{' { // flags, such as +Q
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return "", k, 0
		}
		n = end + 1
	}
	if n < len(text) && text[n] == '[' {
		end := strings.IndexByte(text[n:], ']')
		if end < 0 {
			return "", k, 0
		}
		return text[n : n+end+1], k, n + end + 1
	}
	end := n + letters(text[n:])
	if end == n {
		return "", k, 0
	}
	name = text[n:end]
	return name, haproxyVariables[name], end
}

// dialectCaddy is the template of Caddy's transform encoder:
// "{request>remote_ip} - {status}" (github.com/caddyserver/transform-encoder).
var dialectCaddy = dialect{product: productNginx, format: Caddy, unit: time.Second,
	mine: func(text string) bool {
		return strings.Contains(text, "{request>") || strings.Contains(text, "{common_log}")
	},
	next: caddyPlaceholder,
	expand: func(text string) string {
		return strings.ReplaceAll(text, "{common_log}",
			`{request>remote_ip} - {user_id} [{ts}] "{request>method} {request>uri} {request>proto}" {status} {size}`)
	}}

func caddyPlaceholder(text string) (name string, k keyed, n int) {
	if !strings.HasPrefix(text, "{") {
		return "", k, 0
	}
	end := strings.IndexByte(text, '}')
	if end < 2 {
		return "", k, 0
	}
	name = text[1:end]
	key := name[strings.LastIndexByte(name, '>')+1:]
	if !strings.Contains(name, "headers>") {
		k = meaning(key)
	}
	return name, k, end + 1
}

package ingress

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// shape is how far a line has the shape that was looked for.
type shape uint8

const (
	other shape = iota // not this shape
	cut                // this shape, and then it ends or goes astray
	whole
)

// verdict is that on a line which is not whole.
func (s shape) verdict() parse.Verdict {
	if s == cut {
		return parse.Malformed
	}
	return parse.NotMine
}

// clf is a line of the common log format, which nginx, Traefik and Apache
// share, up to the size of the answer; all else is in rest.
//
//	addr - user [02/Jan/2006:15:04:05 -0700] "request" status size rest
type clf struct {
	vhost            []byte
	addr, user, time []byte
	request          []byte
	code, size       []byte
	rest             []byte
	stamp            lex.Stamp
	status           int
}

// maxHead is how much of a line may stand before its time: a list of
// forwarders can be long.
const maxHead = 1024

// read takes a line apart.
func (c *clf) read(b []byte) shape {
	rest, ok := c.client(b)
	if !ok {
		return c.headless(b)
	}
	s, n, ok := stampCLF(rest)
	if !ok || !has(rest[n:], "] ") {
		return other
	}
	c.stamp, c.time, rest = s, rest[:n], rest[n+len("] "):]
	if len(rest) > 0 && rest[0] != '"' { // APISIX prints the host that was asked here
		c.vhost, rest = word(rest)
	}
	if len(rest) == 0 || rest[0] != '"' || bytes.IndexByte(c.vhost, '"') >= 0 {
		return other
	}
	return c.answer(rest[1:])
}

// headless reads a line whose client and time were cut off where it was pasted, up to
// the quote that opens the request or with it: the referer and the agent must follow.
func (c *clf) headless(b []byte) shape {
	b = fromRequest(b)
	if b == nil || c.answer(b) != whole || len(c.rest) == 0 || c.rest[0] != '"' {
		return other
	}
	return whole
}

// methods begin a request (RFC 9110, 9.3; RFC 5789).
var methods = lex.NewBeginnings("GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "PATCH ", "OPTIONS ", "CONNECT ", "TRACE ")

// fromRequest is a line from its request on, without the quote before it; nil where the
// line does not begin with one, which names its protocol.
func fromRequest(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte{'"'})
	if !methods.Before(b) {
		return nil
	}
	if end := closing(b); end < 0 || !bytes.Contains(b[:end], []byte(" HTTP/")) {
		return nil
	}
	return b
}

// client reads up to the time. Old ingress-nginx prints the real address as
// well: "addr - [real] - user [time]".
func (c *clf) client(b []byte) (rest []byte, ok bool) {
	if len(b) < 40 || !(digit(b[0]) || b[0] == ':' || b[0] == '-' || b[0]|0x20 >= 'a' && b[0]|0x20 <= 'z') {
		return nil, false
	}
	i := 0
	for { // "a, b, c" are the addresses of those that forwarded the request
		n := bytes.IndexByte(b[i:min(len(b), maxHead)], ' ')
		if n <= 0 {
			return nil, false
		}
		if i += n; b[i-1] != ',' {
			break
		}
		i++
	}
	if !has(b[i:], " - ") {
		return c.named(b)
	}
	c.addr, rest = b[:i], b[i+len(" - "):]
	if address(c.addr) && has(rest, "[") { // a format without the user
		if _, _, ok := stampCLF(rest[1:]); ok {
			return rest[1:], true
		}
	}
	if bytes.IndexByte(c.addr, '"') >= 0 { // a row of a table
		return nil, false
	}
	if len(rest) > 0 && rest[0] == '[' {
		n := bytes.Index(rest[:min(len(rest), maxHead)], []byte("] - "))
		if n < 0 {
			return nil, false
		}
		rest = rest[n+len("] - "):]
	}
	n := bytes.Index(rest[:min(len(rest), maxHead)], []byte(" ["))
	if n < 0 || has(rest[:n], "- ") { // a stamp before "- - -" is no address
		return nil, false
	}
	c.user = rest[:n]
	return rest[n+len(" ["):], true
}

// named reads up to the time where one of two names stands before it: the
// virtual host, "host addr ident user [time]", or who asked as identd tells it,
// "addr ident user [time]" (Apache's vhost_combined and common).
func (c *clf) named(b []byte) (rest []byte, ok bool) {
	n := bytes.Index(b[:min(len(b), maxHead)], []byte(" ["))
	if n < 0 {
		return nil, false
	}
	if _, _, ok := stampCLF(b[n+len(" ["):]); !ok {
		return nil, false
	}
	var words [5][]byte
	count := 0
	for head := b[:n]; len(head) > 0 && count < len(words); count++ {
		words[count], head = word(head)
	}
	if count == 1 && address(words[0]) { // a format without both
		c.addr = words[0]
		return b[n+len(" ["):], true
	}
	first := count - 3 // address, ident, user
	if first < 0 || first > 1 || !address(words[first]) {
		return nil, false
	}
	if c.addr, c.user = words[first], words[first+2]; first == 1 {
		if c.vhost = words[0]; !virtual(c.vhost) {
			return nil, false
		}
	}
	return b[n+len(" ["):], true
}

// virtual says whether b can be the name of a virtual host. A single word is as
// often that of a container, and a time is what a tool put before the line.
func virtual(b []byte) bool {
	_, _, stamp := lex.RFC3339(b)
	return !stamp && bytes.ContainsAny(b, ".:") && !bytes.ContainsAny(b, `"'[]{}(),;=|/`)
}

// address says whether b has the letters of an IP address, and a separator.
func address(b []byte) bool {
	for _, x := range b {
		if !digit(x) && x != '.' && x != ':' && (x|0x20)-'a' > 'f'-'a' {
			return false
		}
	}
	return len(b) >= len("::1") && bytes.ContainsAny(b, ".:")
}

// answer reads from behind the quote that opens the request.
func (c *clf) answer(b []byte) shape {
	end := closing(b)
	if end < 0 {
		return cut
	}
	c.request = b[:end]
	var ok bool
	c.code, c.rest = word(b[end+len(`" `):])
	if c.status, ok = status(c.code); !ok {
		return cut
	}
	c.size, c.rest = word(c.rest)
	if _, ok = number(c.size); !ok && len(given(c.size)) > 0 {
		return other
	}
	return whole
}

// closing finds the quote that ends a request: a status follows it. The logs
// that do not escape a quote have no space in a path.
func closing(b []byte) int {
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		if i+2 < len(b) && b[i+1] == ' ' && (digit(b[i+2]) || b[i+2] == '-') {
			return i
		}
	}
}

// quoted reads a string in quotes and the space after it. Whoever wrote it
// escaped the quotes inside; b has a quote at its beginning or the string has
// none.
func quoted(b []byte) (text, rest []byte) {
	if len(b) == 0 || b[0] != '"' {
		return word(b)
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '\\':
			i++
		case b[i] == '"' && (i+1 == len(b) || b[i+1] == ' '):
			return b[1:i], b[min(i+2, len(b)):]
		}
	}
	return b[1:], nil // cut off
}

// quotedBack reads the string that b ends with, in quotes or a single word, and
// gives what stands before the space in front of it.
func quotedBack(b []byte) (text, before []byte, ok bool) {
	n := len(b)
	if n == 0 {
		return nil, nil, false
	}
	i := 0
	if b[n-1] == '"' {
		i = bytes.LastIndexByte(b[:n-1], '"')
		if i < 0 {
			return nil, nil, false
		}
		text = b[i+1 : n-1]
	} else {
		i = bytes.LastIndexByte(b, ' ') + 1
		text = b[i:]
	}
	if i == 0 {
		return text, nil, len(text) > 0
	}
	return text, b[:i-1], b[i-1] == ' '
}

// request takes a request line apart. Its path may hold spaces.
func request(r []byte) (method, path, protocol []byte) {
	method, path = word(r)
	if i := bytes.LastIndexByte(path, ' '); i >= 0 {
		path, protocol = path[:i], path[i+1:]
	}
	return method, path, protocol
}

const stampWidth = len("02/Jan/2006:15:04:05 -0700")

// stampCLF reads "02/Jan/2006:15:04:05 -0700", or what others write in its place: a day of
// one digit, no zone, and Python's http.server and Werkzeug a space before the time of day.
func stampCLF(b []byte) (s lex.Stamp, n int, ok bool) {
	if len(b) < len("2/Jan/2006:15:04:05") {
		return s, 0, false
	}
	var room [stampWidth]byte
	short := 0
	if b[1] == '/' {
		room[0], short = '0', 1
	}
	n = short + copy(room[short:], b)
	if room[11] == ' ' {
		room[11] = ':'
	}
	s, n, ok = stampHAProxy(room[:n])
	return s, n - short, ok && s.Width == lex.Second && (s.Zoned || n == stampWidth-len(" -0700"))
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// month gives 1 … 12 for an English three-letter month, 0 otherwise.
func month(b []byte) int {
	for i := 0; i < len(months); i += 3 {
		if string(b[:3]) == months[i:i+3] {
			return i/3 + 1
		}
	}
	return 0
}

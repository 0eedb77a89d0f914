package redact

import (
	"bytes"
	"strconv"
	"strings"
)

// numberKeys end keys whose value is a number that somebody can be found by.
var numberKeys = set(`phone phone_number tel telephone mobile mobile_number msisdn fax cell iban bic ssn tax_id vat_id pan card card_number cardnumber credit_card
	account_number account_no account_id accountnumber accountid customer_id customer_no customer_number customerid user_id userid member_id patient_id
	serialnumber serial_number serial employee_id tenant_id merchant_id subscriber_id client_id contract_number policy_number imei imsi iccid`)

// addressKeys end keys whose value may be an address in one number.
var addressKeys = set("ip ips addr address ipaddr ip_address host peer client remote_addr src dst source destination")

// endsIn says whether the last words of a key are in a set.
func endsIn(words []string, of map[string]bool) bool {
	for from := max(len(words)-2, 0); from < len(words); from++ {
		if of[strings.Join(words[from:], "_")] {
			return true
		}
	}
	return false
}

// leastFigures is how many figures a number has at least that tells one of many.
const leastFigures = 5

// numberAfter is where a number begins and ends that stands behind a separator, with
// what people put between figures.
func numberAfter(b []byte, i int) (from, to int) {
	from = opened(b, i)
	figures := 0
	for at := from; at < len(b) && at-from < 40; at++ {
		switch c := b[at]; {
		case figure(c):
			figures++
			to = at + 1
		case strings.IndexByte("+()-/. ", c) >= 0 && at > from || c == '+' || c == '(' || at-from < 4 && c >= 'A' && c <= 'Z':
			// a country, an area, an IBAN's letters
		default:
			if at > from && b[at-1] == ' ' && to > from {
				at = len(b) // the next word
				break
			}
			if wordByte(c) || c == '_' || c == ':' || c == '%' {
				return from, from // part of something else
			}
			at = len(b)
		}
	}
	if figures < leastFigures {
		return from, from
	}
	return from, to
}

// otherNumber gives a number of the same form whose figures are others, by the key.
func (r *Redactor) otherNumber(b []byte) []byte {
	s := string(b)
	if r.taken[s] || s == "" {
		return b
	}
	d := r.digest("number "+s, 0)
	out := bytes.Clone(b)
	for i, first := 0, true; i < len(out); i++ {
		if figure(out[i]) {
			other := d[i%len(d)] % 10
			if first && other == 0 {
				other = 1
			}
			out[i], first = '0'+other, false
		}
	}
	r.taken[string(out)] = true
	return out
}

// addressAfter finds an IPv4 address in one number, as inet_aton reads it: decimal
// or hexadecimal.
func (r *Redactor) addressAfter(b []byte, i int) (from, to int, put []byte) {
	const least, most = 8, 10 // figures
	from = i
	if bytes.HasPrefix(b[:i], []byte("//")) || i < len(b) && !figure(b[i]) {
		from = opened(b, i)
	}
	to = from
	if from >= len(b) || !figure(b[from]) {
		return from, from, nil
	}
	for to < len(b) && (wordByte(b[to]) || b[to] == '_') {
		to++
	}
	text, base := string(b[from:to]), 10
	if rest, ok := strings.CutPrefix(lower(text), "0x"); ok {
		text, base = rest, 16
	}
	n, err := strconv.ParseUint(text, base, 32)
	if err != nil || len(text) < least || len(text) > most || n>>24 == 0 || n>>24 == 127 || to < len(b) && b[to] == '.' {
		return from, from, nil
	}
	ip := [4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return from, to, []byte(r.unless(IPv4, []byte(dotted(ip, "."))))
}

// padded reads an IPv4 address whose parts are octal, hexadecimal or filled up with
// zeros: "0300.0250.1.1", "0xc0.0xa8.0x1.0x1", "010.001.002.003".
func padded(b []byte, i int) (int, Class, bool) {
	if b[i] != '0' || i > 0 && b[i-1] == '.' {
		return 0, IPv4, false
	}
	n := i
	for part := range 4 {
		from := n
		for n < len(b) && (wordByte(b[n]) && b[n] < 0x80) {
			n++
		}
		v, err := strconv.ParseUint(string(b[from:n]), 0, 16)
		if err != nil {
			v, err = strconv.ParseUint(string(b[from:n]), 10, 16)
		}
		if err != nil || v > 255 || n-from < 2 && part == 0 || part < 3 && (n >= len(b) || b[n] != '.') {
			return 0, IPv4, false
		}
		n++
	}
	return n - 1 - i, IPv4, ended(b, n-1, ".")
}

// nibbles is an IPv6 address turned around, as the DNS has it (RFC 3596 §2.5).
func nibbles(b []byte, i int) (int, Class, bool) {
	const least = 8
	n := 0
	for i+2*n+1 < len(b) && hexByte(b[i+2*n]) && b[i+2*n+1] == '.' {
		n++
	}
	return max(2*n-1, 0), IPv6, n >= least && bytes.HasPrefix(b[i+2*n:], []byte("ip6.arpa"))
}

// nodeOfAddress is the length of a name at the beginning of b that ends with a private
// address, as nodes of clouds have it: "node-10-0-1-17" (RFC 1918, RFC 6598).
func nodeOfAddress(b []byte) int {
	const parts = 4
	end := endOf(b, 0, dnsByte)
	if bytes.Count(b[:end], []byte("-")) < parts || !ended(b, end, "") {
		return 0
	}
	at := end
	for range parts {
		at = bytes.LastIndexByte(b[:at], '-')
	}
	ip, n, ok := octets(b[at+1:], '-')
	private := ip[0] == 10 || ip[0] == 192 && ip[1] == 168 || ip[0] == 172 && ip[1]&0xf0 == 16 || ip[0] == 100 && ip[1]&0xc0 == 64
	if !ok || !private || at+1+n != end {
		return 0
	}
	return end
}

// inBytes reads an address as Go prints its bytes, "[10 0 0 7]", four or, of a mapped one,
// sixteen, behind the bracket. Of other lists of numbers it tells them by how they begin.
func (r *Redactor) inBytes(b []byte, i int) (n int, p string) {
	const four, sixteen = 4, 16
	if i == 0 || b[i-1] != '[' || !figure(b[i]) {
		return 0, ""
	}
	end := bytes.IndexByte(b[i:], ']')
	if end < 0 || end > sixteen*len("255, ") {
		return 0, ""
	}
	text := string(b[i : i+end])
	list := strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == ',' })
	from := len(list) - four
	if from != 0 && (from != sixteen-four || strings.Join(list[:from], " ") != "0 0 0 0 0 0 0 0 0 0 255 255") || !firstOfPrivate[list[from]] {
		return 0, ""
	}
	address := strings.Join(list[from:], ".")
	ip, w, ok := octets([]byte(address), '.')
	if !ok || w != len(address) {
		return 0, ""
	}
	gap := " "
	if strings.Contains(text, ",") {
		gap = strings.TrimRight(text[len(list[0]):len(list[0])+2], "0123456789")
	}
	if r.taken[address] {
		return end, ""
	}
	q, _, _ := octets([]byte(r.replace(IPv4, dotted(ip, "."))), '.')
	return end, strings.Join(append(list[:from:from], dotted(q, gap)), gap)
}

// firstOfPrivate begin the networks that clusters use (RFC 1918, RFC 6598).
var firstOfPrivate = set("10 100 172 192")

// numberInPath is where a number begins and ends that is a segment of a path behind the
// slash at i and names somebody: behind one of [ofPeople], "projects/123456", or a queue's
// owner, "amazonaws.com/123456789012/NAME".
func numberInPath(b []byte, i int) (from, to int) {
	from, to = i+1, endOf(b, i+1, figure)
	if to-from < leastFigures || to < len(b) && (wordByte(b[to]) || b[to] == '.' || b[to] == '-' || b[to] == '_') {
		return from, from
	}
	before := startOf(b, i, nameByte)
	if s := lower(string(b[before:i])); !ofPeople[s] && !strings.HasSuffix(s, ".amazonaws.com") {
		return from, from
	}
	return from, to
}

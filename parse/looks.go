package parse

import (
	"bytes"
	"unicode/utf8"
)

// Looks begins the problem of a source of which nothing was recognised: what
// it looks like, for people.
const Looks = "looks like "

// magics are the first bytes of files that are no text, from their formats'
// specifications, as file(1) 5.45 knows them.
var magics = []struct{ head, what string }{
	{"\x89PNG\r\n\x1a\n", "a picture (PNG)"},
	{"\xff\xd8\xff", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"\x7fELF", "a program (ELF)"},
	{"MZ", "a program (Windows)"},
	{"\xcf\xfa\xed\xfe", "a program (Mach-O)"},
	{"%PDF-", "a PDF"},
	{"PAR1", "a Parquet table"},
	{"SQLite format 3\x00", "a database (SQLite)"},
	{"\xd4\xc3\xb2\xa1", "a packet capture (pcap)"},
	{"\xa1\xb2\xc3\xd4", "a packet capture (pcap)"},
	{"\x0a\x0d\x0d\x0a", "a packet capture (pcapng)"},
	{"\xd0\xcf\x11\xe0", "an office document"},
}

// looksLike says what the head of a source that nobody recognised is, as far as
// that can be told; "" where all of it is blank.
func looksLike(head []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.head)) {
			return m.what
		}
	}
	text := bytes.TrimSpace(head)
	lower := bytes.ToLower(text[:min(len(text), 64)])
	switch {
	case len(text) == 0:
		return ""
	case bytes.IndexByte(head, 0) >= 0 || !mostlyText(head):
		return "binary data"
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return "a page of HTML"
	case bytes.HasPrefix(lower, []byte("-----begin certificate")):
		return "a certificate"
	case bytes.HasPrefix(lower, []byte("<?xml")), text[0] == '<' && len(text) > 1 && (isAlpha(text[1]) || text[1] == '!'):
		return "XML"
	case text[0] == '{' || text[0] == '[' && len(text) > 1 && (text[1] == '{' || text[1] == '\n' || text[1] == '"'):
		return "JSON"
	case bytes.HasPrefix(text, []byte("---")), bytes.HasPrefix(lower, []byte("apiversion:")):
		return "YAML"
	}
	return "text"
}

// isAlpha says whether a byte is a letter, with which the name of a tag begins; a
// priority of syslog's, "<131>", has none.
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// mostlyText says whether nearly all of a head is printable UTF-8.
func mostlyText(head []byte) bool {
	bad, n := 0, 0
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 && len(head) >= utf8.UTFMax || r < 0x20 && r != '\n' && r != '\r' && r != '\t' && r != 0x1b {
			bad++
		}
		n++
		head = head[size:]
	}
	return bad*20 <= n
}

package ingress

import (
	"strings"
)

// definition is the format in a text that may have its directive before it:
//
//	log_format main escape=json '$remote_addr …' '…';
//	LogFormat "%h %l %u %t \"%r\" %>s %b" common
//	log-format "%ci:%cp [%tr] …"
//	accessLogFormat: '[%START_TIME%] …'
func definition(text string) string {
	rest := text
	switch {
	case strings.HasPrefix(text, "log_format"):
		rest = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text[len("log_format"):]), ";"))
		for rest != "" && strings.IndexByte(`'"$[{`, rest[0]) < 0 { // the name, and escape=
			i := strings.IndexAny(rest, " \t\n")
			if i < 0 {
				return rest
			}
			rest = strings.TrimSpace(rest[i:])
		}
	default:
		for _, d := range directives {
			if after, ok := strings.CutPrefix(text, d); ok && after != "" && strings.ContainsAny(after[:1], " \t:=\"'") {
				rest = strings.TrimSpace(strings.TrimLeft(after, ":= \t"))
				break
			}
		}
	}
	if joined, ok := quotedStrings(rest); ok {
		return joined
	}
	return rest
}

// quotedStrings joins strings in quotes that stand one after the other, as nginx
// takes them; what stands behind them is a name.
func quotedStrings(text string) (joined string, ok bool) {
	var b strings.Builder
	for text != "" && (text[0] == '\'' || text[0] == '"') {
		quote := text[0]
		i := 1
		for i < len(text) && text[i] != quote {
			if text[i] == '\\' && i+1 < len(text) && (text[i+1] == quote || text[i+1] == '\\') {
				i++
			}
			b.WriteByte(text[i])
			i++
		}
		if i >= len(text) {
			return "", false
		}
		text = strings.TrimSpace(text[i+1:])
		ok = true
	}
	return b.String(), ok && !strings.ContainsAny(text, " \t\n")
}

// directives are what stands before a format in configurations, the longest of
// those that begin alike first.
var directives = []string{
	"log-format-upstream", "http-log-format", "tcp-log-format", "httpLogFormat", "access_log_format", "accessLogFormat", "log-format", "LogFormat",
	"text_format", "inline_string", "inlineString", "ROUTER_SYSLOG_FORMAT", "json_format",
}

// Definitions finds the access log formats in a configuration: nginx.conf, a
// ConfigMap, a mesh's or a gateway's settings, haproxy.cfg, httpd.conf. Those
// that do not compile are left out.
func Definitions(config string) (out []string) {
	out = definitions(config)
	if c := strings.TrimSpace(config); strings.HasPrefix(c, "{") && strings.Contains(c, `\n`) { // a file within JSON
		out = append(out, definitions(strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\t`, "\t", `\\`, `\`).Replace(c))...)
	}
	return out
}

func definitions(config string) (out []string) {
	for at := 0; at < len(config); {
		end := strings.IndexByte(config[at:], '\n')
		if end < 0 {
			end = len(config) - at
		}
		line := strings.TrimLeft(config[at:at+end], " \t-\"")
		indent := end - len(strings.TrimLeft(config[at:at+end], " \t"))
		next := min(at+end+1, len(config))
		if text := found(line, config[next:], indent); text != "" {
			if _, err := Compile(text); err == nil {
				out = append(out, text)
			}
		}
		at = next
	}
	return out
}

// maxDefinition is the longest definition that is looked at, in bytes.
const maxDefinition = 16 << 10

// found is the definition that begins on a line, "" for none; more is what
// stands behind the line.
func found(line, more string, indent int) string {
	if strings.HasPrefix(line, "log_format ") || strings.HasPrefix(line, "log_format\t") {
		all := line + "\n" + more[:min(len(more), maxDefinition)]
		if i := statement(all); i > 0 {
			return all[:i]
		}
		return ""
	}
	for _, d := range directives {
		after, ok := strings.CutPrefix(line, d)
		if !ok || after == "" {
			continue
		}
		after = strings.TrimPrefix(after, `"`) // a key of JSON
		value := strings.TrimSpace(strings.TrimLeft(after, ":= \t"))
		switch {
		case value == "" || value[0] == '|' || value[0] == '>':
			return block(more, indent)
		case value[0] == '"' && strings.HasSuffix(strings.TrimSuffix(value, ","), `"`):
			return unescaped(strings.TrimSuffix(value, ","))
		}
		return value
	}
	return ""
}

// statement is the length of a statement of nginx: to the semicolon that is not
// in quotes.
func statement(text string) int {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote != 0 && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && c == ';':
			return i + 1
		}
	}
	return 0
}

// block joins the lines that are further in than the key: YAML's block of text,
// or the members of a json_format.
func block(more string, indent int) string {
	var lines []string
	for line := range strings.Lines(more[:min(len(more), maxDefinition)]) {
		bare := strings.TrimSpace(line)
		if bare != "" && len(line)-len(strings.TrimLeft(line, " \t")) <= indent {
			break
		}
		if bare != "" {
			lines = append(lines, bare)
		}
	}
	if len(lines) > 0 && !strings.HasPrefix(lines[0], "{") && strings.Contains(lines[0], `: "%`) {
		return yamlMembers(lines)
	}
	return strings.Join(lines, "")
}

// yamlMembers writes YAML's `key: "%COMMAND%"` as an object.
func yamlMembers(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		key, value, ok := strings.Cut(l, ": ")
		if !ok {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(",")
		}
		b.WriteString(`"` + strings.Trim(key, `"'`) + `":"` + strings.Trim(value, `"'`) + `"`)
	}
	return "{" + b.String() + "}"
}

// unescaped undoes the escapes of a string in double quotes, of YAML or JSON.
func unescaped(s string) string {
	if len(s) < 2 {
		return s
	}
	return string(text([]byte(s)))
}

package record

import "bytes"

// meaning is what a key of a record stands for.
type meaning uint8

const (
	nothing meaning = iota
	text
	when
	pod
	namespace
	container
	node
	stream
	mark     // CRI's P or F
	unended  // says that the text is a part of one
	ended    // says that the part is the last
	level    // what programs print of themselves, and collectors do not
	origin   // the path of the file that the line was read from, or a tag made of it
	labels   // a set of labels as one string
	envelope // an object with the record in it
	payload  // an object that is the record itself, or holds its text
	owner    // an object that says whose line it is
)

// key is a name, folded, and what it means; of those with one meaning the one
// with the lowest rank is believed.
type key struct {
	is   meaning
	rank uint8
}

// keys are the names under which collectors, log stores and consoles file a
// line, folded as [fold] does it. Sources: docker's json-file; Fluentd and
// Fluent Bit (kubernetes filter; in_tail); Vector (kubernetes_logs source);
// Filebeat and ECS; OpenTelemetry (logs data model, semantic conventions for
// k8s and log); Cloud Logging (LogEntry); systemd (journal fields); CloudWatch
// Logs and Insights; Azure Monitor (ContainerLog, ContainerLogV2); Loki,
// logcli and Grafana; Splunk; Datadog; VictoriaLogs; GELF; stern.
var keys = map[string]key{
	"log": {text, 0}, "message": {text, 1}, "msg": {text, 5}, "line": {text, 2}, "textpayload": {text, 0}, "raw": {text, 1},
	"body": {text, 2}, "logmessage": {text, 1}, "logentry": {text, 1}, "logline": {text, 1}, "containerlog": {text, 0}, "content": {text, 4},
	"eventoriginal": {text, 0}, "logoriginal": {text, 0}, "original": {text, 6}, "fullmessage": {text, 0}, "shortmessage": {text, 3},
	"rawlog": {text, 1}, "rawmessage": {text, 1}, "text": {text, 4}, "logs": {text, 5}, "logtext": {text, 1}, "event": {text, 6}, "entry": {text, 5},

	"time": {when, 0}, "timestamp": {when, 1}, "ts": {when, 2}, "date": {when, 4}, "datetime": {when, 3}, "timegenerated": {when, 2},
	"realtimetimestamp": {when, 2}, "sourcerealtimetimestamp": {when, 1}, "timeunixnano": {when, 0}, "observedtimeunixnano": {when, 6},
	"tsns": {when, 0}, "eventtime": {when, 3}, "timeofcommand": {when, 5}, "syslogtimestamp": {when, 5}, "logtime": {when, 3}, "timens": {when, 0},
	"isotimestamp": {when, 3}, "lastseen": {when, 4}, "logtimestamp": {when, 3}, "containertimestamp": {when, 1},

	"podname": {pod, 0}, "pod": {pod, 1}, "kubepodname": {pod, 0},
	"namespacename": {namespace, 0}, "namespace": {namespace, 1}, "podnamespace": {namespace, 0}, "kubenamespace": {namespace, 0}, "kubernetesnamespace": {namespace, 0},
	"containername": {container, 0}, "container": {container, 1}, "kubecontainername": {container, 0},
	"nodename": {node, 0}, "node": {node, 1}, "host": {node, 2}, "kuberneteshost": {node, 0},
	"stream": {stream, 0}, "iostream": {stream, 0}, "logiostream": {stream, 0}, "logsource": {stream, 1}, "source": {origin, 3},
	"p": {mark, 0}, "logtag": {mark, 0}, "partial": {unended, 0}, "partialmessage": {unended, 0}, "containerpartialmessage": {unended, 0}, "partiallast": {ended, 0},
	"level": {level, 0}, "severity": {level, 0}, "lvl": {level, 0}, "levelname": {level, 0}, "loglevel": {level, 0},

	"logstream": {origin, 1}, "tag": {origin, 2}, "file": {origin, 1}, "filename": {origin, 1}, "path": {origin, 2}, "filepath": {origin, 0},
	"logfilepath": {origin, 0}, "logfilename": {origin, 2}, "logstreamname": {origin, 1},
	"labels": {labels, 1}, "streamlabels": {labels, 1}, "tags": {labels, 2}, "ddtags": {labels, 2},

	"result": {envelope, 0}, "attributes": {envelope, 0}, "jsonpayload": {payload, 0}, "json": {payload, 1}, "structured": {payload, 1}, "object": {payload, 2},
	"kubernetes": {owner, 0}, "k8s": {owner, 0}, "resource": {owner, 0}, "fields": {owner, 0}, "resourceattributes": {owner, 0},
	"metadata": {owner, 0}, "kubernetesmetadata": {owner, 0}, "structuredmetadata": {owner, 0}, "resources": {owner, 0},
	"resourcesstring": {owner, 0}, "attributesstring": {owner, 0},
}

// scopes are objects within which a name means what it means alone, folded.
var scopes = []string{"kubernetes", "k8s", "resource", "labels", "fields", "attributes", "source", "result", "jsonpayload", "data", "resources", "properties", "custom"}

// fold is a key in lower case without what is not a letter or a digit, so that
// pod_name, podName and @pod.name are one; nil for what is too long to be known.
func fold(k []byte, room *[40]byte) []byte {
	out := room[:0]
	for _, c := range k {
		switch {
		case c-'A' < 26:
			c |= 0x20
		case c-'a' < 26 || c-'0' <= 9:
		case c == ' ' && bytes.HasSuffix(k, []byte("[UTC]")):
			return out // "TimeGenerated [UTC]" of Azure's exports
		default:
			continue
		}
		if len(out) == cap(out) {
			return nil
		}
		out = append(out, c)
	}
	return out
}

// names finds a folded name among few, at a fraction of what a map takes: most
// names of a program's own are none of them.
type names [namesSize]struct {
	name string
	key
}

// namesSize is several times the number of names.
const namesSize = 1024

func newNames(of map[string]key) *names {
	t := &names{}
	for name, k := range of {
		at := placeOf([]byte(name))
		for t[at].name != "" {
			at = (at + 1) % namesSize
		}
		t[at].name, t[at].key = name, k
	}
	return t
}

// placeOf is where a name is looked for first.
func placeOf(name []byte) uint {
	n := uint(len(name))
	return (n + uint(name[0])*37 + uint(name[n/2])*131 + uint(name[n-1])*293) % namesSize
}

func (t *names) find(name []byte) (k key, ok bool) {
	if len(name) == 0 {
		return k, false
	}
	for at := placeOf(name); t[at].name != ""; at = (at + 1) % namesSize {
		if t[at].name == string(name) {
			return t[at].key, true
		}
	}
	return k, false
}

var keyTable = newNames(keys)

// scopesBy are the scopes by their first letter.
var scopesBy = func() (out ['z' + 1][]string) {
	for _, s := range scopes {
		out[s[0]] = append(out[s[0]], s)
	}
	return out
}()

// known says what a key means, also behind the name of a scope, as in
// kubernetes.pod_name and resource.labels.namespace_name.
func known(k []byte) key {
	var room [40]byte
	return knownAs(k, fold(k, &room))
}

// knownAs is [known] of a key that was folded.
func knownAs(k, f []byte) key {
	if bytes.IndexByte(k, '/') >= 0 || string(k) == "@log" { // a label of a user's; the name of a log group of CloudWatch
		return key{}
	}
	if string(k) == "_HOSTNAME" {
		return key{node, 0}
	}
	for range 3 {
		if m, ok := keyTable.find(f); ok {
			return m
		}
		if f = scoped(f); f == nil {
			break
		}
	}
	return key{}
}

// scoped is what stands behind the name of a scope, nil where none stands there.
func scoped(f []byte) []byte {
	if len(f) == 0 {
		return nil
	}
	for _, s := range scopesBy[f[0]] {
		if rest, ok := bytes.CutPrefix(f, []byte(s)); ok && len(rest) > 0 {
			return rest
		}
	}
	return nil
}

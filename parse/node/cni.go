package node

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
)

// CNI is the log of the script that installs the linkerd CNI plugin on a node.
// Without the plugin the pods of that node start without their redirect.
var CNI = &parse.Format{
	Name: "cni-install",
	Doc: `log of the script that installs the linkerd CNI plugin on a node: what it could not do. Its times are in the zone of its container, read as UTC unless a stamp before them tells it.
[2024-03-01 13:00:01] /host/opt/cni/bin is non-writeable, failure`,
	Origin: "linkerd-cni since 2.12 (linkerd2-proxy-init cni-plugin/deployment/scripts/install-cni.sh)",
	Role:   parse.RoleProcess, Lane: parse.LaneKubelet, Grain: parse.GrainSecond,
	Needles: []string{"is non-writeable, failure", "Failed to copy /opt/cni/bin", "Failed to mv files.", "ERROR caught, exiting..."},
	Hints:   []string{"Wrote linkerd CNI binaries to ", "Created CNI config "},
	Line:    cniLine,
	Detail: func(text []byte, d *parse.Detail) {
		if _, n, ok := cniHead(text); ok {
			d.RawTime, d.Message = string(text[1:n-2]), string(text[n:])
		}
	},
}

// cniSaid are the script's messages by how they begin, or, behind a path, by how they
// end; those that failed are events.
var cniSaid = []struct {
	begin, end string
	failed     bool
}{
	{"/", " is non-writeable, failure", true},
	{"Failed to copy ", ".", true},
	{"Failed to mv files.", "", true},
	{"ERROR caught, exiting...", "", true},
	{"KUBERNETES_SERVICE_", " not set", true},
	{"Wrote linkerd CNI binaries to ", "", false}, {"Installing CNI configuration for ", "", false}, {"Using CNI config template from ", "", false},
	{"CNI config: ", "", false}, {"Created CNI config ", "", false}, {"Detected event: ", "", false}, {"Ignoring event: ", "", false},
	{"New/changed file [", "", false}, {"New file [", "", false}, {"Detected change in service account files", "", false}, {"Detected creation of file in ", "", false},
	{"Trigger CNI config detection for ", "", false}, {"No active CNI configuration file", "", false}, {"Renaming /", " extension to .conflist", false},
	{"Removing linkerd-cni ", "", false}, {"Removing unwanted .conf file", "", false}, {"Sending SIGKILL to inotifywait ", "", false},
	{"SIGINT received, simply exiting", "", false}, {"SIGTERM received, simply exiting", "", false}, {"SIGHUP received, simply exiting", "", false}, {"Exiting.", "", false},
	{"CNI configuration file not found", "", false},
}

// cniHead reads "[2024-03-01 13:00:01] ".
func cniHead(text []byte) (s lex.Stamp, n int, ok bool) {
	const form = "[2024-03-01 13:00:01] "
	if len(text) <= len(form) || text[0] != '[' || string(text[len(form)-2:len(form)]) != "] " {
		return s, 0, false
	}
	s, w, ok := lex.RFC3339(text[1 : len(form)-2])
	return s, len(form), ok && w == len(form)-3
}

func cniLine(l *parse.Line, b *parse.Batch) parse.Verdict {
	s, n, ok := cniHead(l.Text)
	if !ok {
		return parse.NotMine
	}
	words := bytes.TrimRight(l.Text[n:], " ")
	for _, said := range cniSaid {
		if !bytes.HasPrefix(words, []byte(said.begin)) || !bytes.HasSuffix(words, []byte(said.end)) {
			continue
		}
		if l.AtPrefix(); l.Clock == parse.ClockNone {
			l.AtPrinted(s)
		}
		if !said.failed {
			return parse.Other
		}
		b.Add(parse.Event{Kind: parse.CheckFailed, Severity: parse.Error, Target: b.Names.AddString("linkerd-cni"), Fact: b.Names.Add(words)})
		return parse.Took
	}
	return parse.NotMine
}

package alert

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shape is a rule file as far as it takes to find lines: rulefmt keeps them to
// itself.
type shape struct {
	Kind   string      `yaml:"kind"`
	Groups []groupLine `yaml:"groups"`
	Spec   yaml.Node   `yaml:"spec"`
	Items  []yaml.Node `yaml:"items"`
}

type groupLine struct {
	Rules []yaml.Node `yaml:"rules"`
}

// document is one rule file within a file: its text stands in the lines that it
// has in the file, so that what is said of it names these.
type document struct {
	text   []byte
	groups []groupLine
}

// documents finds the rule files in a file: itself, each PrometheusRule of
// Prometheus's operator in it, and those in a list as kubectl prints it.
func documents(content []byte) (out []document, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(content))
	others := ""
	for {
		var n yaml.Node
		if err := dec.Decode(&n); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		of, kind, err := rulesIn(&n, content)
		if err != nil {
			return nil, err
		}
		if out = append(out, of...); kind != "" {
			others = kind
		}
	}
	if len(out) == 0 && others != "" {
		return nil, fmt.Errorf("not a rule file: of kind %s, which holds no rules", others)
	}
	if len(out) == 0 { // so that rulefmt says what is wrong
		out = append(out, document{text: content})
	}
	return out, nil
}

// rulesIn are the rule files in one object; kind is what it is where it is none.
func rulesIn(n *yaml.Node, content []byte) (out []document, kind string, err error) {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	var s shape
	if err := n.Decode(&s); err != nil {
		return nil, "", err
	}
	switch {
	case s.Kind == "PrometheusRule" && s.Spec.Kind != 0:
		n = &s.Spec
		var inner shape
		if err := n.Decode(&inner); err != nil {
			return nil, "", err
		}
		s.Groups = inner.Groups
	case strings.HasSuffix(s.Kind, "List"):
		for i := range s.Items {
			of, _, err := rulesIn(&s.Items[i], content)
			if err != nil {
				return nil, "", err
			}
			out = append(out, of...)
		}
		return out, s.Kind, nil
	case s.Kind != "":
		return nil, s.Kind, nil
	}
	text, err := inPlace(n, content)
	return []document{{text, s.Groups}}, "", err
}

// foreign is a field that Thanos and the operator have in a group, and Prometheus
// has not: it says what to do when a store does not answer.
var foreign = regexp.MustCompile(`^\s*partial_response_strategy:\s*["']?\w*["']?\s*(#.*)?$`)

// inPlace is the text of a value as a file of its own, each line where it stands:
// what is not of it is empty.
func inPlace(n *yaml.Node, content []byte) ([]byte, error) {
	if n.Style&yaml.FlowStyle != 0 || n.Kind != yaml.MappingNode {
		if n.Column == 1 {
			return content, nil
		}
		return yaml.Marshal(n)
	}
	indent := n.Column - 1
	lines := strings.Split(string(content), "\n")
	inside := false
	for i, line := range lines {
		bare := strings.TrimSpace(line)
		depth := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case i+1 == n.Line:
			inside = true
			lines[i] = line[min(indent, len(line)):] // "- groups:" of a list begins behind its dash
		case !inside || foreign.MatchString(line):
			lines[i] = ""
		case bare == "" || strings.HasPrefix(bare, "#"):
		case depth < indent || bare == "---" || bare == "...":
			inside = false
			lines[i] = ""
		default:
			lines[i] = line[indent:]
		}
	}
	return []byte(strings.Join(lines, "\n")), nil
}

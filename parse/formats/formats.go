// Package formats is the explicit list of what can be read. Adding a format
// is a folder beside this one and a line here.
package formats

import (
	"slices"
	"strings"
	"sync"

	"faultline/parse"
	"faultline/parse/app"
	"faultline/parse/check"
	"faultline/parse/controller"
	"faultline/parse/extra"
	"faultline/parse/given"
	"faultline/parse/ingress"
	"faultline/parse/kubelet"
	"faultline/parse/node"
	"faultline/parse/prom"
	"faultline/parse/proxy"
	"faultline/parse/record"
	"faultline/parse/wrap"
)

// All are the known formats, in the order in which a line is shown to them
// when nothing speaks for one.
func All() []*parse.Format {
	return slices.Concat(
		[]*parse.Format{proxy.Format, proxy.Policy, proxy.Validator, proxy.Response},
		kubelet.Formats(), // before the controllers': the kubelet's log is klog too
		ingress.Formats(), // and Traefik writes JSON through logrus
		[]*parse.Format{app.Server, controller.Format, check.Format, check.Tap, check.Tables, node.Format, node.CNI},
		prom.Formats(),
		[]*parse.Format{given.Format, given.Taken},
		extra.Formats(),
		[]*parse.Format{app.Format},
	)
}

// Wrappers are the known line prefixes, and the records that lines stand in.
func Wrappers() []*parse.Wrapper { return append(wrap.All(), record.All()...) }

// byName is made once: names are asked for at every stream.
var byName = sync.OnceValue(func() map[string]*parse.Format {
	out := map[string]*parse.Format{}
	for _, f := range All() {
		out[f.Name] = f
	}
	return out
})

// ByName finds a format, nil when there is none of that name.
func ByName(name string) *parse.Format { return byName()[name] }

// Of is what is known of the format of a stream or a source. A name that no
// format has, as a newer release may have written into a case file, gives a
// format with no role: nothing is concluded from its lines.
func Of(name string) *parse.Format {
	if f := ByName(name); f != nil {
		return f
	}
	return &parse.Format{Name: name, Lane: parse.LaneOther}
}

// Laid makes formats of an access log's layouts, as they stand in the
// configuration of nginx, Apache, Envoy, HAProxy or Caddy. They are for
// [parse.Input.Laid]. It is an error if one cannot be compiled.
func Laid(texts ...string) ([]*parse.Format, error) {
	var layouts []*ingress.Layout
	for _, text := range texts {
		l, err := ingress.Compile(text)
		if err != nil {
			return nil, err
		}
		layouts = append(layouts, l)
	}
	return ingress.Laid(layouts), nil
}

// laid remembers what was made of the layouts of sources, which are compiled
// again for each line that is shown.
var laid sync.Map

// Shown is the format that shows the lines of a source's stream: the one of that
// name, or the one that was made of the source's layout.
func Shown(s *parse.Source, name string) *parse.Format {
	if s.Layout == "" {
		return ByName(name)
	}
	made, ok := laid.Load(s.Layout)
	if !ok {
		list, err := Laid(strings.Split(s.Layout, "\n\n")...)
		if err != nil {
			return ByName(name)
		}
		made, _ = laid.LoadOrStore(s.Layout, list)
	}
	for _, f := range made.([]*parse.Format) {
		if f.Name == name {
			return f
		}
	}
	return ByName(name)
}

// Layouts finds access logs' layouts in a configuration, for [Laid].
func Layouts(config string) []string { return ingress.Definitions(config) }

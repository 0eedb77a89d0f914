// Package formats is the explicit list of what can be read. Adding a format
// is a folder beside this one and a line here.
package formats

import (
	"slices"
	"sync"

	"faultline/parse"
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
		[]*parse.Format{proxy.Format, proxy.Policy, proxy.Validator},
		kubelet.Formats(), // before the controllers': the kubelet's log is klog too
		ingress.Formats(), // and Traefik writes JSON through logrus
		[]*parse.Format{controller.Format, check.Format, check.Tap, check.Tables, node.Format},
		prom.Formats(),
		[]*parse.Format{given.Format, given.Taken},
		extra.Formats(),
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

package bundle

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"faultline/docs/page"
	"faultline/parse"
)

// said is an owner as the table of layouts writes it.
func said(o parse.Owner) string {
	s := strings.TrimRight(parse.Subject(o.Namespace, o.Pod, o.Container), "/")
	if o.Node != "" {
		s += "@" + o.Node
	}
	return s
}

// Each row knows its specimen, wherever in a dump it stands, compressed or not,
// and nobody else takes it away.
func TestEachLayoutKnowsItsSpecimen(t *testing.T) {
	for i := range layouts {
		l := &layouts[i]
		if l.Source == "" {
			t.Errorf("%s: no source", l.Pattern)
		}
		for _, path := range []string{l.Specimen, "a/b.tar.gz/" + l.Specimen, l.Specimen + ".gz", "/tmp/Some Folder/" + l.Specimen} {
			o := owner(path)
			if got := said(o); got != l.Owner && !strings.HasPrefix(got, l.Owner+"@") {
				t.Errorf("%s: %s is of %q, want %q", l.Pattern, path, got, l.Owner)
			}
			if o.Bundle == "" || o.Instance != l.Instance {
				t.Errorf("%s: %s is of %q, %q; want %q, %q", l.Pattern, path, o.Bundle, o.Instance, l.Tool, l.Instance)
			}
			if _, ok := matchers()[i].match(strings.TrimSuffix(path, ".gz")); !ok {
				t.Errorf("%s: does not know %s", l.Pattern, path)
			}
		}
	}
}

func TestOwner(t *testing.T) {
	const uid, id = specimenUID, specimenID
	f := func(path, want string, instance parse.Instance, run int) {
		t.Helper()
		o := owner(path)
		if got := said(o); got != want || o.Instance != instance || o.Run != run {
			t.Errorf("%s: %s %q %d, want %s %q %d", path, got, o.Instance, o.Run, want, instance, run)
		}
	}
	f("sos/var/log/pods/linkerd_dest-7d4b9c6f5-x2k7p_"+uid+"/destination/0.log", "linkerd/dest-7d4b9c6f5-x2k7p/destination", 0, 1)
	f("linkerd_dest-1_"+uid+"/linkerd-proxy/12.log.20250217-072641.gz", "linkerd/dest-1/linkerd-proxy", rotated, 13)
	f("x.tar.gz/kube-system_etcd-n1_0123456789abcdef0123456789abcdef/etcd/3.log", "kube-system/etcd-n1/etcd", 0, 4)
	f("n1/pods/kube-system_etcd-n1_0123456789abcdef0123456789abcdef/etcd/3.log", "kube-system/etcd-n1/etcd@n1", 0, 4)
	f("must-gather.local/quay-io/namespaces/linkerd/pods/dest-1/destination/destination/logs/current.log", "linkerd/dest-1/destination", current, 0)
	f("cluster-resources/pods/logs/linkerd/dest-1/linkerd-proxy-previous.log", "linkerd/dest-1/linkerd-proxy", previous, 0)
	f("whatever/web-previous.log", "", previous, 0)
	f("whatever/web.previous.log.gz", "", previous, 0)
	f("whatever/web.log.1", "", rotated, 0)
	f("whatever/web.1.log", "", rotated, 0)
	f("whatever/web-old.log", "", rotated, 0)
	f("whatever/web_terminated.log", "", previous, 0)
	f("kubectl logs web-0 -n shop -p.txt", "", previous, 0)
	f("previous/shop/web.log", "", previous, 0)
	f("shop/logs-previous/web/app.log", "", previous, 0)
	f("prev-orders/web.log", "", 0, 0)
	f("prev-orders-web.log", "", 0, 0)
	f("the-week-before/last100.log", "", 0, 0)
	f("whatever/previously.log", "", 0, 0)

	for _, path := range []string{"", "/", "a.log", "linkerd/dest-1/linkerd-proxy.log", "linkerd_dest-1_notauid/c/0.log", "linkerd_dest-1_" + uid + "/c/x.log",
		"linkerd_dest-1_" + uid + "/c/0.txt", "LINKERD_dest-1_" + uid + "/c/0.log", "linkerd_dest-1_" + uid + "/0.log", "a_b_c-" + id[1:] + ".log", "dest-1_linkerd_" + id + ".log",
		"namespaces/linkerd/pods/dest-1/c/d/logs/current.log", "namespaces/linkerd/pods/dest-1/dest-2.yaml", "namespaces/linkerd/core/pods.yaml",
		"cluster-resources/pods/linkerd.json", "cluster-resources/pods/logs/linkerd/dest-1/x/linkerd-proxy.log", "cluster-resources/pods/logs/linkerd/dest-1/linkerd-proxy-logs-errors.json",
		"my/proxies/shop/web/other.log", "node/kube-system/coredns.log", "istio/old/run/x.log"} {
		if got := said(owner(path)); got != "" {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// The layout is seen on disk and in archives, and reaches the source.
func TestOwnerOfInputs(t *testing.T) {
	const path = "cluster-resources/pods/logs/linkerd/dest-1/linkerd-proxy.log"
	data := lines(1, 3)
	dir := write(t, map[string][]byte{path: data, "x.tar": tarOf(member{name: path, data: data}), path + ".d/x": nil})
	for _, root := range []string{dir, filepath.Join(dir, "x.tar")} {
		in, _ := Inputs([]string{root}, strings.NewReader(""))
		n := 0
		for _, s := range read(t, parse.Options{}, in...).Sources {
			if strings.HasSuffix(s.Path, path) {
				if got := said(s.Owner); got != "linkerd/dest-1/linkerd-proxy" || s.Instance != current || s.Bundle == "" {
					t.Errorf("%s: %s %q %q", s.Path, got, s.Instance, s.Bundle)
				}
				n++
			}
		}
		if n == 0 {
			t.Errorf("%s: not found", root)
		}
	}
}

// docs/formats.md has the table of layouts, as the rows have it: UPDATE=1 writes it.
func TestPageListsEachLayout(t *testing.T) {
	const path, from, to = "../../docs/formats.md", "<!-- layouts: written by UPDATE=1 go test ./parse/bundle -->\n", "<!-- layouts end -->\n"
	var out strings.Builder
	out.WriteString("| tool | path | which run | what writes it |\n| --- | --- | --- | --- |\n")
	for _, l := range Layouts() {
		fmt.Fprintf(&out, "| %s | `%s` | %s | %s |\n", l.Tool, l.Pattern, l.Instance, l.Source)
	}
	page.Holds(t, path, from, to, out.String())
}

// What a layout sets aside is named, and what is in such a file all the same is
// read.
func TestAsides(t *testing.T) {
	data := map[string][]byte{"must-gather.local.1/x/version": []byte("must-gather\n4.16\n"), "docker-info.txt": []byte("Client: 1\n"),
		"logs/n1/serial.log": lines(1, 3), "elsewhere/version": []byte("1.2\n")}
	in, _ := Inputs([]string{write(t, data)}, strings.NewReader(""))
	for _, s := range read(t, parse.Options{}, in...).Sources {
		base := filepath.Base(s.Path)
		switch {
		case base == "serial.log" && s.Format != "proxy", base == "docker-info.txt" && s.Format != "unneeded",
			base == "version" && strings.Contains(s.Path, "must-gather") != (s.Format == "unneeded"), s.Format == "unneeded" && s.Counts.Unparsed > 0:
			t.Errorf("%s is %q: %+v", s.Path, s.Format, s.Problems)
		}
	}
}

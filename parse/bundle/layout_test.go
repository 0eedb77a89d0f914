package bundle

import (
	"path/filepath"
	"strings"
	"testing"

	"faultline/parse"
)

func TestOwner(t *testing.T) {
	const uid, id = "8d5a2f0e-1c9b-4f2e-9c55-0b1f6a0c9d11", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	f := func(path, want string) {
		t.Helper()
		ns, pod, container := owner(path)
		if got := parse.Subject(ns, pod, container); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	f("sos/var/log/pods/linkerd_dest-7d4b9c6f5-x2k7p_"+uid+"/destination/0.log", "linkerd/dest-7d4b9c6f5-x2k7p/destination")
	f("linkerd_dest-1_"+uid+"/linkerd-proxy/12.log.20250217-072641.gz", "linkerd/dest-1/linkerd-proxy")
	f("x.tar.gz/kube-system_etcd-n1_0123456789abcdef0123456789abcdef/etcd/3.log", "kube-system/etcd-n1/etcd")
	f("var/log/containers/dest-1_linkerd_linkerd-proxy-"+id+".log", "linkerd/dest-1/linkerd-proxy")
	f("must-gather.local/quay-io/namespaces/linkerd/pods/dest-1/destination/destination/logs/current.log", "linkerd/dest-1/destination")
	f("namespaces/linkerd/pods/dest-1/c/c/logs/rotated/0.log.20250217-072641.gz", "linkerd/dest-1/c")
	f("namespaces/linkerd/pods/dest-1/c/c/logs/previous.insecure.log", "linkerd/dest-1/c")
	f("support-bundle-2024.tar.gz/support/cluster-resources/pods/logs/linkerd/dest-1/linkerd-proxy.log", "linkerd/dest-1/linkerd-proxy")
	f("cluster-resources/pods/logs/linkerd/dest-1/linkerd-proxy-previous.log", "linkerd/dest-1/linkerd-proxy")

	for _, path := range []string{"", "/", "a.log", "linkerd/dest-1/linkerd-proxy.log", "linkerd_dest-1_notauid/c/0.log", "linkerd_dest-1_" + uid + "/c/x.log",
		"linkerd_dest-1_" + uid + "/c/0.txt", "LINKERD_dest-1_" + uid + "/c/0.log", "linkerd_dest-1_" + uid + "/0.log", "a_b_c-" + id[1:] + ".log", "dest-1_linkerd_" + id + ".log",
		"namespaces/linkerd/pods/dest-1/c/d/logs/current.log", "namespaces/linkerd/pods/dest-1/dest-1.yaml", "namespaces/linkerd/core/pods.yaml",
		"cluster-resources/pods/linkerd.json", "cluster-resources/pods/logs/linkerd/dest-1/x/linkerd-proxy.log", "cluster-resources/pods/logs/linkerd/dest-1/linkerd-proxy-logs-errors.json",
		"linkerd/dest-1/logs.txt"} {
		f(path, "//")
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
				if got := parse.Subject(s.Namespace, s.Pod, s.Container); got != "linkerd/dest-1/linkerd-proxy" {
					t.Errorf("%s: %s", s.Path, got)
				}
				n++
			}
		}
		if n == 0 {
			t.Errorf("%s: not found", root)
		}
	}
}

package parse_test

import (
	"strings"
	"testing"

	"faultline/parse"
)

// Names that people type say whose a file is; those that merely look like it
// say nothing.
func TestOwnerOfName(t *testing.T) {
	for name, want := range map[string]string{
		"web-84cd6fd9b4-2mv7n.log":                               " web-84cd6fd9b4-2mv7n ",
		"dump/web-84cd6fd9b4-2mv7n.linkerd-proxy.log":            " web-84cd6fd9b4-2mv7n linkerd-proxy",
		"web-84cd6fd9b4-2mv7n_linkerd-proxy.txt":                 " web-84cd6fd9b4-2mv7n linkerd-proxy",
		"shop_web-84cd6fd9b4-2mv7n_linkerd-proxy.log":            "shop web-84cd6fd9b4-2mv7n linkerd-proxy",
		"linkerd_linkerd-destination-7d4b9c6f5-x2k7p_policy.log": "linkerd linkerd-destination-7d4b9c6f5-x2k7p policy",
		"web-84cd6fd9b4-2mv7n.linkerd-proxy.ts.log.zst":          " web-84cd6fd9b4-2mv7n linkerd-proxy",
		"web-84cd6fd9b4-2mv7n.after.txt.zst":                     " web-84cd6fd9b4-2mv7n ",
		"web-84cd6fd9b4-2mv7n.1.log":                             " web-84cd6fd9b4-2mv7n ",
		`C:\dumps\web-84cd6fd9b4-2mv7n.log`:                      " web-84cd6fd9b4-2mv7n ",
		"web-0.linkerd-proxy.log":                                " web-0 linkerd-proxy",
		"shop_web-0_linkerd-proxy.log":                           "shop web-0 linkerd-proxy",
		"dump/web-84cd6fd9b4-2mv7n/linkerd-proxy.log":            " web-84cd6fd9b4-2mv7n linkerd-proxy",
		"web-84cd6fd9b4-2mv7n/linkerd-proxy/current.log":         " web-84cd6fd9b4-2mv7n linkerd-proxy",
		"shop/pods/web-84cd6fd9b4-2mv7n/linkerd-proxy/logs.txt":  "shop web-84cd6fd9b4-2mv7n linkerd-proxy",
		"namespaces/shop/web-84cd6fd9b4-2mv7n/logs.txt":          "shop web-84cd6fd9b4-2mv7n ",
		"web-84cd6fd9b4-2mv7n/linkerd-proxy-previous.log":        " web-84cd6fd9b4-2mv7n linkerd-proxy",
		"web-0/linkerd-proxy.log":                                "  ",
		"proxy.log":                                              "  ",
		"proxy-1.log":                                            "  ",
		"day-2024.log":                                           "  ",
		"nginx-1.access.log":                                     "  ",
		"linkerd-proxy.log":                                      "  ",
		"dump-after.txt":                                         "  ",
		"incident-2024-02-02.txt":                                "  ",
		"-2mv7n.log":                                             "  ",
		"":                                                       "  ",
	} {
		namespace, pod, container := parse.OwnerOfName(name)
		if got := strings.Join([]string{namespace, pod, container}, " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

package extra

import (
	"bytes"
	"io"

	"faultline/parse"
)

// diagnostics are what linkerd's destination and policy controllers answer about one
// service or port. It is a configuration, and says nothing of what failed: what the
// proxies were told of endpoints is package kubelet's.
func diagnostics() *parse.Format {
	return page(parse.Format{Name: "linkerd-diagnostics", Unneeded: true,
		Doc:    "Answers of linkerd diagnostics profile and policy: how a service or a port is configured.\n" + `{"fully_qualified_name":"web.shop.svc.cluster.local","retry_budget":{"retry_ratio":0.2,"min_retries_per_second":10,"ttl":{"seconds":10}}}`,
		Origin: "linkerd diagnostics profile since 2.14, policy since 2.13 (linkerd2 cli/cmd/diagnostics_{profile,policy}.go)"},
		func(head []byte) bool {
			return jsonKeys(head, "fully_qualified_name") && (jsonKeys(head, "retry_budget") || jsonKeys(head, "dst_overrides") || jsonKeys(head, "endpoint")) ||
				jsonKeys(head, "protocol", "Kind") && (jsonKeys(head, "server_ips") || bytes.Contains(head, []byte(`"policy.linkerd.io"`)))
		},
		func(r io.Reader, _ *parse.Batch) error {
			_, err := io.Copy(io.Discard, r)
			return err
		})
}

package rules

import (
	"strings"

	"faultline/correlate"
	"faultline/parse"
	"faultline/parse/formats"
)

// Identity and policy.
var (
	identityUnavailable = tells(Diagnosis{
		Code: "identity_unavailable", Where: correlate.AtControlPlane, What: "a proxy cannot get its certificate",
		Title:    "Proxies cannot get a certificate{times}: {words}.",
		Says:     "A proxy without a certificate serves nothing; running ones keep theirs for up to 24 h, so it spreads over hours.",
		Evidence: "`Failed to obtain identity`, `Waiting for identity to be initialized`, identity's `error validating token`, `Certificate issuer is not ready`.",
		Against:  "An issuer that ended leads. Once or twice in the first minute is the order of the start.",
		Sure:     "High.",
		Next:     []string{"The log of linkerd-identity, the issuer's Secret and the trust anchors: linkerd check --proxy.", "Is its controller's client rate limit (QPS, burst) reached, with many pods starting at once?"},
		Never:    "Overload.",
		Source:   "linkerd2 pkg/identity/service.go; linkerd2-proxy linkerd/proxy/identity-client/src/certify.rs",
		Rivals:   []string{"certificate_expiry"},
	}, nil)
	certificateExpiry = tells(Diagnosis{
		Code: "certificate_expiry", Where: correlate.AtConfig, What: "a certificate ended, ends soon, or is not valid yet",
		Title:    "A certificate ended, ends soon or is not valid yet: {words}.",
		Says:     "When the issuer ends, all mTLS of the mesh ends with it; leaf certificates are cut to the chain's first end.",
		Evidence: "`certificate has expired`, `not valid anymore`, `is not yet valid`, identity's `CA cert validation failure`, the metrics of a certificate's end.",
		Against:  "A clock that is wrong: not yet valid, or stamps of one request that differ.",
		Sure:     "High.",
		Next:     []string{"Rotate the issuer certificate (its Secret), and the trust anchor if it is that one; then restart linkerd-identity.", "linkerd check: which certificate, until when."},
		Never:    "That the check says it is right.",
		Source:   "linkerd2 pkg/issuercerts, pkg/tls/cred.go",
		Rivals:   []string{"identity_unavailable"},
	}, expires)
	notMeshed = tells(Diagnosis{
		Code: "not_meshed", Where: correlate.AtConfig, What: "one side has no proxy, or is not known to have one", Mild: true,
		Title:    "{targets} run without a proxy: {words}.",
		Says:     "No mTLS, and none of the mesh's retries and timeouts; a Server that wants an identity answers 403.",
		Evidence: "The injector's `skipped`, the event InjectionSkipped, or a pod without linkerd-proxy in a workload that asks for it.",
		Against:  "hostNetwork, an opt-out, the control plane and kube-system are meant so. Where the webhook failed open, that leads.",
		Sure:     "High by event or line, medium by the pods.",
		Next:     []string{"The annotation linkerd.io/inject on the pod template, then a restart; linkerd check --proxy -n NAMESPACE."},
		Never:    "A broken proxy.",
		Source:   "linkerd2 controller/proxy-injector/webhook.go, pkg/inject/report.go",
		Rivals:   []string{"webhook_failed"},
	}, nil)
	policyDenied = tells(Diagnosis{
		Code: "policy_denied", Where: correlate.AtConfig, What: "policy refused it",
		Title:    "{what}{to}: denied by policy: {words}.",
		Says:     "Whoever asked is not allowed to by an AuthorizationPolicy, a Server's default, RBAC or an external authorization. An opaque connection is closed without a status.",
		Evidence: "`Request denied`, `Connection denied`, 403, Envoy's UAEX and rbac_access_denied.",
		Against:  "A NetworkPolicy shows as a timeout while connecting.",
		Sure:     "High.",
		Next:     []string{"Which client identity met which Server ({target}): allow it with an AuthorizationPolicy; without mTLS the client has no identity."},
		Never:    "5xx.",
		Source:   "linkerd2-proxy linkerd/app/inbound/src/policy",
		Rivals:   []string{"not_meshed"},
	}, refusedByRule)
	policyStalled = tells(Diagnosis{
		Code: "policy_stalled", Where: correlate.AtControlPlane, What: "the policy controller's watches broke and stay broken",
		Title:    "The policy controller's watches broke{times}: {words}.",
		Says:     "New pods get the default policy while that lasts. Each watch ends after 290 s by design, and a success prints nothing.",
		Evidence: "Proxies' `Unexpected policy controller response` from two and more over a minute; several resources' `stream failed` within a minute, again and again.",
		Against:  "Single resets and `too old resource version` minutes apart are watched again. The API server down for all leads.",
		Sure:     "High only with the proxies' side, medium with three resources over two minutes, else low.",
		Next:     []string{"Restart linkerd-destination (policy); then the release's kube-rs (linkerd2 #12469), and its certificates: linkerd check."},
		Never:    "The CLI's version for the control plane's.",
		Source:   "linkerd2 #12469, #12755, #14298",
		Rivals:   []string{"apiserver_unreachable"},
	}, policyWatches)
)

// refusedByRule is context where a load balancer's own rule alone refused: what scans
// for holes meets it all day long.
func refusedByRule(p *Pass, g *group, f *correlate.Finding) {
	if g.every(func(r *reading) bool { return strings.HasPrefix(r.way().State, "PR") }) {
		f.Severity = correlate.Info
	}
	if g.every(byItsOwnRule) {
		f.Detail = "Whoever asked is not allowed to by a rule of that proxy or load balancer itself: an access list, an authentication, a firewall."
		f.Rivals = nil
		f.Next = []string{g.fill("The rules of that proxy or load balancer for {target}: which one refused, as its log or its rule counters say, and whether that client is meant to pass.")}
	}
}

// byItsOwnRule says whether what refused is no part of a mesh: a cloud's balancer, a firewall,
// an ingress.
func byItsOwnRule(r *reading) bool {
	of := formats.Of(r.product)
	return of.Role == parse.RoleServing && of.Component != parse.ComponentProxy && !of.Meshed
}

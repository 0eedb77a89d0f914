package rules

import "faultline/correlate"

// Discovery: linkerd's control plane answers, late, wrongly or not at all.
var (
	noEndpointsRule = tells(Diagnosis{
		Code: "no_endpoints", Where: correlate.AtDiscovery, What: "the control plane answered that the target has no endpoints",
		Title:    "{what}{to}: the controller answered that the target has no endpoints.",
		Says:     "A lookup that is merely slow cannot print \"No endpoints\": the controller's view was empty or stale, the target had none, or it does not exist. {spread}",
		Evidence: "`No endpoints` of the target, or the removal of its last endpoint, before its failfast.",
		Against:  "Endpoints that follow within a second. Lines of the control plane's own clients. Since edge-26.5.1 an empty set is never answered.",
		Sure:     "High with the line and the gap.",
		Next:     []string{"When it fails again, ask every replica at once: linkerd diagnostics endpoints {target} --destination-pod POD, against kubectl get endpointslices -n NAMESPACE.", "For an HTTPRoute: its backendRefs."},
		Never:    "A slow controller; an ingress' own 503.",
		Source:   "linkerd2-proxy linkerd/proxy/api-resolve/src/resolve.rs",
		Rivals:   []string{"empty_target"},
	}, noEndpoints)
	emptyTarget = tells(Diagnosis{
		Code: "empty_target", Where: correlate.AtKubernetesAPI, What: "the target really had no ready address",
		Title:    "{targets} has no ready endpoints in the dump: \"no endpoints\" may have been the truth.",
		Says:     "Scale to zero, failing readiness, pods that are not scheduled, or a selector that matches nothing look like this, and no controller is at fault then.",
		Evidence: "An EndpointSlice, Endpoints or a table without an address at that time; replicas 0; pods that are not ready.",
		Against:  "A view that was taken more than ten minutes later.",
		Sure:     "High where two sources agree, else medium.",
		Next:     []string{"Why has {target} no ready pod: replicas, readiness, scheduling, the selector against the pods' labels? kubectl get endpoints,pods --show-labels."},
		Never:    "Stale; the destination.",
		Source:   "Kubernetes' documentation of EndpointSlices",
		Rivals:   []string{"no_endpoints"},
	}, emptied)
	discoveryNoAnswer = tells(Diagnosis{
		Code: "discovery_no_answer", Where: correlate.AtDiscovery, What: "a new lookup got no answer within the proxy's 3 s",
		Title:    "{what}{to}: a new lookup got no answer while the destination stalled, started or was down.",
		Says:     "Targets that nobody used for 5 s are looked up anew, so rarely used ones meet it most.",
		Evidence: "A failfast 3 s after the first request, and a witness of the control plane in those seconds.",
		Against:  "Silence alone proves nothing: an empty target of a release since edge-26.5.1 looks the same.",
		Sure:     "Medium with a witness in the same seconds.",
		Next:     []string{"The destination's log of all replicas at that time, or of the next time; which replica was the proxy on? Its control_* metrics."},
		Never:    "High, from absence.",
		Source:   "linkerd2-proxy linkerd/app/src/env.rs",
		Rivals:   []string{"failfast_unexplained", "empty_target"},
	}, nil)
	destinationStreamFailed = tells(Diagnosis{
		Code: "destination_stream_failed", Where: correlate.AtDiscovery, What: "the proxy itself says that a lookup stream to the destination failed or gave no first item",
		Title:    "Lookups of the destination failed{times}, by the proxies' own word: {words}.",
		Says:     "`initial item not received` says that the controller held its answer for more than 3 s. Endpoints that were known stay in use.",
		Evidence: "`Unexpected destination|policy controller response` of target linkerd_app::dst with a status, `Error resolving ServiceProfile`.",
		Against:  "A replica that stops ends all its streams: a rollout. policy::api targets are the policy's.",
		Sure:     "High for the fact; it leads only with a failed request within 3 s.",
		Next:     []string{"The log of that replica ({addr}) at that time, or of the next time, and its CPU; restart that replica if the others answer (linkerd diagnostics endpoints --destination-pod).", "Are all replicas hit, or one?"},
		Never:    "Policy, for what is linkerd_app::dst.",
		Source:   "linkerd2-proxy linkerd/app/src/dst.rs",
		Rivals:   []string{"control_plane_rollout", "discovery_no_answer"},
	}, streams)
	staleEndpoint = tells(Diagnosis{
		Code: "stale_endpoint", Where: correlate.AtDiscovery, What: "something dials an address that nobody lists any more",
		Title:    "{n attempt} to connect to {addrs}, which the dump no longer lists.",
		Says:     "Either the client chose the address itself (a pod's IP, a headless name, a cached answer of DNS), or the proxy's balancer still holds it.",
		Evidence: "Failed connects to an address that is in no view of the target while others are.",
		Against:  "A view older than the failures; a pod that was just replaced.",
		Sure:     "High with two views or three failures over a minute, medium with one view.",
		Next:     []string{"Restart the client pod that dials {addr}, or let the application re-resolve its DNS name (headless?), after saving linkerd diagnostics endpoints of each replica and the proxy's /metrics.", "Which slices list it now: kubectl get endpointslices."},
		Never:    "No endpoints; the network.",
		Source:   "linkerd2 #6842, #10406, #11480, #15271",
		Rivals:   []string{"connect_timeout"},
	}, nil)
	conflictingIP = tells(Diagnosis{
		Code: "conflicting_ip", Where: correlate.AtKubernetesAPI, What: "two pods share the IP that was asked for",
		Title:    "Two objects share one IP: {words}.",
		Says:     "The proxy goes on without a profile: a pod's address is forwarded to as it is, without mTLS.",
		Evidence: "`found conflicting IP`, FailedPrecondition, `IP address conflict`.",
		Against:  "One second while an IP is handed on.",
		Sure:     "High for the fact, low as the reason of a 50x.",
		Next:     []string{"Which of the two owns the IP now? Delete the finished one (a Job's pod) that still conflicts; two pods with one hostPort; the IPAM."},
		Never:    "That a retry helps.",
		Source:   "linkerd2 controller/api/destination/watcher/workload_watcher.go",
	}, nil)
	undefinedPort = tells(Diagnosis{
		Code: "undefined_port", Where: correlate.AtConfig, What: "the client dials a port that the Service does not define",
		Title:    "A port that the Service does not define is dialled{times}: {words}.",
		Says:     "Since edge-25.7.1 without a ServiceProfile, since edge-26.7.1 always, such a connection is closed without a status; it worked before.",
		Evidence: "`forbidden TCP route`, `does not define port`.",
		Against:  "A policy that denies it.",
		Sure:     "High.",
		Next:     []string{"Define that port in the Service, or dial one that it defines: {target}."},
		Never:    "A bug of the destination.",
		Source:   "linkerd2 controller/api/destination/server.go; linkerd2 #14149, #15473",
		Rivals:   []string{"policy_denied"},
	}, nil)
	invalidResource = tells(Diagnosis{
		Code: "invalid_resource", Where: correlate.AtConfig, What: "a controller cannot apply an object, and others suffer",
		Title:    "A controller cannot apply an object{times}: {words}.",
		Says:     "The API server accepted it, so no event says so. One bad object may fail every lookup that meets it.",
		Evidence: "`Invalid value`, `misconfigured`, `is invalid`, with the object and the field.",
		Against:  "A namespace that is not mirrored is skipped on purpose.",
		Sure:     "High with the field and value, medium with the kind.",
		Next:     []string{"Fix or delete that object."},
		Never:    "A restart as the cure.",
		Source:   "linkerd2 #14176, #14433",
	}, nil)
	mirrorGatewayDown = tells(Diagnosis{
		Code: "mirror_gateway_down", Where: correlate.AtNetwork, What: "the other cluster's gateway does not answer its probe, so mirrored services lose endpoints",
		Title:    "The gateway of a linked cluster does not answer its probe{times}: {words}.",
		Says:     "Services that are mirrored from there lose their endpoints meanwhile. A status says that the gateway was reached, a timeout that it was not.",
		Evidence: "The service mirror's `Marking as unhealthy`, `gateway returned unexpected status`, a gateway that is not ALIVE.",
		Against:  "Since 2.17 up to two in a row are tolerated.",
		Sure:     "High on its words, medium by the check.",
		Next:     []string{"curl GATEWAY:4191/ready from this cluster; the gateway pod and its load balancer; the address in the Link (linkerd multicluster gateways)."},
		Never:    "The destination of this cluster.",
		Source:   "linkerd2 multicluster/service-mirror/probe_worker.go",
		Rivals:   []string{"no_endpoints"},
	}, nil)
	failfastUnexplained = tells(Diagnosis{
		Code: "failfast_unexplained", Where: correlate.AtClientProxy, What: "the gate was shut for want of a ready endpoint; why is not in the dump",
		Title:    "{what}{to} failed in failfast: the proxy had no ready endpoint; why is not in this dump.",
		Says:     "It is the proxy's own answer after its wait, not the application's. Four things do that: the target was answered to be empty, the lookup was not answered, its endpoints could not be connected to, or a breaker had taken them out.",
		Evidence: "A failfast, and nothing of these in the seconds before it, or a log that does not go back that far.",
		Against:  "Any of the four that stands in the log.",
		Sure:     "High for the fact, none for the reason.",
		Next:     []string{"kubectl logs --timestamps of that linkerd-proxy, from 10 seconds before the first failure: No endpoints, Failed to connect and the breaker's line stand there; and linkerd diagnostics endpoints {target}.", "Is {target}'s workload ready?"},
		Never:    "One of the four.",
		Source:   "linkerd2-proxy linkerd/stack/src/failfast.rs",
		Rivals:   []string{"no_endpoints", "discovery_no_answer", "connect_timeout", "breaker_open"},
	}, nil)
)

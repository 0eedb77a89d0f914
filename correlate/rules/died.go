package rules

import (
	"strings"

	"faultline/correlate"
)

// Processes that died.
var (
	proxyPanic = tells(Diagnosis{
		Code: "proxy_panic", Where: correlate.AtClientProxy, What: "linkerd-proxy's Rust code panicked; the process often lives on, crippled",
		Title:    "linkerd-proxy panicked{times}: {words}.",
		Says:     "Requests to that target fail until the pod restarts, however well the control plane is. A panic often follows a restart or an OOM of the destination, or an empty answer of DNS.",
		Evidence: "A line `thread … panicked at FILE`, in two lines since Rust 1.73; or its echo, a balancer's worker that closed.",
		Against:  "A panic of the policy controller is a controller's crash. An uptime that falls back to 0 says that the process did exit.",
		Sure:     "High on the line.",
		Next:     []string{"Restart the pods whose proxies print it.", "kubectl logs --previous of linkerd-destination, and its lastState: was it OOMKilled?"},
		Never:    "A slow destination; a second process or clock, from a panic line in the middle of a log.",
		Source:   "linkerd2-proxy linkerd/proxy/balance/queue/src/service.rs, linkerd/app/core/src/control.rs; linkerd2 #14333, #14731, #14954, #6086, #8666",
		Rivals:   []string{"controller_crash"},
	}, crashed)
	controllerCrash = tells(Diagnosis{
		Code: "controller_crash", Where: correlate.AtControlPlane, What: "a controller panicked, hit a fatal error or logged level fatal",
		Title:    "A controller crashed{times}: {words}.",
		Says:     "Lookups that were open are asked again; proxies keep the endpoints they have meanwhile.",
		Evidence: "`panic:`, `fatal error:` or `goroutine N [running]` of Go, logrus' level=fatal, or a panic of the policy controller's Rust.",
		Against:  "`http: panic serving` is caught by net/http and ends nothing. A SIGTERM before it is a rollout. A fatal line about the API server's address is about that.",
		Sure:     "High on the words, medium on exit code 1 or 2 alone.",
		Next:     []string{"Upgrade to the release that has the fix; else kubectl logs --previous of the container that crashed, for an issue with the trace."},
		Never:    "Advice about the resync; its restart counted as a phase of the resync without a word.",
		Source:   "linkerd2 controller/k8s/k8s.go, CHANGES.md; linkerd2 #12022, #9896, #12686, #15507, #15551",
		Rivals:   []string{"apiserver_unreachable"},
	}, crashed)
	oomKilled = tells(Diagnosis{
		Code: "oom_killed", Where: correlate.AtNode, What: "the kernel killed a container at its memory limit",
		Title:    memoryTitle,
		Says:     "Kubernetes calls it OOMKilled: the container reached its memory limit, or the node ran out. What it served in that second was cut, and refused until it listened again.",
		Evidence: "A container's state with the reason OOMKilled, the kernel's `Killed process`, or the node's event SystemOOM.",
		Against:  "Exit code 137 without the reason may be any SIGKILL. One that ended before the dump began is history.",
		Sure:     "High with the reason, low on 137 alone.",
		Next:     []string{"Raise the memory limit of the container that was killed, or find what grows: its memory over time.", "kubectl describe pod: the limit, Last State, how often."},
		Never:    "A crash with a bug.",
		Source:   "Kubernetes' documentation of container states; linkerd2 #12608, #14954",
		Rivals:   []string{"crash_loop", "pod_termination"},
	}, killedBy)
	crashLoop = tells(Diagnosis{
		Code: "crash_loop", Where: correlate.AtApplication, What: "a container ends again and again, and no other reason is captured",
		Title:    "{who} {ends} again and again{exit}.",
		Says:     "The kubelet starts it again after 10 s, 20 s and so on up to 300 s: a period of five minutes may be this.",
		Evidence: "CrashLoopBackOff, the event `Back-off restarting failed container`, or an exit code other than 0 within the dump.",
		Against:  "`Back-off pulling image` has the same reason and is a pod that never started. A restart count alone may be months old.",
		Sure:     "High.",
		Next:     []string{"kubectl logs POD -c CONTAINER --previous: the last lines of the life that ended.", "kubectl describe pod: Last State, exit code."},
		Never:    "The log of linkerd-proxy, where the proxy never started.",
		Source:   "kubernetes v1.34.1 pkg/kubelet; linkerd2-proxy main",
		Rivals:   []string{"oom_killed", "pod_not_started"},
	}, exited)
	initNetworkFailed = tells(Diagnosis{
		Code: "init_network_failed", Where: correlate.AtConfig, What: "the init container that sets or checks the redirect failed, so the pod never starts",
		Title:    "The redirect of a meshed pod could not be set up or did not work{times}: {words}.",
		Says:     "linkerd-init sets iptables, linkerd-network-validator checks what the CNI plugin set. No log of a proxy can exist: it was never started.",
		Evidence: "The validator's `Failed to validate networking configuration`, exit code 95, or an iptables error of linkerd-init.",
		Against:  "Pods older than the CNI plugin on their node pass after they are deleted. Cilium may replace the redirect.",
		Sure:     "High.",
		Next: []string{"Validator: delete the pod once, then read the linkerd-cni log of that node; is its repairController enabled? iptables: set proxyInit.iptablesMode to legacy or nft, as the kernel has it.",
			"With an air gap or Cilium: the validator's connectAddr (1.1.1.1:20001) must be routed, and socket-level load balancing off."},
		Never:  "Asking for the proxies' logs; DNS, policy.",
		Source: "linkerd2-proxy-init validator/src/main.rs; linkerd2 #12391, #11597, #11325, #13631, #9053, #14326",
		Rivals: []string{"crash_loop", "cni_plugin_failed"},
	}, nil)
	cniPluginFailed = tells(Diagnosis{
		Code: "cni_plugin_failed", Where: correlate.AtNode, What: "the sandbox's network could not be set up",
		Title:    "The network of a pod's sandbox could not be set up{times}: {words}.",
		Says:     "There is no container yet, so no log of one. Exit status 127 of linkerd-cni says that nsenter is not in that node's system.",
		Evidence: "The event FailedCreatePodSandBox, with the plugin's name in it.",
		Against:  "The same before the mesh was installed. Once on a new node is its start.",
		Sure:     "High with the plugin's name, else medium.",
		Next:     []string{"Which nodes and which system is it (Bottlerocket, Talos)? Take a linkerd-cni version that supports it.", "The linkerd-cni DaemonSet's log, and the order of /etc/cni/net.d on that node: which CNI plugin comes last."},
		Never:    "The proxies' logs.",
		Source:   "linkerd2 #14538, #13975, #7945",
		Rivals:   []string{"init_network_failed", "pod_not_started"},
	}, otherPlugin)
	podTermination = tells(Diagnosis{
		Code: "pod_termination", Where: correlate.AtObserver, What: "a pod was stopped on purpose; what follows on it is no fault", Mild: true,
		Title:    "{what} failed after {targets} was stopped on purpose.",
		Says:     "A probe that fails or an exit with 143 after Killing is the end of the pod. 137 says that it had not ended within its grace period.",
		Evidence: "Killing, within 40 s before.",
		Against:  "Killing with `failed liveness probe` is no stop on purpose. Requests of others that fail then are a rollout's.",
		Sure:     "High if Killing precedes within 40 s.",
		Next:     []string{"Nothing, unless it ended with 137: then raise terminationGracePeriodSeconds above the longest request."},
		Never:    "A slow application.",
		Source:   "linkerd2-proxy linkerd/app/src/env.rs; linkerd2 #13349",
		Rivals:   []string{"rollout_race"},
	}, nil)
	podNotStarted = tells(Diagnosis{
		Code: "pod_not_started", Where: correlate.AtConfig, What: "the workload's new pods never ran",
		Title:    "Pods of {targets} do not start: {words}.",
		Says:     "As long as old pods are ready no request fails by it. The image, the scheduler, a volume, a configuration, a quota or a policy keeps the new ones from running, as the reason says.",
		Evidence: "ErrImagePull, ImagePullBackOff, CreateContainerConfigError, FailedScheduling, FailedMount, FailedCreate with a quota or a refusal, without a later start.",
		Against:  "FailedScheduling, then Scheduled: a node came. A FailedCreate of a webhook that could not be called is the webhook's; one that it denied is its policy's.",
		Sure:     "High with a reason and no later start.",
		Next:     []string{"kubectl describe pod of one of them: the reason in full.", "The image's name and pull secret, the claim, the requests against the free nodes; what a policy refused, as its words say."},
		Never:    "An application that crashed; readiness.",
		Source:   "kubernetes v1.34.1 pkg/kubelet/events/event.go",
		Rivals:   []string{"cni_plugin_failed", "webhook_failed"},
	}, startedLater)
	sidecarOrder = tells(Diagnosis{
		Code: "sidecar_order", Where: correlate.AtConfig, What: "the application ran before its proxy was ready, or longer than it",
		Title:    "{what}{to} failed while the pod's proxy was not there.",
		Says:     "Until the proxy listens, and after it has ended, the redirect leads to nobody: every call out is refused.",
		Evidence: "The application's own refused or reset connections within seconds of its proxy's start, to the proxy's own port, or after the proxy's SIGTERM.",
		Against:  "With proxy-await or a native sidecar the order of the start holds: then the target itself refuses.",
		Sure:     "High with the stamps of both containers, medium on the first ten seconds alone.",
		Next: []string{"Use a native sidecar (config.beta.linkerd.io/proxy-enable-native-sidecar) or config.linkerd.io/proxy-await; in Istio holdApplicationUntilProxyStarts.",
			"At the end: config.alpha.linkerd.io/proxy-wait-before-exit-seconds, with a preStop of the application that is shorter."},
		Never:  "A target that is down.",
		Source: "linkerd2 charts/partials/templates/_proxy.tpl, pkg/k8s/labels.go; linkerd2 #2704, #8700, #9310",
		Rivals: []string{"connect_refused"},
	}, sides)
)

// otherPlugin says of a failure that does not name linkerd's plugin what is true of each.
func otherPlugin(_ *Pass, g *group, f *correlate.Finding) {
	if len(g.list) == 0 || !g.every(func(r *reading) bool { return !strings.Contains(r.text, "linkerd-cni") }) {
		return
	}
	f.Detail = "There is no container yet, so no log of one: the network plugins of that node say why, and the container runtime's log has their words."
	f.Next = []string{"On which nodes, and since when? The log of the network plugin's DaemonSet there (aws-node, calico-node, cilium, istio-cni-node, kube-flannel-ds), and is its pod ready on that node?",
		"The runtime's and the kubelet's log of that node at that second, and the order of /etc/cni/net.d: which plugin comes last; free addresses, where one assigns them."}
}

package bundle

import "faultline/parse"

const (
	kubeletTool    = "kubelet's log folders"
	kindTool       = "kind export logs"
	mustGatherTool = "oc adm must-gather"
	insightsTool   = "OpenShift Insights"
	gatherExtra    = "OpenShift CI gather-extra"
	istioTool      = "istioctl bug-report"
	troubleTool    = "troubleshoot support bundle"
	clusterInfo    = "kubectl cluster-info dump"
	sosTool        = "sos report"
	eksTool        = "EKS log collector"
	kitTool        = "support-bundle-kit (Harvester, Longhorn)"
	ciliumTool     = "cilium sysdump"
	crustTool      = "crust-gather"
	rancherTool    = "Rancher log collector"
	talosTool      = "talosctl support"
	aksTool        = "AKS periscope"
	sonobuoyTool   = "sonobuoy"
	helmInfraTool  = "openstack-helm gather-pod-logs"
	promTool       = "Prometheus snapshot"
	capiTool       = "Cluster API end-to-end logs"
	antreaTool     = "antctl supportbundle"
	microTool      = "microk8s inspect"
	gatherTool     = "kubectl gather"
	crashdTool     = "crashd (velero debug, Tanzu)"
	kopsTool       = "kops toolbox dump"
	eckTool        = "eck-diagnostics"
	strimziTool    = "Strimzi report.sh"
	calicoTool     = "calicoctl cluster diags"
	mayastorTool   = "kubectl mayastor dump"
	consulTool     = "consul debug"
	gkectlTool     = "gkectl and bmctl snapshot"
)

const (
	current  = parse.InstanceCurrent
	previous = parse.InstancePrevious
	rotated  = parse.InstanceRotated
)

// Names that specimens share.
const (
	specimenUID = "1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b"
	specimenID  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// ownFolders are folders that only one tool calls so.
var ownFolders = map[string]bool{"bug-report": true, "inspection-report": true, "velero-bundle": true, "crust-gather": true}

// loose are patterns that say whose a file is, whatever laid it out: of the tool
// they say little.
var loose = map[string]bool{"logs/{ns}/{pod}/{c}.log": true, "logs/{ns}/{pod}/{c}.log.1": true, "nodes/{node}/**": true,
	"podlogs/*": true, "podlogs/*-previous": true, "logs-*.log": true, "logs-*-prev.log": true, "machines/{node}/**": true,
	"hosts/{node}/*.json": true, "agent-{node}/**": true, "systemlogs/*": true, "ipamd/*": true,
	"{address}/*.log": true, "{address}/{ns}/{c}.log": true, "{address}/{ns}/{c}-exited.log": true,
	"{host}/journal.log": true, "{host}/kubelet.log": true, "{host}/containerd.log": true, "{host}/serial.log": true, "{host}/images.log": true}

// layouts has a row for each kind of file that says whose it is by its path.
// Rows of one tool stand together; of the rows that a path matches, the first
// that names a pod wins, and nodes and tools are completed by the others.
var layouts = []Layout{
	{mustGatherTool, "namespaces/{ns}/pods/{pod}/{c}/{c}/logs/current.log", "", current,
		"must-gather/namespaces/shop/pods/web-0/web/web/logs/current.log", "shop/web-0/web", "openshift/oc pkg/cli/admin/inspect/pod.go"},
	{mustGatherTool, "namespaces/{ns}/pods/{pod}/{c}/{c}/logs/current.insecure.log", "", current,
		"inspect.local.1/namespaces/shop/pods/web-0/web/web/logs/current.insecure.log", "shop/web-0/web", "openshift/oc pkg/cli/admin/inspect/pod.go"},
	{mustGatherTool, "namespaces/{ns}/pods/{pod}/{c}/{c}/logs/previous*.log", "", previous,
		"namespaces/shop/pods/web-0/web/web/logs/previous.insecure.log", "shop/web-0/web", "openshift/oc pkg/cli/admin/inspect/pod.go"},
	{mustGatherTool, "namespaces/{ns}/pods/{pod}/{c}/{c}/logs/rotated/{n}.log.{date}", "", rotated,
		"namespaces/shop/pods/web-0/web/web/logs/rotated/0.log.20250304-090000", "shop/web-0/web", "openshift/oc pkg/cli/admin/inspect/pod.go"},
	{mustGatherTool, "namespaces/{ns}/pods/{pod}/{pod}.yaml", "", 0,
		"namespaces/shop/pods/web-0/web-0.yaml", "shop/web-0", "openshift/oc pkg/cli/admin/inspect/pod.go"},
	{mustGatherTool, "audit_logs/*/{node}-audit*.log", "", 0, "audit_logs/kube-apiserver/plum-node-1-audit-2025-03-04T09-00-00.000.log", "@plum-node-1",
		"openshift/must-gather collection-scripts/gather_audit_logs"},
	{mustGatherTool, "host_service_logs/*/*_service.log", "", 0, "host_service_logs/masters/kubelet_service.log", "",
		"openshift/must-gather collection-scripts/gather_service_logs"},
	{mustGatherTool, "must-gather.local.*/**", "", 0, "must-gather.local.7719/version", "", "openshift/oc pkg/cli/admin/mustgather/mustgather.go"},
	{mustGatherTool, "inspect.local.*/**", "", 0, "inspect.local.7719/cluster-scoped-resources/core/nodes.yaml", "", "openshift/oc pkg/cli/admin/inspect/inspect.go"},

	{insightsTool, "config/pod/{ns}/logs/{pod}/{c}_current.log", "", current,
		"config/pod/openshift-ingress/logs/router-1/router_current.log", "openshift-ingress/router-1/router", "openshift/insights-operator pkg/gatherers/clusterconfig/operators_pods_and_events.go"},
	{insightsTool, "config/pod/{ns}/logs/{pod}/{c}_previous.log", "", previous,
		"config/pod/openshift-ingress/logs/router-1/router_previous.log", "openshift-ingress/router-1/router", "openshift/insights-operator pkg/gatherers/clusterconfig/operators_pods_and_events.go"},
	{insightsTool, "config/pod/{ns}/logs/{pod}/*.log", "", 0, "config/pod/openshift-dns/logs/dns-1/errors.log", "openshift-dns/dns-1", "openshift/insights-operator pkg/gatherers/common/gather_logs.go"},
	{gatherExtra, "pods/{ns}_{pod}_{c}_previous.log", "", previous, "artifacts/pods/shop_web-0_web_previous.log", "shop/web-0/web",
		"openshift/release ci-operator/step-registry/gather/extra"},
	{gatherExtra, "pods/{ns}_{pod}_{c}.log", "", current, "artifacts/pods/shop_web-0_web.log", "shop/web-0/web", "openshift/release ci-operator/step-registry/gather/extra"},

	{istioTool, "proxies/{ns}/{pod}/istio-proxy.log", "istio-proxy", 0, "proxies/shop/web-0/istio-proxy.log", "shop/web-0/istio-proxy", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "bug-report/proxies/{ns}/{pod}/**", "istio-proxy", 0, "bug-report/proxies/shop/web-0/stats/prometheus", "shop/web-0/istio-proxy", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "istio/{ns}/{pod}/discovery.log", "discovery", 0, "bug-report/istio/istio-system/istiod-1/discovery.log", "istio-system/istiod-1/discovery", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "operator/{ns}/{pod}/operator.log", "operator", 0, "bug-report/operator/istio-operator/op-1/operator.log", "istio-operator/op-1/operator", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "bug-report/istio/{ns}/{pod}/**", "discovery", 0, "bug-report/istio/istio-system/istiod-1/debug/syncz", "istio-system/istiod-1/discovery", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "bug-report/cni/{pod}", "", 0, "bug-report/cni/istio-cni-node-x2k4q", "/istio-cni-node-x2k4q", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "bug-report/ztunnel/{ns}/{pod}/**", "istio-proxy", 0, "bug-report/ztunnel/istio-system/ztunnel-x2k4q/ztunnel.log", "istio-system/ztunnel-x2k4q/istio-proxy", "istio/istio tools/bug-report/pkg/archive/archive.go"},
	{istioTool, "bug-report/**", "", 0, "bug-report/cluster/events", "", "istio/istio tools/bug-report/pkg/archive/archive.go"},

	{troubleTool, "cluster-resources/pods/logs/{ns}/{pod}/{c}-logs-errors.log", "", 0,
		"support-bundle/cluster-resources/pods/logs/shop/web-0/web-logs-errors.log", "shop/web-0/web", "replicatedhq/troubleshoot pkg/collect/logs.go"},
	{troubleTool, "cluster-resources/pods/logs/{ns}/{pod}/{c}-previous.log", "", previous,
		"support-bundle/cluster-resources/pods/logs/shop/web-0/web-previous.log", "shop/web-0/web", "replicatedhq/troubleshoot pkg/collect/logs.go"},
	{troubleTool, "cluster-resources/pods/logs/{ns}/{pod}/{c}.log", "", current,
		"support-bundle/cluster-resources/pods/logs/shop/web-0/web.log", "shop/web-0/web", "replicatedhq/troubleshoot pkg/collect/logs.go"},
	{troubleTool, "cluster-resources/**", "", 0, "support-bundle/cluster-resources/nodes.json", "", "replicatedhq/troubleshoot pkg/collect/cluster_resources.go"},
	{troubleTool, "support-bundle-*/**", "", 0, "support-bundle-2025-03-04T09_20_00/version.yaml", "", "replicatedhq/troubleshoot pkg/supportbundle"},

	{sosTool, "podlogs/{pod}/*_--namespace_{ns}_logs_{pod}_-c_{c}_-p", "", previous,
		"podlogs/web-0/kubectl_--namespace_shop_logs_web-0_-c_web_-p", "shop/web-0/web", "sosreport/sos sos/report/plugins/kubernetes.py"},
	{sosTool, "podlogs/{pod}/*_--namespace_{ns}_logs_{pod}_-c_{c}", "", current,
		"podlogs/web-0/kubectl_--kubeconfig_.etc.kubernetes.admin.conf_--namespace_shop_logs_web-0_-c_web", "shop/web-0/web", "sosreport/sos sos/report/plugins/kubernetes.py"},
	{sosTool, "{ns}/podlogs/{pod}/*_logs_{pod}_-c_{c}", "", current,
		"cluster-info/shop/podlogs/web-0/oc_logs_web-0_-c_web", "shop/web-0/web", "sosreport/sos sos/report/plugins/kubernetes.py"},
	{sosTool, "sosreport-*/**", "", 0, "sosreport-plum-node-1-2025-03-04-abcdefg/date", "", "sosreport/sos sos/policies/__init__.py"},

	{kitTool, "logs/{ns}/{pod}/{c}.log", "", current, "supportbundle_1/logs/shop/web-0/web.log", "shop/web-0/web", "rancher/support-bundle-kit pkg/manager/cluster.go"},
	{kitTool, "logs/{ns}/{pod}/{c}.log.1", "", previous, "supportbundle_1/logs/shop/web-0/web.log.1", "shop/web-0/web", "rancher/support-bundle-kit pkg/manager/cluster.go"},
	{kitTool, "nodes/{node}.zip/**", "", 0, "supportbundle_1/nodes/plum-node-1.zip/logs/kubelet.log", "@plum-node-1", "rancher/support-bundle-kit pkg/manager/manager.go"},
	{kitTool, "longhorn-support-bundle_*/**", "", 0, "longhorn-support-bundle_1_2025-03-04T09-20-00Z/metadata.yaml", "", "longhorn/longhorn-manager manager/support_bundle.go"},
	{kitTool, "supportbundle_*/**", "", 0, "supportbundle_1/metadata.yaml", "", "rancher/support-bundle-kit pkg/manager/manager.go"},
	{mustGatherTool, "nodes/{node}/**", "", 0, "must-gather/nodes/plum-node-1/sysinfo.log", "@plum-node-1",
		"openshift/must-gather collection-scripts/gather_ppc, pkg/cli/admin/inspect/resource.go"},

	{crustTool, "namespaces/{ns}/v1/pod/{pod}/{c}/current.log", "", current, "crust-gather/namespaces/shop/v1/pod/web-0/web/current.log", "shop/web-0/web", "crust-gather src/gather/representation.rs"},
	{crustTool, "namespaces/{ns}/v1/pod/{pod}/{c}/previous.log", "", previous, "crust-gather/namespaces/shop/v1/pod/web-0/web/previous.log", "shop/web-0/web", "crust-gather src/gather/representation.rs"},
	{crustTool, "namespaces/{ns}/v1/pod/{pod}.yaml", "", 0, "crust-gather/namespaces/shop/v1/pod/web-0.yaml", "shop/web-0", "crust-gather src/gather/representation.rs"},
	{crustTool, "crust-gather/**", "", 0, "crust-gather/cluster/v1/node/plum-node-1.yaml", "", "crust-gather src/gather/representation.rs"},
	{crustTool, "namespaces/{ns}/*/v1/**", "", 0, "crust-gather/namespaces/shop/discovery.k8s.io/v1/endpointslice/web-x.yaml", "shop", "crust-gather src/gather/representation.rs"},

	{gatherTool, "namespaces/{ns}/pods/{pod}/{c}/current.log", "", current, "gather/c1/namespaces/shop/pods/web-0/web/current.log", "shop/web-0/web", "nirs/kubectl-gather pkg/gather/outdir.go"},
	{gatherTool, "namespaces/{ns}/pods/{pod}/{c}/previous.log", "", previous, "gather/c1/namespaces/shop/pods/web-0/web/previous.log", "shop/web-0/web", "nirs/kubectl-gather pkg/gather/outdir.go"},
	{gatherTool, "namespaces/{ns}/pods/{pod}.yaml", "", 0, "gather/c1/namespaces/shop/pods/web-0.yaml", "shop/web-0", "nirs/kubectl-gather pkg/gather/outdir.go"},

	{ciliumTool, "logs-*-prev.log", "", previous, "cilium-sysdump-20250304-092000/logs-cilium-x2k4q-cilium-agent-20250304-092000-prev.log", "", "cilium/cilium-cli sysdump/constants.go"},
	{ciliumTool, "logs-*.log", "", current, "cilium-sysdump-20250304-092000/logs-cilium-x2k4q-cilium-agent-20250304-092000.log", "", "cilium/cilium-cli sysdump/constants.go"},
	{ciliumTool, "cilium-sysdump-*/**", "", 0, "cilium-sysdump-20250304-092000/k8s-pods-20250304-092000.yaml", "", "cilium/cilium-cli sysdump/constants.go"},

	{rancherTool, "podlogs/*-previous", "", previous, "plum-node-1-2025-03-04_09_20_00/rke2/podlogs/kube-system-etcd-plum-node-1-previous", "", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},
	{rancherTool, "podlogs/*", "", current, "plum-node-1-2025-03-04_09_20_00/rke2/podlogs/kube-system-etcd-plum-node-1", "", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},
	{rancherTool, "*-20*-*-*_*/rke2/**", "", 0, "plum-node-1-2025-03-04_09_20_00/rke2/poddescribe/shop", "", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},
	{rancherTool, "*-20*-*-*_*/k3s/**", "", 0, "plum-node-1-2025-03-04_09_20_00/k3s/poddescribe/shop", "", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},
	{rancherTool, "{host}-20*-*-*_*/journald/*", "", 0, "plum-node-1-2025-03-04_09_20_00/journald/k3s", "@plum-node-1", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},
	{rancherTool, "rke2/kubectl/**", "", 0, "plum-node-1-2025-03-04_09_20_00/rke2/kubectl/pods", "", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},
	{rancherTool, "k3s/kubectl/**", "", 0, "plum-node-1-2025-03-04_09_20_00/k3s/kubectl/pods", "", "rancherlabs/support-tools collection/rancher/v2.x/logs-collector"},

	{talosTool, "{address}/{ns}/{c}-exited.log", "", previous, "support/10.5.0.2/kube-system/kube-apiserver-exited.log", "kube-system//kube-apiserver@10.5.0.2", "siderolabs/go-talos-support support/collectors"},
	{talosTool, "{address}/{ns}/{c}.log", "", current, "support/10.5.0.2/kube-system/kube-apiserver.log", "kube-system//kube-apiserver@10.5.0.2", "siderolabs/go-talos-support support/collectors"},
	{talosTool, "{address}/*.log", "", 0, "support/10.5.0.2/kubelet.log", "@10.5.0.2", "siderolabs/go-talos-support support/collectors"},
	{talosTool, "cluster/kubernetesResources/**", "", 0, "support/cluster/kubernetesResources/systemPods.yaml", "", "siderolabs/go-talos-support support/collectors"},

	{aksTool, "podscontainerlogs/*", "", current, "podscontainerlogs/web-0-web", "", "Azure/aks-periscope pkg/collector/pods_containerlogs_collector.go"},
	{aksTool, "kubeobjects/{ns}_pods_{pod}", "", 0, "kubeobjects/shop_pods_web-0", "shop/web-0", "Azure/aks-periscope pkg/collector/kubeobjects_collector.go"},
	{aksTool, "systemlogs/*", "", 0, "systemlogs/kubelet", "", "Azure/aks-periscope pkg/collector/systemlogs_collector.go"},

	{sonobuoyTool, "podlogs/{ns}/{pod}/logs/{c}.txt", "", current, "202503040920_sonobuoy_1/podlogs/shop/web-0/logs/web.txt", "shop/web-0/web", "vmware-tanzu/sonobuoy pkg/discovery/podlogs.go"},
	{sonobuoyTool, "hosts/{node}/*.json", "", 0, "sonobuoy/hosts/plum-node-1/healthz.json", "@plum-node-1", "vmware-tanzu/sonobuoy pkg/discovery"},
	{sonobuoyTool, "systemd-logs/results/{node}/**", "", 0, "plugins/systemd-logs/results/plum-node-1/systemd_logs", "@plum-node-1", "vmware-tanzu/sonobuoy-plugins systemd-logs"},
	{helmInfraTool, "pod-logs/{ns}/{pod}/{c}.txt", "", current, "logs/pod-logs/shop/web-0/web.txt", "shop/web-0/web", "openstack/openstack-helm-infra roles/gather-pod-logs"},
	{helmInfraTool, "pod-logs/failed-pods/{ns}/{pod}/{c}.txt", "", previous, "logs/pod-logs/failed-pods/shop/web-0/web.txt", "shop/web-0/web", "openstack/openstack-helm-infra roles/gather-pod-logs"},
	{crashdTool, "kubecapture/core_v1/{ns}/{pod}/{c}/{c}.log", "", current, "crashdir/kubecapture/core_v1/shop/web-0/web/web.log", "shop/web-0/web", "vmware-tanzu/crash-diagnostics k8s/container_logger.go"},
	{crashdTool, "kubecapture/core_v1/{ns}/{pod}/{c}.log", "", current, "crashdir/kubecapture/core_v1/shop/web-0/web.log", "shop/web-0/web", "vmware-tanzu/crash-diagnostics k8s/container_logger.go"},
	{crashdTool, "kubecapture/**", "", 0, "crashdir/kubecapture/core_v1/shop/pods-2025-03-04T09-20-00Z.0000.json", "", "vmware-tanzu/crash-diagnostics k8s/object_writer.go"},
	{crashdTool, "velero-bundle/**", "", 0, "velero-bundle/version.txt", "", "vmware-tanzu/velero pkg/cmd/cli/debug/cshd-scripts/velero.cshd"},

	{kopsTool, "cluster-info/{ns}/{pod}/{c}.previous.log", "", previous, "artifacts/cluster-info/shop/web-0/web.previous.log", "shop/web-0/web", "kubernetes/kops pkg/dump/podlogs.go"},
	{kopsTool, "cluster-info/{ns}/{pod}/{c}.log", "", current, "artifacts/cluster-info/shop/web-0/web.log", "shop/web-0/web", "kubernetes/kops pkg/dump/podlogs.go"},
	{kopsTool, "cluster-info/{ns}/*.yaml", "", 0, "artifacts/cluster-info/shop/events.yaml", "shop", "kubernetes/kops pkg/dump/resourcedumper.go"},
	{eckTool, "{ns}/pod/{pod}/logs.txt", "", current, "eck-diagnostics-2025-03-04T09-20-00/shop/pod/web-0/logs.txt", "shop/web-0", "elastic/eck-diagnostics internal/kubectl.go"},
	{eckTool, "{ns}/pod/{pod}/previous-logs.txt", "", previous, "eck-diagnostics-2025-03-04T09-20-00/shop/pod/web-0/previous-logs.txt", "shop/web-0", "elastic/eck-diagnostics internal/kubectl.go"},
	{eckTool, "eck-diagnostic*/**", "", 0, "eck-diagnostics-2025-03-04T09-20-00/shop/events.json", "", "elastic/eck-diagnostics internal/diag.go"},
	{strimziTool, "reports/logs/*.log.0", "", previous, "report-04-03-2025_09-20-00.zip/reports/logs/web-0-web.log.0", "", "strimzi/strimzi-kafka-operator tools/report.sh"},
	{strimziTool, "reports/logs/*.log", "", current, "report-04-03-2025_09-20-00.zip/reports/logs/web-0-web.log", "", "strimzi/strimzi-kafka-operator tools/report.sh"},
	{strimziTool, "reports/events/events.txt", "", 0, "report-04-03-2025_09-20-00.zip/reports/events/events.txt", "", "strimzi/strimzi-kafka-operator tools/report.sh"},
	{calicoTool, "calico-diagnostics-*/nodes/{node}/{ns}/{pod}.log", "", current, "calico-diagnostics-20250304_092000/nodes/plum-node-1/shop/web-0.log", "shop/web-0@plum-node-1", "projectcalico/calico calicoctl/calicoctl/commands/cluster/diags.go"},
	{calicoTool, "calico-diagnostics-*/nodes/{node}/**", "", 0, "calico-diagnostics-20250304_092000/nodes/plum-node-1/ip-route.txt", "@plum-node-1", "projectcalico/calico calicoctl/calicoctl/commands/cluster/diags.go"},
	{calicoTool, "calico-diagnostics-*/links/{ns}/{pod}.log", "", current, "calico-diagnostics-20250304_092000/links/shop/web-0.log", "shop/web-0", "projectcalico/calico calicoctl/calicoctl/commands/cluster/diags.go"},
	{calicoTool, "calico-diagnostics-*/**", "", 0, "calico-diagnostics-20250304_092000/cluster/kubernetes/pods.yaml", "", "projectcalico/calico calicoctl/calicoctl/commands/cluster/diags.go"},
	{mayastorTool, "logs/*/{node}_{pod}/previous_{c}.log", "", previous, "mayastor-2025-03-04--09-20-00-UTC/logs/io-engine/plum-node-1_web-0/previous_web.log", "/web-0/web@plum-node-1", "openebs/mayastor-extensions k8s/supportability/src/collect/logs/k8s_log.rs"},
	{mayastorTool, "logs/*/{node}_{pod}/{c}.log", "", current, "mayastor-2025-03-04--09-20-00-UTC/logs/io-engine/plum-node-1_web-0/web.log", "/web-0/web@plum-node-1", "openebs/mayastor-extensions k8s/supportability/src/collect/logs/k8s_log.rs"},
	{mayastorTool, "mayastor-*/**", "", 0, "mayastor-2025-03-04--09-20-00-UTC/k8s_resources/k8s_events.yaml", "", "openebs/mayastor-extensions k8s/supportability/src/collect/archive.rs"},
	{consulTool, "consul-debug-*/**", "", 0, "consul-debug-2025-03-04T09-20-00Z/consul.log", "", "hashicorp/consul command/debug/debug.go"},
	{gkectlTool, "kubectlCommands/**", "", 0, "snapshot/kubectlCommands/kubectl_get_pods_-o_yaml_--all-namespaces", "", "cloud.google.com anthos, diagnosing cluster issues: snapshots"},
	{capiTool, "clusters/*/logs/{ns}/*/{pod}/{c}.log", "", current, "artifacts/clusters/bootstrap/logs/capi-system/capi-controller-manager/capi-1/manager.log", "capi-system/capi-1/manager", "kubernetes-sigs/cluster-api test/framework/deployment_helpers.go"},
	{capiTool, "machines/{node}/**", "", 0, "artifacts/clusters/c1/machines/plum-node-1/kubelet.log", "@plum-node-1", "kubernetes-sigs/cluster-api test/framework/cluster_proxy.go"},
	{antreaTool, "agent-{node}/**", "", 0, "support-bundles_20250304T092000Z/agent-plum-node-1/logs/agent/antrea-agent.log", "@plum-node-1", "antrea-io/antrea pkg/antctl/raw/supportbundle/command.go"},
	{microTool, "inspection-report/**", "", 0, "inspection-report/snap.microk8s.daemon-kubelite/journal.log", "", "canonical/microk8s scripts/inspect.sh"},

	{eksTool, "var_log/{ns}_{pod}_{uid}/{c}/{n}.log", "", 0, "var_log/shop_web-0_" + specimenUID + "/web/2.log", "shop/web-0/web", "awslabs/amazon-eks-ami eks-log-collector.sh"},
	{eksTool, "var_log/**", "", 0, "var_log/messages", "", "awslabs/amazon-eks-ami eks-log-collector.sh"},
	{eksTool, "ipamd/*", "", 0, "ipamd/metrics.json", "", "awslabs/amazon-eks-ami eks-log-collector.sh"},
	{eksTool, "eks_i-*/**", "", 0, "eks_i-0_2025-03-04_0920-UTC_0.7.9/kubelet/kubelet.log", "", "awslabs/amazon-eks-ami eks-log-collector.sh"},

	{kubeletTool, "log/pods/{ns}_{pod}_{uid}/{c}/{n}.log", "", 0, "var/log/pods/shop_web-0_" + specimenUID + "/web/2.log", "shop/web-0/web", "kubernetes pkg/kubelet/kuberuntime/helpers.go"},
	{kubeletTool, "log/containers/{pod}_{ns}_{c}-{id}.log", "", 0, "var/log/containers/web-0_shop_web-" + specimenID + ".log", "shop/web-0/web", "kubernetes pkg/kubelet/kuberuntime/legacy.go"},

	{kindTool, "{host}/pods/{ns}_{pod}_{uid}/{c}/{n}.log", "", 0, "logs/plum-node-1/pods/shop_web-0_" + specimenUID + "/web/2.log", "shop/web-0/web@plum-node-1", "kubernetes-sigs/kind pkg/cluster/internal/logs"},
	{kindTool, "{host}/containers/{pod}_{ns}_{c}-{id}.log", "", 0, "logs/plum-node-1/containers/web-0_shop_web-" + specimenID + ".log", "shop/web-0/web@plum-node-1", "kubernetes-sigs/kind pkg/cluster/internal/logs"},
	{kindTool, "{host}/journal.log", "", 0, "logs/plum-node-1/journal.log", "@plum-node-1", "kubernetes-sigs/kind pkg/cluster/provider.go"},
	{kindTool, "{host}/kubelet.log", "", 0, "logs/plum-node-1/kubelet.log", "@plum-node-1", "kubernetes-sigs/kind pkg/cluster/provider.go"},
	{kindTool, "{host}/containerd.log", "", 0, "logs/plum-node-1/containerd.log", "@plum-node-1", "kubernetes-sigs/kind pkg/cluster/provider.go"},
	{kindTool, "{host}/serial.log", "", 0, "logs/plum-node-1/serial.log", "@plum-node-1", "kubernetes-sigs/kind pkg/cluster/provider.go"},
	{kindTool, "{host}/images.log", "", 0, "logs/plum-node-1/images.log", "@plum-node-1", "kubernetes-sigs/kind pkg/cluster/provider.go"},

	{kubeletTool, "{ns}_{pod}_{uid}/{c}/{n}.log", "", 0, "pods/shop_web-0_" + specimenUID + "/web/2.log", "shop/web-0/web", "kubernetes pkg/kubelet/kuberuntime/helpers.go"},
	{kubeletTool, "{ns}_{pod}_{uid}/{c}/{n}.log.{date}", "", rotated, "var/log/pods/shop_web-0_" + specimenUID + "/web/2.log.20250304-090000", "shop/web-0/web", "kubernetes pkg/kubelet/logs/container_log_manager.go"},
	{kubeletTool, "{pod}_{ns}_{c}-{id}.log", "", 0, "var/log/containers/web-0_shop_web-" + specimenID + ".log", "shop/web-0/web", "kubernetes pkg/kubelet/kuberuntime/legacy.go"},

	{clusterInfo, "{ns}/{made}/logs.txt", "", 0, "dump/shop/web-0/logs.txt", "shop/web-0", "kubernetes kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go"},
	{promTool, "snapshots/*/**", "", 0, "snapshots/20250304T092000Z-1a2b3c4d5e6f7081/01JNG3ZK2T8Q4M6V0X7Y5W9ABC/meta.json", "", "prometheus/prometheus tsdb/db.go"},
}

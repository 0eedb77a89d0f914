package bundle

import "sync"

// victoriaTool keeps its data in a form of its own; its API gives them as text
// (VictoriaMetrics docs, "How to export time series").
const (
	victoriaTool   = "VictoriaMetrics"
	victoriaExport = "the data of a VictoriaMetrics: on a machine that runs it, curl HOST:8428/api/v1/export -d 'match[]={__name__!=\"\"}' gives them as text"
)

// asides are files of known tools in which nothing is of any use here, so that
// nobody need look why they were not understood: what they hold, by their path
// (see [Layout]). What is read all the same is not set aside.
var asides = []struct{ tool, pattern, what string }{
	{mustGatherTool, "must-gather*/**/version", "the version of the collector"},
	{mustGatherTool, "must-gather.local.*/version", "the version of the collector"},
	{mustGatherTool, "must-gather*/**/must-gather.log*", "what the collector did"},
	{mustGatherTool, "must-gather*/**/gather-debug.log", "what the collector did"},
	{mustGatherTool, "static-pods/**", "a static pod's manifests"},
	{mustGatherTool, "must-gather*/**/monitoring/**", "the configuration of a Prometheus"},

	{istioTool, "bug-report/versions", "the versions of the mesh"},
	{istioTool, "bug-report/cluster/cluster-context", "the name of the cluster"},
	{istioTool, "bug-report/cluster/kubectl-version", "the versions of the cluster"},
	{istioTool, "bug-report/proxies/{ns}/{pod}/*", "a page of a proxy or a command in its pod, of which nothing is needed"},
	{istioTool, "bug-report/istio/{ns}/{pod}/debug/*", "a page of the control plane, of which nothing is needed"},
	{istioTool, "bug-report/istio/{ns}/{pod}/*", "a page of the control plane, of which nothing is needed"},

	{troubleTool, "support-bundle*/**/analysis.json", "what the collector concluded"},
	{troubleTool, "support-bundle*/analysis.json", "what the collector concluded"},
	{troubleTool, "support-bundle*/version.yaml", "the version of the collector"},
	{troubleTool, "support-bundle*/execution-data/**", "what the collector did"},
	{troubleTool, "host-collectors/**", "facts about a host"},
	{troubleTool, "cluster-info/cluster_version.json", "the version of the cluster"},
	{troubleTool, "cluster-resources/**", "objects of the API, of which nothing is needed"},

	{kindTool, "docker-info.txt", "facts about a host"},
	{kindTool, "podman-info.txt", "facts about a host"},
	{kindTool, "kind-version.txt", "the version of the tool"},
	{kindTool, "{host}/images.log", "the images on a node"},
	{kindTool, "{host}/inspect.json", "how a node's container is set up"},
	{kindTool, "{host}/kubernetes-version.txt", "the version of the cluster"},
	{kindTool, "{host}/serial.log", "the boot of a node"},
	{kindTool, "{host}/alternatives.log", "the installation of a node"},

	{rancherTool, "*-20*/collector-output.log", "what the collector did"},
	{rancherTool, "*-20*/systeminfo/*", "facts about a host"},
	{rancherTool, "*-20*/networking/*", "facts about a host's network"},
	{rancherTool, "*-20*/systemlogs/*", "a log of the host"},
	{rancherTool, "rke2/crictl/*", "facts about a host's containers"},
	{rancherTool, "k3s/crictl/*", "facts about a host's containers"},

	{sosTool, "sosreport-*/version.txt", "the version of the collector"},
	{sosTool, "sosreport-*/hostname", "the name of the host"},
	{sosTool, "sosreport-*/sos_logs/*", "what the collector did"},
	{sosTool, "sosreport-*/sos_reports/*", "what the collector did"},
	{sosTool, "sosreport-*/environment", "facts about a host"},
	{sosTool, "sosreport-*/etc/**", "the configuration of a host"},
	{sosTool, "sosreport-*/proc/**", "facts about a host"},
	{sosTool, "sosreport-*/sys/**", "facts about a host"},
	{sosTool, "sosreport-*/sos_commands/**", "what a command on the host printed"},

	{eksTool, "system/instance-id.txt", "facts about a host"},
	{eksTool, "system/region.txt", "facts about a host"},
	{eksTool, "system/top.txt", "facts about a host"},
	{eksTool, "networking/curl_api_server.txt", "whether the API answered a call"},
	{eksTool, "eks_i-*/system/*", "facts about a host"},
	{eksTool, "eks_i-*/networking/*", "facts about a host's network"},
	{eksTool, "eks_i-*/storage/*", "facts about a host's disks"},
	{eksTool, "eks_i-*/kernel/*", "facts about a host"},
	{eksTool, "eks_i-*/sysctls/*", "facts about a host"},
	{eksTool, "ipamd/*.json", "what an agent of the node believes"},

	{ciliumTool, "cilium-sysdump-*/cilium-sysdump.log", "what the collector did"},
	{ciliumTool, "hubble-flows-*.json", "flows of the network that Hubble saw, which are not read"},
	{ciliumTool, "cilium-bugtool-*/**", "what a command of an agent printed"},

	{kitTool, "supportbundle_*/metadata.yaml", "what the collector was asked for"},
	{kitTool, "supportbundle_*/bundleGenerationError.log", "what the collector could not get"},
	{kitTool, "supportbundle_*/yamls/**", "objects of the API, of which nothing is needed"},

	{sonobuoyTool, "sonobuoy*/meta/**", "what the collector did"},
	{sonobuoyTool, "hosts/{node}/*.json", "facts about a node"},
	{promTool, "wal/*", "what a Prometheus has not put into a block yet: on a machine that has it, promtool tsdb dump writes it as text"},
	{promTool, "wal/checkpoint.*/*", "what a Prometheus has not put into a block yet: on a machine that has it, promtool tsdb dump writes it as text"},
	{promTool, "chunks_head/*", "what a Prometheus has not put into a block yet: on a machine that has it, promtool tsdb dump writes it as text"},
	{promTool, "*/index-header", "an index that Thanos or Mimir made of a block's"},
	{promTool, "*/sparse-index-header", "an index that Thanos or Mimir made of a block's"},
	{victoriaTool, "data/small/**", victoriaExport},
	{victoriaTool, "data/big/**", victoriaExport},
	{victoriaTool, "*/metaindex.bin", victoriaExport},
	{victoriaTool, "*/index.bin", victoriaExport},
	{victoriaTool, "*/values.bin", victoriaExport},
	{victoriaTool, "*/timestamps.bin", victoriaExport},
	{victoriaTool, "*/items.bin", victoriaExport},
	{victoriaTool, "*/lens.bin", victoriaExport},

	{gatherTool, "gather*/gather.log", "what the collector did"},

	{kitTool, "longhorn-support-bundle_*/metadata.yaml", "what the collector was asked for"},
	{kitTool, "longhorn-support-bundle_*/yamls/**", "objects of the API, of which nothing is needed"},
	{kitTool, "nodes/{node}*/hostinfos/*", "facts about a host"},
	{eksTool, "eks_i-*/cni/*", "the configuration of a host's network"},
	{aksTool, "nodelogs/*", "a log of the host"},
	{crustTool, "crust-gather/version.yaml", "the version of the cluster"},
	{crustTool, "crust-gather/cluster/**", "objects of the API, of which nothing is needed"},
	{talosTool, "{address}/dmesg.log", "the kernel's messages"},
	{talosTool, "{address}/*.yaml", "facts about a host"},
	{crashdTool, "velero-bundle/version.txt", "the version of the tool"},
	{crashdTool, "kubecapture/**/*.json", "objects of the API, of which nothing is needed"},
	{eckTool, "eck-diagnostic*/manifest.json", "what the collector was asked for"},
	{eckTool, "eck-diagnostic*/version.json", "the version of the cluster"},
	{eckTool, "eck-diagnostic*/eck-diagnostics.log", "what the collector did"},
	{eckTool, "eck-diagnostic*/**/*.json", "objects of the API, of which nothing is needed"},
	{strimziTool, "reports/configs/*.cfg", "the configuration of a program"},
	{calicoTool, "calico-diagnostics-*/nodes/{node}/*.txt", "what a command on a node printed"},
	{calicoTool, "calico-diagnostics-*/nodes/{node}/bpf-maps/*", "what a command on a node printed"},
	{calicoTool, "calico-diagnostics-*/cluster/**", "objects of the API, of which nothing is needed"},
	{calicoTool, "calico-diagnostics-*/tls/*", "certificates"},
	{mayastorTool, "mayastor-*/topology/**", "objects of the API, of which nothing is needed"},
	{mayastorTool, "mayastor-*/support_tool_logs.log", "what the collector did"},
	{consulTool, "consul-debug-*/metrics.json", "metrics of an agent, in a form that is not read"},
	{consulTool, "consul-debug-*/*.json", "facts about an agent"},
	{consulTool, "consul-debug-*/**.prof", "a profile of a program"},
	{consulTool, "consul-debug-*/trace.out", "a profile of a program"},
	{kopsTool, "{host}/etchosts", "facts about a host"},
	{kopsTool, "{host}/sysctls", "facts about a host"},
	{kopsTool, "{host}/iptables-*.log", "facts about a host's network"},
	{gkectlTool, "nodes/{node}/commands/*", "what a command on a node printed"},
	{gkectlTool, "nodes/{node}/files/**", "files of a node"},
}

// asideMatchers are the asides, ready to be asked.
var asideMatchers = sync.OnceValue(func() []matcher {
	var list []Layout
	for _, a := range asides {
		list = append(list, Layout{Tool: a.tool, Pattern: a.pattern, Source: a.what})
	}
	return compiled(list)
})

// aside says what a file of a bundle holds that is not needed, if its path says
// so and nothing of it was recognised.
func aside(path string) string {
	list := asideMatchers()
	for i := range list {
		if _, ok := list[i].match(path); ok {
			return list[i].Source
		}
	}
	return ""
}

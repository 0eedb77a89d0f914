package redact

import (
	"slices"
	"strings"
)

// What is no class, but a text that holds several names.
const (
	image    = Secret + 1 + iota // a container's image
	target                       // a host as one writes it within a cluster: "cart", "cart.shop"
	upstream                     // a namespace and a service in one: "shop-cart"
	several                      // names with blanks between
	marked                       // a name, if a figure, a dash or a dot tells it from a word
	tag                          // the program of a line of syslog
	person                       // a text that somebody made up
	hosts                        // several hosts with commas between
	aKey                         // a key, of which the next group is the value
	valueOf
	repository // whose, and its name
	fields     // an object of JSON that describes somebody
	unlessWord // a name, if it is no word that goes on with a sentence
)

// keyEndings say what a key's value names, by the key's last words. Keys come
// in small letters, their words joined by underscores, so that "dst_namespace",
// "k8s.namespace.name", "exportedNamespace" and "label_team" are found by what
// they end with. A value that people make up may be any text: it is free.
var keyEndings = []struct {
	words string
	class Class
	free  bool
}{
	{"namespace ns namespace_name namespacename", Namespace, false},
	{"pod pods podname pod_name nominated_pod", Pod, false},
	{"container containers containername container_name init_container", Container, false},
	{"node nodename node_name server server_name servername database_host db_host data_source rhost remote_host peer_host peer_hostname broker hostname host_name kubernetes_node nominatednodename nominated_node_name", Node, false},
	{"service service_name servicename svc svc_name serviceaccount service_account serviceaccountname service_account_name sa parent_name backend_name route_name", Service, false},
	{"deployment replicaset statefulset daemonset replica_set stateful_set daemon_set cron_job cronjob job job_name workload workload_name app k8s_app app_name application instance release generatename generate_name part_of chart", Workload, false},
	{"controlled_by claimname claim_name persistentvolumeclaim pvc secretname secret_name configmap configmap_name config_map config_map_name url_map_name forwarding_rule_name target_proxy_name network_endpoint_group route ingress ingress_name ingressname upstream_name proxy_upstream_name cluster cluster_name clustername database database_name db dbname db_name initial_catalog catalog keyspace bucket bucket_name topic vhost virtual_host access_key_name hpa horizontalpodautoscaler volumename volume_name", Object, false},
	{"image repository", image, false},
	{"queue consumergroup consumer_group group_id group context aud audience pool nodepool node_pool agentpool machine usename datname", unlessWord, false},
	{"customer customer_id customer_name customer_slug tenant_slug org_slug tenant tenant_id tenant_name team team_name company organization organisation org org_id org_name account account_id account_name owner owner_name project project_id project_name", Object, true},
	{"series legend", Object, true},
	{"user userid usr usr_id uname username user_name remote_user user_id enduser_id enduser auid acct principal principal_id principal_name actor actor_id upn nickname nick screen_name given_name family_name middle_name surname preferred_username created_by updated_by deleted_by requested_by requester assignee reporter approver employee employee_id member member_id patient patient_id student student_id merchant merchant_id merchant_name vendor vendor_id partner partner_id subscriber subscriber_id client_name client_id workspace workspace_id realm recipient beneficiary cardholder organizationid organization_id organization_name company_id company_name oidc_identity login email firstname first_name lastname last_name fullname full_name display_name contact author", Object, true},
}

// wholeKeys name something only where they stand alone: "name" is the last
// word of far too many keys.
var wholeKeys = map[string]Class{"sub": Object, "uid": Object, "name": Object, "label_name": Object, "kubernetes_io_name": Object, "app_kubernetes_io_name": Workload}

// ofKey is what keyEndings say, by ending.
var ofKey = func() map[string]int {
	out := map[string]int{}
	for i, k := range keyEndings {
		for w := range strings.FieldsSeq(k.words) {
			out[w] = i
		}
	}
	return out
}()

// keyed is what a key says of its value.
type keyed struct {
	class    Class // what it names, see [keyClass]
	free, ok bool
	kind     uint8 // what it is where it is no name, see [keyKind]
	place    bool  // a name, whatever word stands there, see [placeKeys]
}

// keyed is what a key says of its value, with a memory.
func (r *Redactor) keyed(key []byte) keyed {
	k, met := r.keys[string(key)]
	if !met {
		words := keyWords(string(key))
		k.class, k.free, k.ok = keyClass(words)
		k.kind = keyKind(words)
		k.place = k.ok && k.class <= Object && endsIn(words, placeKeys)
		if !k.ok && endsIn(words, hostKeys) { // never of a sentence: "no route to host: …"
			k.class, k.place = Node, true
		}
		if len(r.keys) < maxKeys {
			r.keys[string(key)] = k
		}
	}
	return k
}

// maxKeys bounds how many keys are remembered.
const maxKeys = 1 << 16

// keyClass says what the value of a label, a field or a heading names, by the words of
// its key.
func keyClass(words []string) (class Class, free, ok bool) {
	if class, ok := wholeKeys[strings.Join(words, "_")]; ok {
		return class, false, true
	}
	for from := max(len(words)-3, 0); from < len(words); from++ {
		if i, ok := ofKey[strings.Join(words[from:], "_")]; ok {
			return keyEndings[i].class, keyEndings[i].free, true
		}
	}
	if n := len(words); n > 1 && words[n-1] == "name" { // "k8s.deployment.name", "listenerName"
		if class, free, ok := keyClass(words[:n-1]); ok {
			return class, free, true
		}
		return unlessWord, false, !ofPrograms[words[n-2]]
	}
	return 0, false, false
}

// ofPrograms are what programs have names for that say nothing of their users.
var ofPrograms = set(`metric logger thread file class method operation event level protocol error category program process task alert scheme type kind api
	function variable field column attribute property header param parameter label reason status code image module library package font style color locale`)

// keyWords are the words of a key in small letters: "exportedNamespace",
// "k8s.namespace.name" and "app.kubernetes.io/instance" have theirs.
func keyWords(key string) []string {
	var words []string
	start := 0
	cut := func(end int) {
		if end > start {
			words = append(words, lower(key[start:end]))
		}
		start = end
	}
	for i := range len(key) {
		switch c := key[i]; {
		case !wordByte(c):
			cut(i)
			start = i + 1
		case c >= 'A' && c <= 'Z' && i > start && key[i-1] >= 'a' && key[i-1] <= 'z':
			cut(i)
		}
	}
	cut(len(key))
	if i := slices.Index(words, "io"); i >= 0 && i+1 < len(words) && strings.Contains(key, "/") {
		words = words[i+1:] // "app.kubernetes.io/name"
	}
	return words
}

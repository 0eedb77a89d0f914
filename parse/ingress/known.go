package ingress

// knownLayouts are layouts that products of nginx's kind write by default, or
// that their documentation shows, where the common log format does not read
// them.
var knownLayouts []*Layout

func init() { // a variable's initializer would refer to itself through Nginx
	for _, text := range []string{
		// APISIX (apisix conf/config-default.yaml, apisix/cli/config.lua: access_log_format)
		`$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_scheme://$upstream_host$upstream_uri"`,
		`$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_origin"`,
		`$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time`,
		// F5's ingress controller (nginxinc/kubernetes-ingress docs, log-format, with the variables of VirtualServers)
		`$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" "$resource_name" "$resource_type" "$resource_namespace" "$service" $upstream_addr $request_time $upstream_response_time $upstream_status`,
		`$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" "$resource_name" "$resource_type" "$resource_namespace" "$service"`,
		// nginx' own admin guide, "Configuring Logging"
		`$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time"`,
	} {
		l, err := Compile(text)
		if err != nil {
			panic(err) // the table is wrong
		}
		knownLayouts = append(knownLayouts, l)
	}
}

package ingress

import "faultline/parse"

// knownLayouts are layouts that products of nginx's kind write by default, or
// that their documentation shows, where the common log format does not read
// them.
var knownLayouts []*Layout

// known reads a line by such a layout.
func known(l *parse.Line, b *parse.Batch) parse.Verdict {
	for _, k := range knownLayouts {
		if v := k.line(l, b); v != parse.NotMine {
			return v
		}
	}
	return parse.NotMine
}

func init() { // a variable's initializer would refer to itself through Nginx
	for _, text := range []string{
		// APISIX (apisix conf/config-default.yaml, apisix/cli/config.lua: access_log_format)
		`$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_scheme://$upstream_host$upstream_uri"`,
		`$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_origin"`,
		`$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time`,
		// F5's ingress controller (nginxinc/kubernetes-ingress docs, log-format, with the variables of VirtualServers)
		`$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" "$resource_name" "$resource_type" "$resource_namespace" "$service" $upstream_addr $request_time $upstream_response_time $upstream_status`,
		`$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for" "$resource_name" "$resource_type" "$resource_namespace" "$service"`,
		// Nginx Proxy Manager (docker/rootfs/etc/nginx/conf.d/include/log-proxy.conf, nginx.conf), and NPMplus
		`[$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] [Sent-to $server] "$http_user_agent" "$http_referer"`,
		`[$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer"`,
		`[$time_local] $host $remote_addr $request_time "$request" $status $body_bytes_sent $bytes_sent $http_referer $http_user_agent`,
		// BunkerWeb (src/common/confs/http.conf, LOG_FORMAT)
		`$host $remote_addr - $request_id $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`,
		// Zoraxy (src/mod/dynamicproxy/dpcore logs by src/mod/info/logger/trafficlog.go), behind the time of Go's log package or not
		`[$time_local] [router:$router] [origin:$host] [client: $remote_addr] [useragent: $http_user_agent] $request_method $request_uri $status`,
		`$logged_day $logged_time [$time_local] [router:$router] [origin:$host] [client: $remote_addr] [useragent: $http_user_agent] $request_method $request_uri $status`,
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

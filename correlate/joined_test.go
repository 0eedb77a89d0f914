package correlate_test

import (
	"slices"
	"strings"
	"testing"

	"faultline/correlate"
	"faultline/parse"
)

const podTable = `NAMESPACE   NAME                    READY   STATUS    RESTARTS   AGE
shop        web-5c6d7f8b9-qq2rr     2/2     Running   0          3h
shop        api-0                   1/1     Running   0          3h
shop        api-0-proxy-0           1/1     Running   0          3h
`

const containerOfWeb = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-5c6d7f8b9-qq2rr","namespace":"shop"},"spec":{"containers":[{"name":"app","image":"a"},{"name":"app-tail","image":"b"}]}}`

// Names that collectors join with hyphens are taken apart by the known pods.
func TestJoinedNames(t *testing.T) {
	const controller = `time="2024-02-02T13:22:28Z" level=info msg="caches synced"` + "\n"
	for name, want := range map[string]string{
		"rke2/podlogs/shop-web-5c6d7f8b9-qq2rr":                      "shop/web-5c6d7f8b9-qq2rr/",
		"rke2/podlogs/shop-web-5c6d7f8b9-qq2rr-previous":             "shop/web-5c6d7f8b9-qq2rr/",
		"logs-web-5c6d7f8b9-qq2rr-app-20250304-092000.log":           "shop/web-5c6d7f8b9-qq2rr/app",
		"logs-web-5c6d7f8b9-qq2rr-app-tail-20250304-092000-prev.log": "shop/web-5c6d7f8b9-qq2rr/app-tail",
		"podscontainerlogs/web-5c6d7f8b9-qq2rr-app":                  "shop/web-5c6d7f8b9-qq2rr/app",
		"pods-logs/shop--web-5c6d7f8b9-qq2rr--app.txt":               "shop/web-5c6d7f8b9-qq2rr/app",
		"pod-web-5c6d7f8b9-qq2rr-container-app-tail.log":             "shop/web-5c6d7f8b9-qq2rr/app-tail",
		"kubectl logs web-5c6d7f8b9-qq2rr -n shop -c app -p.txt":     "shop/web-5c6d7f8b9-qq2rr/app",
		"shop/logs/web-5c6d7f8b9-qq2rr__app.txt":                     "shop/web-5c6d7f8b9-qq2rr/app",
		"shop/app_web-5c6d7f8b9-qq2rr.log":                           "shop/web-5c6d7f8b9-qq2rr/app",
		"shop-web-5c6d7f8b9-qq2rr-app/current.log":                   "shop/web-5c6d7f8b9-qq2rr/app",
		"shop/pods/web-5c6d7f8b9-qq2rr/app/logs.txt":                 "shop/web-5c6d7f8b9-qq2rr/app",
		"api-0-nginx-previous.log":                                   "shop/api-0/nginx",
		"shop-api-0":                                                 "shop/api-0/",
		"shop-api-0-proxy-0":                                         "shop/api-0-proxy-0/",
		"other-api-0":                                                "//",
		"my-web-5c6d7f8b9-qq2rr-notes":                               "//",
		"web-5c6d7f8b9.log":                                          "//",
	} {
		c := judge(t, correlate.Options{}, file("pods", podTable), file("web.json", containerOfWeb), file(name, controller))
		for s := range c.Streams {
			if c.Capture.Sources[c.Streams[s].Source].Path != name {
				continue
			}
			if who := c.Who[s]; who.String() != want {
				t.Errorf("%s is of %s, want %s", name, who, want)
			}
		}
	}
}

// A folder that the layout of another tool would take for a pod is none where
// the dump knows the pod; nor is a pod's namespace one in which it is not.
func TestPodsOverruleLayouts(t *testing.T) {
	const controller = `time="2024-02-02T13:22:28Z" level=info msg="caches synced"` + "\n"
	log := file("shop/pods/web-5c6d7f8b9-qq2rr/app/logs.txt", controller)
	log.Owner = parse.Owner{Namespace: "web-5c6d7f8b9-qq2rr", Pod: "app", Bundle: "another tool"}
	c := judge(t, correlate.Options{}, file("pods", podTable), file("web.json", containerOfWeb), log)
	for s := range c.Streams {
		if path := c.Capture.Sources[c.Streams[s].Source].Path; path == log.Path {
			if who := c.Who[s].String(); who != "shop/web-5c6d7f8b9-qq2rr/app" {
				t.Errorf("%s is of %s", path, who)
			}
		}
	}
}

// Where a path may be of several pods, none is taken, and it is said.
func TestAmbiguousNamesAreSaid(t *testing.T) {
	const controller = `time="2024-02-02T13:22:28Z" level=info msg="caches synced"` + "\n"
	table := "NAMESPACE   NAME    READY   STATUS    RESTARTS   AGE\nblue        db-0    2/2     Running   0          3h\ngreen       db-0    2/2     Running   0          3h\n"
	c := judge(t, correlate.Options{}, file("pods", table), file("db-0.log", controller), file("green/db-0.log", controller))
	if !slices.ContainsFunc(c.Limits, func(l string) bool { return strings.HasPrefix(l, "db-0.log may be of each of ") }) {
		t.Errorf("%q", c.Limits)
	}
	if slices.ContainsFunc(c.Limits, func(l string) bool { return strings.HasPrefix(l, "green/") }) {
		t.Errorf("%q", c.Limits)
	}
}

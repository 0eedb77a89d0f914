package correlate_test

import (
	"testing"

	"faultline/correlate"
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
		"shop-api-0":                   "shop/api-0/",
		"shop-api-0-proxy-0":           "shop/api-0-proxy-0/",
		"other-api-0":                  "//",
		"my-web-5c6d7f8b9-qq2rr-notes": "//",
		"web-5c6d7f8b9.log":            "//",
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

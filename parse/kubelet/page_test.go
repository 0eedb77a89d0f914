package kubelet

import (
	"strings"
	"testing"
	"time"

	"faultline/parse"
)

// TestPages: the pages of three pods tell what their containers run and since
// when, and whose the rows below are.
func TestPages(t *testing.T) {
	text := file(t, "describe-pods.txt")
	c := read(t, text)
	counted(t, c, 0)
	if n := c.Sources[0].Counts; n.Events != 6+3*3 {
		t.Errorf("%d lines were taken, want 6 rows, and 9 facts: image, start and node", n.Events)
	}
	started, images := facts(c, parse.FactStartedAt), facts(c, parse.FactImage)
	for _, pod := range []string{"x2k7p", "mv9qd", "zt4wl"} {
		subject := "linkerd/linkerd-destination-7d4b9c6f5-" + pod + "/destination"
		f, ok := started[subject]
		if want := time.Date(2026, 11, 23, 9, 2, 10, 0, time.UTC); !ok || int64(f.Time) != want.UnixNano() || f.Within != 500*time.Millisecond {
			t.Errorf("%s started at %v ± %v", subject, time.Unix(0, int64(f.Time)).UTC(), f.Within)
		}
		if got := string(text[f.Ref.Off : f.Ref.Off+int64(f.Ref.Len)]); !strings.HasPrefix(got, "      Started: ") {
			t.Errorf("%s: proof is %q", subject, got)
		}
		if got := c.Name(images[subject].Value); got != "cr.l5d.io/linkerd/controller:stable-2.14.8" {
			t.Errorf("%s: image %q", subject, got)
		}
	}
}

// TestState reads a piece of a page as tickets hold it (linkerd/linkerd2#11697).
func TestState(t *testing.T) {
	c := read(t, []byte("    State:          Running\n      Started:      Thu, 22 Feb 2024 10:30:03 +0100\n    Ready:          False\n    Restart Count:  0\n"))
	counted(t, c, 0)
	f := facts(c, parse.FactStartedAt)["//"]
	if want := time.Date(2024, 2, 22, 9, 30, 3, 0, time.UTC); int64(f.Time) != want.UnixNano() {
		t.Errorf("%+v", c.Facts)
	}
}

const pageText = `Name:             web-0
Namespace:        shop
Service Account:  default
Node:             n1/10.0.0.1
Labels:           app=web
                  version=3
Init Containers:
  linkerd-init:
    Image:         proxy-init:v2
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
      Started:      Fri, 02 Feb 2024 13:16:20 +0100
      Finished:     Fri, 02 Feb 2024 13:16:21 +0100
Containers:
  linkerd-proxy:
    Image:         proxy:stable-2.14.8
    State:          Running
      Started:      Fri, 02 Feb 2024 13:16:22 +0100
    Last State:     Terminated
      Started:      Fri, 02 Feb 2024 12:00:00 +0100
    Ready:          True
    Restart Count:  1
    Limits:
      cpu:     500m
      memory:  250Mi
    Requests:
      cpu:     100m
    Liveness:   http-get http://:4191/live delay=10s timeout=1s period=10s #success=1 #failure=3
    Environment:
      LINKERD2_PROXY_LOG:  warn,linkerd=info
      _pod_name:           web-0 (v1:metadata.name)
    Mounts:
      /var/run from x (rw)
Conditions:
  Type              Status
  Ready             True
Volumes:
  config:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      linkerd-config
    Optional:  false
QoS Class:         Burstable
Tolerations:       node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                   node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
Events:
  Type     Reason     Age   From     Message
  ----     ------     ----  ----     -------
`

const rowsText = `  Warning  Unhealthy  5m    kubelet  Readiness probe failed: one
  Warning  Unhealthy  4m    kubelet  Readiness probe failed: two
`

func TestPage(t *testing.T) {
	for name, text := range map[string]string{
		"plain":  pageText + rowsText,
		"twice":  pageText + "\n\n" + pageText + rowsText,
		"quoted": "> " + strings.ReplaceAll(strings.TrimSuffix(pageText+rowsText, "\n"), "\n", "\n> ") + "\nThis is what we see.\nAny idea?\n",
		"code":   "    " + strings.ReplaceAll(strings.TrimSuffix(pageText+rowsText, "\n"), "\n", "\n    "),
	} {
		c := read(t, []byte(text))
		rows := 0
		for _, e := range events(t, c, []byte(text)) {
			if e.Kind == parse.KubeletProbeFailed {
				rows++
			}
			if e.target != "shop/web-0" {
				t.Errorf("%s: %q is of %q", name, e.text, e.target)
			}
		}
		if n := c.Sources[0].Counts; rows != 2 || n.Unparsed > 0 {
			t.Errorf("%s: %d events, counts %+v %v", name, c.Events(), n, c.Sources[0].Problems)
		}
		started := facts(c, parse.FactStartedAt)
		const proxy = "shop/web-0/linkerd-proxy"
		if len(started) != 1 || started[proxy].Time != parse.Time(time.Date(2024, 2, 2, 12, 16, 22, 0, time.UTC).UnixNano()) {
			t.Errorf("%s: started %v", name, started)
		}
		if cpu := facts(c, parse.FactCPULimit); len(cpu) != 1 || c.Name(cpu[proxy].Value) != "500m" {
			t.Errorf("%s: limits %v", name, cpu)
		}
		if images := facts(c, parse.FactImage); len(images) != 2 || c.Name(images["shop/web-0/linkerd-init"].Value) != "proxy-init:v2" {
			t.Errorf("%s: images %v", name, images)
		}
	}
}

// TestPageEnds: rows that stand away from a page are not its object's.
func TestPageEnds(t *testing.T) {
	for text, want := range map[string][]string{
		pageText + "some\noutput\nof a command\nin many\nlines\n" + rowsText:                    {"shop/web-0", "shop/web-0"},
		pageText + "\nand this is\nanother\npod:\n\n" + strings.ReplaceAll(rowsText, "  ", " "): {"", ""},
		pageText + rowsText + strings.Repeat("line\n", 20) + rowsText:                           {"", "", "shop/web-0", "shop/web-0"},
		"Name:       web\nNamespace:  shop\nReplicas:   3 desired\nEvents:\n" + rowsText:        {"shop/object/web", "shop/object/web"},
		"Events:\n" + rowsText: {"", ""},
	} {
		var got []string
		c := read(t, []byte(text))
		for _, s := range c.Streams {
			for _, e := range s.Events {
				if e.Kind != parse.KubeletProbeFailed {
					continue
				}
				got = append(got, c.Name(e.Target))
			}
		}
		for i := range want {
			if i >= len(got) {
				t.Fatalf("%d events, want %d: %q", len(got), len(want), text[len(text)-90:])
			}
		}
		n := map[string]int{}
		for i := range got {
			n[got[i]]++
			n[want[i]]--
		}
		for target, d := range n {
			if d != 0 {
				t.Errorf("%q: %d too many of %v", target, d, got)
			}
		}
	}
}

package kubelet

import (
	"strings"
	"testing"
)

// An excerpt holds what is read and none of what people put into an object.
func TestExcerpt(t *testing.T) {
	const pod = `{"kind":"Pod","metadata":{"name":"web-0","namespace":"shop","labels":{"team":"lime"},"annotations":{"linkerd.io/proxy-version":"stable-2.14.8","note":"ask lime"}},
		"spec":{"nodeName":"n1","containers":[{"name":"c","image":"web:1","args":["--password","lime"],"env":[{"name":"A","value":"lime"}],"resources":{"limits":{"cpu":"1"}}}]},
		"status":{"containerStatuses":[{"name":"c","restartCount":2,"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}}`
	const yamlPod = "kind: Pod\nmetadata:\n  name: web-0\n  labels:\n    team: lime\n  annotations:\n    linkerd.io/proxy-version: stable-2.14.8\n    note: ask lime # lime\nspec:\n" +
		"  nodeName: n1\n  containers:\n  - name: c\n    image: web:1\n    env:\n    - name: A\n      value: lime\nstatus:\n  containerStatuses:\n  - restartCount: 2\n    lastState:\n      terminated:\n        exitCode: 137\n"
	for _, text := range []string{pod, yamlPod} {
		got, ok := Excerpt([]byte(text))
		if !ok {
			t.Fatalf("no object: %s", text)
		}
		if strings.Contains(string(got), "lime") {
			t.Errorf("what is not read is left: %s", got)
		}
		for _, want := range []string{"web-0", "n1", "web:1", "137", "stable-2.14.8", "restartCount"} {
			if !strings.Contains(string(got), want) {
				t.Errorf("%s is not in %s", want, got)
			}
		}
		if again, ok := Excerpt(got); !ok || string(again) != string(got) {
			t.Errorf("an excerpt changes when it is taken again:\n%s\n%s", got, again)
		}
	}
	for _, text := range []string{"", "a log line", `{"msg":"metadata","time":1}`, `{"metadata":`, `{"metadata":{}} {"metadata":{}}`, "metadata: none of\n  it: [", `["metadata"]`} {
		if got, ok := Excerpt([]byte(text)); ok {
			t.Errorf("%q gives %s", text, got)
		}
	}
}

package kubelet

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"
)

// excerptKeys are the fields of API objects that are read, or that show how an
// object stood: names, owners, nodes, images, limits, probes, states, times.
// Environments, arguments, labels, annotations and data are not among them
// (k8s.io/api core/v1, apps/v1, autoscaling/v2, discovery/v1, coordination/v1,
// events/v1, audit.k8s.io/v1).
var excerptKeys = func() map[string]bool {
	keys := map[string]bool{}
	for k := range strings.FieldsSeq(`apiVersion kind items metadata spec status name namespace uid creationTimestamp deletionTimestamp generateName
		ownerReferences generation observedGeneration nodeName replicas template containers initContainers ephemeralContainers image imageID ports
		containerPort port targetPort protocol resources limits requests cpu memory readinessProbe livenessProbe startupProbe httpGet tcpSocket grpc
		path scheme service periodSeconds timeoutSeconds failureThreshold successThreshold initialDelaySeconds terminationGracePeriodSeconds
		minReadySeconds strategy type rollingUpdate maxSurge maxUnavailable minReplicas maxReplicas scaleTargetRef phase startTime conditions
		lastTransitionTime lastProbeTime lastUpdateTime lastHeartbeatTime lastScaleTime reason message containerStatuses initContainerStatuses
		restartCount ready started state lastState running terminated waiting startedAt finishedAt exitCode signal containerID podIP podIPs ip hostIP
		availableReplicas readyReplicas updatedReplicas unavailableReplicas currentReplicas desiredReplicas numberReady desiredNumberScheduled
		involvedObject regarding related fieldPath note count firstTimestamp lastTimestamp eventTime series lastObservedTime source component host
		reportingComponent reportingController reportingInstance action deprecatedCount deprecatedFirstTimestamp deprecatedLastTimestamp
		deprecatedSource addressType endpoints addresses serving terminating targetRef subsets notReadyAddresses hostname zone holderIdentity
		renewTime acquireTime leaseTransitions leaseDurationSeconds verb requestURI auditID stage level user username objectRef resource subresource
		apiGroup responseStatus code stageTimestamp requestReceivedTimestamp sourceIPs userAgent hard used`) {
		keys[k] = true
	}
	return keys
}()

const annotations = "annotations"

// kept says whether a field stays: of annotations only linkerd's own, which
// tell versions.
func kept(within, key string) bool {
	if within == annotations {
		return strings.HasPrefix(key, "linkerd.io/")
	}
	return excerptKeys[key] || key == annotations
}

// Excerpt gives of the text of one API object, JSON or YAML, only the fields
// that are read and show how it stood, so that what is handed on carries no
// environment, no arguments and no annotations. ok is false where text is no
// such object.
func Excerpt(text []byte) (out []byte, ok bool) {
	trimmed := bytes.TrimSpace(text)
	switch {
	case len(trimmed) == 0:
		return nil, false
	case trimmed[0] == '{':
		if !ofObject(trimmed) {
			return nil, false
		}
		var b bytes.Buffer
		d := json.NewDecoder(bytes.NewReader(trimmed))
		d.UseNumber()
		if err := excerptJSON(d, &b, ""); err != nil || d.InputOffset() != int64(len(trimmed)) || !ofObject(b.Bytes()) {
			return nil, false
		}
		return b.Bytes(), true
	case bytes.IndexByte(trimmed, '\n') > 0 && bytes.Contains(trimmed, []byte("metadata:")):
		return excerptYAML(text)
	}
	return nil, false
}

// ofObject says whether JSON may be an object of the API or of its audit log.
func ofObject(text []byte) bool {
	return bytes.Contains(text, []byte(`"metadata":`)) || bytes.Contains(text, []byte(`"metadata" :`)) || bytes.Contains(text, []byte(`"auditID":`))
}

// excerptJSON copies the next value; of an object only what is kept.
func excerptJSON(d *json.Decoder, b *bytes.Buffer, within string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return scalar(b, t)
	}
	b.WriteRune(rune(delim))
	for first := true; d.More(); {
		if delim == '[' {
			if !first {
				b.WriteByte(',')
			}
			first = false
			if err := excerptJSON(d, b, within); err != nil {
				return err
			}
			continue
		}
		key, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if !kept(within, name) {
			var skip json.RawMessage
			if err := d.Decode(&skip); err != nil {
				return err
			}
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		if err := scalar(b, name); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := excerptJSON(d, b, name); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	b.WriteRune(rune(delim) + 2) // '{' and '[' stand two before their ends
	return nil
}

func scalar(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder's line end
	return nil
}

// excerptYAML does the same for an object in YAML.
func excerptYAML(text []byte) (out []byte, ok bool) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) != 1 {
		return nil, false
	}
	root := doc.Content[0]
	if root.Kind == yaml.SequenceNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		return nil, false
	}
	reduce(root, "")
	out, err := yaml.Marshal(&doc)
	return bytes.TrimRight(out, "\n"), err == nil
}

// reduce takes out of a mapping what is not kept.
func reduce(n *yaml.Node, within string) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			reduce(c, within)
		}
		return
	}
	content := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.HeadComment, key.LineComment, key.FootComment = "", "", ""; kept(within, key.Value) {
			reduce(value, key.Value)
			content = append(content, key, value)
		}
	}
	n.Content = content
}

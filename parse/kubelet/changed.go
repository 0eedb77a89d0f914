package kubelet

import (
	"encoding/json"
)

// FactChanged is a change that an object of the API tells of itself: Time is when,
// Subject the object, Value what happened.
const FactChanged = "changed"

// workload is what is read of a Deployment, a ReplicaSet, a HorizontalPodAutoscaler
// and a Node: when something of it last changed (k8s.io/api apps/v1, autoscaling/v2
// and core/v1, types.go).
type workload struct {
	Metadata struct {
		Name, Namespace, CreationTimestamp string
		OwnerReferences                    []struct{ Kind, Name string }
	}
	Status struct {
		LastScaleTime                    string
		CurrentReplicas, DesiredReplicas int64
		Conditions                       []struct{ Type, Status, Reason, LastTransitionTime, LastUpdateTime string }
	}
}

// changes reads what an object of a kind tells of its last changes; ok is false for a
// kind that tells none.
func (d *dump) changes(o object, kind string) (ok bool) {
	switch kind {
	case "Deployment", "ReplicaSet", "HorizontalPodAutoscaler", "Node":
	default:
		return false
	}
	var w workload
	if err := json.Unmarshal(o.raw, &w); err != nil {
		d.b.Problem(o.line, "a %s is not understood: %v", kind, err)
		return true
	}
	l := o.at(0, min(len(o.raw), quoted))
	say := func(at, what string) {
		if m, ok := readMoment(at); ok && w.Metadata.Name != "" {
			object := d.b.Names.AddString(target(w.Metadata.Namespace, kind, w.Metadata.Name))
			d.b.Fact(&l, object, FactChanged, what, m.at, m.grain.Width()/2)
		}
	}
	switch kind {
	case "ReplicaSet": // one is made for each new template of the pods
		for _, owner := range w.Metadata.OwnerReferences {
			if owner.Kind == "Deployment" {
				say(w.Metadata.CreationTimestamp, "made for a rollout of "+owner.Name)
			}
		}
	case "HorizontalPodAutoscaler":
		say(w.Status.LastScaleTime, "scaled")
	}
	for _, c := range w.Status.Conditions {
		switch {
		case kind == "Deployment" && c.Type == "Progressing" && c.Reason != "":
			say(c.LastUpdateTime, "rollout: "+c.Reason)
		case kind == "Deployment" && c.Type == "Available", kind == "Node":
			said := "became "
			if c.Status != "True" {
				said = "ceased to be "
			}
			if kind != "Node" || c.Type == "Ready" || c.Status == "True" {
				say(c.LastTransitionTime, said+c.Type)
			}
		}
	}
	return true
}

// quoted is how much of an object is quoted as the place of what it tells.
const quoted = 160

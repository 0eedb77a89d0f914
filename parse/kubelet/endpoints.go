package kubelet

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"faultline/parse"
)

// Keys of facts about who serves a service. Their subject is
// "namespace/service". Endpoints and endpointslices are two tellings of one
// thing, and a dump may hold both.
const (
	// FactEndpoints is how many addresses the Endpoints of a service have:
	// "ns/svc:8080 ready=3 notready=1"; its time is when they last changed.
	FactEndpoints = "endpoints"
	// FactEndpointSlices says the same of all EndpointSlices of a service.
	FactEndpointSlices = "endpointslices"
	// FactEndpointsAddresses and FactEndpointSlicesAddresses list the ready
	// ones: "ns/svc:8080 10.0.0.1 10.0.0.2".
	FactEndpointsAddresses      = FactEndpoints + addresses
	FactEndpointSlicesAddresses = FactEndpointSlices + addresses
	// FactBelieved is one address that a replica of linkerd's destination
	// answered with: "10.0.0.1:8080 web-0 answer=1 replica=linkerd-destination-a".
	FactBelieved = "believed_endpoint"
	// FactListed says that a table lists a pod, and in which state.
	FactListed = "listed"
	// FactRestarts is how often the containers of a pod restarted, as kubectl
	// prints it: "2" or "2 (3m ago)".
	FactRestarts = "restarts"
	// FactServers is how many Server resources (policy.linkerd.io) a document
	// holds; its reference is the first of them.
	FactServers = "servers"
)

const addresses = "_addresses"

// changed is the annotation that says what time the change was that led to
// the latest state of a service's endpoints.
const changed = "endpoints.kubernetes.io/last-change-trigger-time"

type meta struct {
	Name, Namespace     string
	Labels, Annotations map[string]string
	OwnerReferences     []reference
}

// slice is an EndpointSlice (k8s.io/api discovery/v1 types.go).
type slice struct {
	Metadata  meta
	Endpoints []struct {
		Addresses  []string
		Conditions struct{ Ready *bool }
	}
	Ports []port
}

type port struct{ Port *int64 }

// endpoints is an Endpoints (k8s.io/api core/v1 types.go).
type endpoints struct {
	Metadata meta
	Subsets  []struct {
		Addresses, NotReadyAddresses []struct{ IP string }
		Ports                        []port
	}
}

// services are the ports of services, in the order in which they came.
type services struct {
	list  []*served
	index map[string]*served
}

// served is one port of a service.
type served struct {
	key, subject, port string
	line               parse.Line
	ready              []string
	notReady           int
	at                 moment
}

// maxListed is how many addresses of one service are listed.
const maxListed = 200

func (d *dump) slice(o object) {
	var s slice
	if err := json.Unmarshal(o.raw, &s); err != nil {
		d.b.Problem(o.line, "an endpointslice is not understood: %v", err)
		return
	}
	service := s.Metadata.Labels["kubernetes.io/service-name"]
	for _, owner := range s.Metadata.OwnerReferences {
		if service == "" && owner.Kind == "Service" {
			service = owner.Name
		}
	}
	if service == "" {
		service = s.Metadata.Name
	}
	for _, port := range d.services.ports(o, FactEndpointSlices, &s.Metadata, service, s.Ports) {
		for _, e := range s.Endpoints {
			switch {
			case len(e.Addresses) == 0:
			case e.Conditions.Ready == nil || *e.Conditions.Ready: // unknown counts as ready
				port.ready = append(port.ready, e.Addresses[0])
			default:
				port.notReady++
			}
		}
	}
}

func (d *dump) endpoints(o object) {
	var e endpoints
	if err := json.Unmarshal(o.raw, &e); err != nil {
		d.b.Problem(o.line, "endpoints are not understood: %v", err)
		return
	}
	if len(e.Subsets) == 0 {
		d.services.ports(o, FactEndpoints, &e.Metadata, e.Metadata.Name, nil)
	}
	for _, s := range e.Subsets {
		for _, port := range d.services.ports(o, FactEndpoints, &e.Metadata, e.Metadata.Name, s.Ports) {
			for _, a := range s.Addresses {
				port.ready = append(port.ready, a.IP)
			}
			port.notReady += len(s.NotReadyAddresses)
		}
	}
}

// ports gives the ports of a service that an object tells of; what tells of
// none has one without a number.
func (s *services) ports(o object, key string, m *meta, service string, ports []port) (out []*served) {
	if s.index == nil {
		s.index = map[string]*served{}
	}
	if len(ports) == 0 {
		ports = []port{{}}
	}
	at, _ := readMoment(m.Annotations[changed])
	for _, p := range ports {
		v := served{key: key, subject: m.Namespace + "/" + service}
		if p.Port != nil {
			v.port = ":" + strconv.FormatInt(*p.Port, 10)
		}
		id := v.key + " " + v.subject + v.port
		if s.index[id] == nil {
			v.line = o.at(0, len(o.raw))
			v.line.Text = nil
			s.index[id] = &v
			s.list = append(s.list, &v)
		}
		had := s.index[id]
		if at.at > had.at.at {
			had.at = at
		}
		if !slices.Contains(out, had) {
			out = append(out, had)
		}
	}
	return out
}

// facts states what all objects together say of each service.
func (s *services) facts(b *parse.Batch) {
	for _, v := range s.list {
		subject := b.Names.AddString(v.subject)
		name := v.subject + v.port
		within := time.Duration(0)
		if v.at.at != 0 {
			within = v.at.grain.Width() / 2
		}
		b.Fact(&v.line, subject, v.key, fmt.Sprintf("%s ready=%d notready=%d", name, len(v.ready), v.notReady), v.at.at, within)
		if len(v.ready) == 0 {
			continue
		}
		slices.Sort(v.ready)
		list := v.ready[:min(len(v.ready), maxListed)]
		more := ""
		if len(list) < len(v.ready) {
			more = fmt.Sprintf(" and %d more", len(v.ready)-len(list))
		}
		b.Fact(&v.line, subject, v.key+addresses, name+" "+strings.Join(list, " ")+more, v.at.at, within)
	}
}

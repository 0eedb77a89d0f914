package proxy

import "faultline/parse"

// failure is a failed request's error chain taken apart.
type failure struct {
	chain   []byte // the whole error
	logical []byte // "xxxx.yyyy.svc.cluster.local:81"
	route   []byte
	backend []byte
	// client and server are the ends of the connection that an inbound proxy
	// names, endpoint where an outbound one sent the request.
	client, server, endpoint []byte
	other                    []byte // a layer that says nothing more
	leaf                     []byte // the innermost error
	cause                    parse.Cause
	// http and grpc are the statuses the client saw; http is 200 for gRPC.
	http, grpc int
	answer     int // its own among [answers], -1 for none
	isGRPC     bool
}

// Errors that a route's filter asks for: the status is what they say.
const (
	configured     = "HTTP request configured to fail with "
	configuredGRPC = "gRPC request configured to fail with "
)

// means takes over what the innermost error comes to.
func (f *failure) means(m meaning) { f.leaf, f.cause, f.answer = m.leaf, m.cause, m.answer }

package check

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// tapEvent is an object of `linkerd viz tap -o json` (linkerd2 viz/cmd/tap.go,
// tapEvent), which is printed over several lines.
type tapEvent struct {
	Source, Destination *struct {
		IP   string
		Port uint32
	}
	ProxyDirection    string
	RequestInitEvent  *tapBegin
	ResponseInitEvent *tapBegin
	ResponseEndEvent  *tapBegin
}

type tapBegin struct {
	ID                                  struct{ Base, Stream uint64 }
	Method, Authority, Path             string
	HTTPStatus                          int
	SinceRequestInit, SinceResponseInit tapSince
	GrpcStatusCode                      uint32
	Trailers                            json.RawMessage
}

// tapSince is a duration of protobuf's.
type tapSince struct{ Seconds, Nanos int64 }

func (d tapSince) micros() int64 {
	return (time.Duration(d.Seconds)*time.Second + time.Duration(d.Nanos)).Microseconds()
}

// asText writes an object as the line that tap prints by default; "" for any
// other object.
func asText(object []byte) string {
	var e tapEvent
	if !strings.Contains(string(object), `"proxyDirection"`) || json.Unmarshal(object, &e) != nil || e.Source == nil || e.Destination == nil {
		return ""
	}
	direction := "out"
	if e.ProxyDirection == "INBOUND" {
		direction = "in"
	}
	line := func(what string, of *tapBegin, rest string, values ...any) string {
		return fmt.Sprintf("%s id=%d:%d proxy=%s src=%s:%d dst=%s:%d%s", what, of.ID.Base, of.ID.Stream, direction,
			e.Source.IP, e.Source.Port, e.Destination.IP, e.Destination.Port, fmt.Sprintf(rest, values...))
	}
	switch {
	case e.RequestInitEvent != nil:
		r := e.RequestInitEvent
		return line("req", r, " :method=%s :authority=%s :path=%s", r.Method, r.Authority, strings.ReplaceAll(r.Path, " ", "%20"))
	case e.ResponseInitEvent != nil:
		r := e.ResponseInitEvent
		return line("rsp", r, " :status=%d latency=%dµs", r.HTTPStatus, r.SinceRequestInit.micros())
	case e.ResponseEndEvent != nil:
		r := e.ResponseEndEvent
		grpc := ""
		if name, ok := grpcCodes[r.GrpcStatusCode]; ok && string(r.Trailers) != "null" && strings.Contains(string(r.Trailers), "grpc-status") {
			grpc = " grpc-status=" + name
		}
		return line("end", r, "%s duration=%dµs", grpc, r.SinceResponseInit.micros())
	}
	return ""
}

// grpcCodes are the names of gRPC's statuses (google.golang.org/grpc/codes).
var grpcCodes = map[uint32]string{0: "OK", 1: "Canceled", 2: "Unknown", 3: "InvalidArgument", 4: "DeadlineExceeded", 5: "NotFound", 6: "AlreadyExists",
	7: "PermissionDenied", 8: "ResourceExhausted", 9: "FailedPrecondition", 10: "Aborted", 11: "OutOfRange", 12: "Unimplemented", 13: "Internal",
	14: "Unavailable", 15: "DataLoss", 16: "Unauthenticated"}

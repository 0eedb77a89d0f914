package parse

import (
	"strconv"
	"strings"
)

// Hop is what an access line says of how far its request got: the Fact of an
// [IngressResponse] in one text, so that what a diagnosis rests on is in the
// event. What a line does not say is left out.
type Hop struct {
	// State is the writer's own word for the end of the request, as printed:
	// Envoy's flags "UF,URX", HAProxy's "sC--", GCP's statusDetails, Azure's
	// error_info, an ALB's actions "forward", a message of nginx's error log.
	State string
	// Details are Envoy's response_code_details, an ALB's error_reason, or the
	// termination's own text.
	Details string
	// Upstream is the last address that was tried, as printed; "-" says that
	// the line has the field and that nobody was tried.
	Upstream string
	// Status is the upstream's own status as printed, the last of several; "-"
	// says that the line has the field and that there was none.
	Status string
	// Connect is "-" when the line tells that no connection was made, else the
	// time that connecting took, in seconds as printed.
	Connect string
	// Bytes is how many bytes came from the upstream, as printed.
	Bytes string
	// Tries is how many upstreams were tried; 0 when the line does not tell.
	Tries int
	// Side is "inbound" where a sidecar speaks of its own application.
	Side string
	// Client is who asked, without its port: one request shows in the lines of
	// two hops with the same client or the same id.
	Client string
	// Quiet is for how many seconds the upstream had not been asked when the
	// request began, from a minute on and if it had answered the last time;
	// Survived the longest such time in the log after which it answered again.
	Quiet, Survived string
	// First is what the first of several tries came to, where the last came to
	// something else: the address, the status, the bytes of its answer, for how long
	// and how long connecting took, with commas between; "" where there is none, or
	// where it came to the same.
	First string
}

// hopKeys are the words of a Hop's text, in their order.
var hopKeys = [...]string{"state", "details", "upstream", "status", "connect", "bytes", "tries", "client", "side", "quiet", "survived", "first"}

func (h *Hop) fields() [len(hopKeys)]*string {
	return [...]*string{&h.State, &h.Details, &h.Upstream, &h.Status, &h.Connect, &h.Bytes, nil, &h.Client, &h.Side, &h.Quiet, &h.Survived,
		&h.First}
}

// String is the hop as a Fact: "state=UF,URX upstream=10.0.0.9:80 tries=3".
// Spaces within a value become underscores, so that words stay words.
func (h Hop) String() string {
	var b strings.Builder
	for i, v := range h.fields() {
		text := ""
		switch {
		case v != nil:
			text = strings.ReplaceAll(*v, " ", "_")
		case h.Tries > 0:
			text = strconv.Itoa(h.Tries)
		}
		if text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hopKeys[i] + "=" + text)
	}
	return b.String()
}

// ParseHop reads what [Hop.String] writes. A text without keys is a State.
func ParseHop(fact string) (h Hop) {
	to := h.fields()
	read := false
	for _, w := range strings.Fields(fact) {
		key, value, ok := strings.Cut(w, "=")
		for i, k := range hopKeys {
			switch {
			case !ok || k != key:
			case to[i] != nil:
				*to[i], read = value, true
			default:
				h.Tries, _ = strconv.Atoi(value)
				read = true
			}
		}
	}
	if !read {
		h.State = fact
	}
	return h
}

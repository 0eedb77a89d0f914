package known

import "testing"

// Each harmless line is known, and its look-alikes that do harm are not.
func TestBenign(t *testing.T) {
	for text, want := range map[string]string{
		`Failed to connect error=connect to 127.0.0.1:8086 refused`:                            "own container not up yet",
		`inbound: Connection closed error=connection closed before message completed`:          "client hung up",
		`http: TLS handshake error from 10.1.2.3:5000: EOF`:                                    "TLS handshake of a health check",
		`failed to retrieve replicaset shop/web-7d4b9c6f5 not found`:                           "owner of a pod not found",
		`watch of *v1.Endpoints ended with: an error on the server`:                            "watch ended",
		`*7 SSL_do_handshake() failed (SSL: wrong version) while SSL handshaking, client: a.b`: "scanner at the TLS port",
		`Failed to connect error=connect to 10.1.2.3:8086 refused`:                             "",
		`http: TLS handshake error from 10.1.2.3:5000: remote error: bad certificate`:          "",
		`HTTP/1.1 request failed error=connection closed before message completed`:             "",
		`panic: runtime error: index out of range`:                                             "",
	} {
		if h, ok := BenignLine(text); h.Name != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, h.Name, want)
		}
	}
	for _, h := range Benign {
		if h.Name == "" || h.Why == "" || h.line == nil {
			t.Errorf("%+v is not whole", h)
		}
	}
}

package correlate

import "faultline/parse"

// ErrorType is why a request or a probe failed, as OpenTelemetry's attribute
// error.type has it; "" for an event of another kind.
func ErrorType(e *parse.Event) string {
	switch e.Kind {
	case parse.ProxyRequestFailed, parse.IngressResponse:
		return parse.CauseOf(e.Class).String()
	case parse.KubeletProbeFailed:
		probe, failure := parse.ProbeOf(e.Class)
		return probe.String() + "/" + failure.String()
	}
	return ""
}

// HTTPStatus is the HTTP status of an event whose value is one, else 0.
func HTTPStatus(e *parse.Event) int32 {
	switch e.Kind {
	case parse.ProxyRequestFailed, parse.IngressResponse, parse.KubeletProbeFailed:
		if e.Value >= 100 && e.Value < 1000 {
			return int32(e.Value)
		}
	}
	return 0
}

// severityNumbers are OpenTelemetry's (opentelemetry.io, Logs Data Model,
// severity fields).
var severityNumbers = [...]int32{parse.SeverityNone: 0, parse.Trace: 1, parse.Debug: 5, parse.Info: 9, parse.Warn: 13,
	parse.Error: 17, parse.Fatal: 21}

// SeverityNumber is OpenTelemetry's number of a severity, 0 where a line has none.
func SeverityNumber(s parse.Severity) int32 {
	if int(s) < len(severityNumbers) {
		return severityNumbers[s]
	}
	return 0
}

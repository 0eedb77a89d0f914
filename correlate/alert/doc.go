// Package alert evaluates Prometheus rule files over a case, offline: when each
// alert would have been pending and firing, what it would have said, and which
// incidents it would have announced.
//
// Files are read by Prometheus's own reader (rulefmt), expressions evaluated by
// its engine, labels and annotations expanded by its templates. The states are
// those of rules/alerting.go, which cannot be linked itself: it brings the
// discovery of every cloud.
//
//	file → groups (file.go) → order (order.go) → evaluation (evaluate.go) → states (states.go) → Result (announce.go)
package alert

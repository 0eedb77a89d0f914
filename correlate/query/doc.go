// Package query answers PromQL and MetricsQL over a case, offline: over the
// metrics that were exported, and over what the logs say as metrics.
//
// The engine is Prometheus's own (promql, without its database); the samples
// are the case's ([Store]). An expression is read as PromQL first. Only if it
// is none, it is read as MetricsQL, and what of that has an equivalent in
// PromQL is translated and the translation shown; the rest is refused.
//
//	expression → parse (expr.go, metricsql.go, translate.go) → check (checks.go)
//	case → metrics.go, logs.go → Store → engine (query.go) → Result with notes (notes.go)
//
// This is the only package that imports promql and metricsql.
package query

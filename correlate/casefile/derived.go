package casefile

// The rows of the tables that hold what was judged. They follow from the
// others: [File.Verify] makes them again and compares.

type incidentRow struct {
	IncidentID string `parquet:"incident_id,plain" doc:"as in the report: I1, I2…"`
	StartTS    int64  `parquet:"start_ts,optional,plain,timestamp(microsecond:utc)" doc:"start_ns for people"`
	EndTS      int64  `parquet:"end_ts,optional,plain,timestamp(microsecond:utc)" doc:"end_ns for people"`
	StartNS    int64  `parquet:"start_ns,optional,plain" doc:"first failure, ns since 1970; null on a clock without an anchor"`
	EndNS      int64  `parquet:"end_ns,optional,plain" doc:"last failure, ns since 1970"`
	ErrNS      int64  `parquet:"ts_uncertainty_ns,plain" doc:"half-width of what start may be off"`
	StreamID   *int32 `parquet:"stream_id,optional,plain" doc:"whose own clock it is on, where that has no anchor"`
	OwnStart   int64  `parquet:"own_start_ns,plain" doc:"start on that clock, else start_ns"`
	OwnEnd     int64  `parquet:"own_end_ns,plain" doc:"end on that clock, else end_ns"`
	Failures   int64  `parquet:"failures,plain" doc:"failed requests at the outermost layer captured"`
	FailuresBy string `parquet:"failures_by_json,plain" doc:"per layer; one request shows in every layer it passes"`
	Targets    string `parquet:"targets_json,plain" doc:"who failed, and how often, most first"`
	Target     string `parquet:"target,optional,plain" doc:"who failed most"`
	Signature  string `parquet:"signature,plain" doc:"no_endpoints, no_answer, unreachable, mixed, unknown"`
	Stalls     int64  `parquet:"stalls,plain" doc:"logged around it"`
	Probes     int64  `parquet:"probes,plain" doc:"that failed around it"`
	LagNS      *int64 `parquet:"lag_ns,optional,plain" doc:"from the nearest burst of stalls to its start; null without one within a minute"`
	Continuous bool   `parquet:"continuous,plain" doc:"too long to have an onset"`
	PeriodID   string `parquet:"period_id,optional,plain" doc:"id of its period"`
	Cycle      int64  `parquet:"cycle,plain" doc:"of that period"`
	PhaseNS    int64  `parquet:"phase_ns,plain" doc:"how long after that tick it starts"`
	Where      string `parquet:"where_it_arises,optional,plain" doc:"the place in which it arises, as a finding says; null without one"`
	Diagnosis  string `parquet:"diagnosis,optional,plain" doc:"code of docs/diagnoses.md; null without one"`
}

type evidenceRow struct {
	OfTable  string `parquet:"of_table,plain" doc:"incidents, streams (an anchor's proof) or findings"`
	OfID     string `parquet:"of_id,plain" doc:"the row there"`
	Role     string `parquet:"role,plain" doc:"proof, or against"`
	EventID  *int64 `parquet:"event_id,optional,plain" doc:"of events, where it is an event"`
	SeriesID *int64 `parquet:"series_id,optional,plain" doc:"of series, where it is a stretch of samples"`
	SourceID int32  `parquet:"source_id,plain" doc:"of sources"`
	LineNo   int64  `parquet:"line_no,plain" doc:"from 1"`
	Off      int64  `parquet:"byte_offset,plain" doc:"in the decoded source"`
	FromNS   int64  `parquet:"from_ns,optional,plain" doc:"of a stretch of samples"`
	ToNS     int64  `parquet:"to_ns,optional,plain" doc:"of a stretch of samples"`
}

type periodRow struct {
	PeriodID   string   `parquet:"period_id,plain" doc:"as in the report: P1, P2…"`
	Of         string   `parquet:"of_what,plain" doc:"failures, stalls or probes"`
	Scope      string   `parquet:"scope,plain" doc:"all, or a process"`
	Verdict    string   `parquet:"verdict,plain" doc:"strong, supported, not_supported, insufficient"`
	TestedNS   int64    `parquet:"tested_ns,plain" doc:"the period of the list that was tested"`
	PeriodNS   *int64   `parquet:"period_ns,optional,plain" doc:"as estimated; null without a claim"`
	CILowNS    *int64   `parquet:"period_ci_low_ns,optional,plain" doc:"95 %"`
	CIHighNS   *int64   `parquet:"period_ci_high_ns,optional,plain" doc:"95 %"`
	PhaseNS    *int64   `parquet:"phase_ns,optional,plain" doc:"one tick, ns since 1970"`
	Cycles     *int64   `parquet:"n_cycles,optional,plain" doc:"ticks captured"`
	Hits       *int64   `parquet:"n_hits,optional,plain" doc:"ticks hit"`
	Onsets     int64    `parquet:"n_onsets,plain" doc:"that were tested"`
	P          *float64 `parquet:"p_value,optional,plain" doc:"adjusted over the list of periods; null when insufficient"`
	Statistic  string   `parquet:"statistic,optional,plain" doc:"that the verdict rests on: ticks, H, rayleigh"`
	Value      *float64 `parquet:"statistic_value,optional,plain" doc:"its value"`
	AnchoredTo string   `parquet:"anchored_to,plain" doc:"process_start, wall_clock, none"`
	Fits       string   `parquet:"mechanisms,plain" doc:"compatible mechanisms, separated by semicolons"`
	Need       int64    `parquet:"n_cycles_needed,plain" doc:"about so many more; 0 when there are enough"`
}

type associationRow struct {
	Of       string   `parquet:"of_what,plain" doc:"what begins"`
	With     string   `parquet:"with_what,plain" doc:"shortly after what"`
	FromNS   int64    `parquet:"window_from_ns,plain" doc:"after the latter"`
	ToNS     int64    `parquet:"window_to_ns,plain" doc:"after the latter"`
	Observed int64    `parquet:"n_observed,plain" doc:"that coincide"`
	N        int64    `parquet:"n,plain" doc:"onsets compared"`
	Expected *float64 `parquet:"n_expected,optional,plain" doc:"that would coincide by chance"`
	P        *float64 `parquet:"p_value,optional,plain" doc:"null when no test was possible"`
	LagNS    *int64   `parquet:"median_lag_ns,optional,plain" doc:"of those that coincide"`
	Reverse  int64    `parquet:"n_reverse,plain" doc:"of the latter that begin after the former"`
	Verdict  string   `parquet:"verdict,plain" doc:"associated, not_associated, phase_locked, insufficient"`
	Sentence string   `parquet:"sentence,plain" doc:"as in the report"`
}

type findingRow struct {
	FindingID  string `parquet:"finding_id,plain" doc:"as in the report: F1, F2…"`
	RuleID     string `parquet:"rule_id,plain" doc:"the rule that made it"`
	Severity   string `parquet:"severity,plain" doc:"critical, warning, info"`
	Confidence string `parquet:"confidence,plain" doc:"high, medium, low"`
	Title      string `parquet:"title,plain" doc:"in one sentence"`
	Detail     string `parquet:"detail,plain" doc:"what it means and what speaks against it"`
	Query      string `parquet:"query,optional,plain" doc:"PromQL that shows it"`
	Next       string `parquet:"next_json,plain" doc:"steps, most useful first"`
	Diagnosis  string `parquet:"diagnosis,optional,plain" doc:"code of docs/diagnoses.md; null for context"`
	Where      string `parquet:"where_it_arises,optional,plain" doc:"client, ingress, client_proxy, discovery, connection, server_proxy, application, network, node, control_plane, kubernetes_api, config or observer"`
	Facets     string `parquet:"facets_json,plain" doc:"what the diagnosis leaves open, by name"`
	Count      int64  `parquet:"count,plain" doc:"events that it rests on"`
	FirstNS    int64  `parquet:"first_ns,optional,plain" doc:"of those, ns since 1970; null where none has a wall time"`
	LastNS     int64  `parquet:"last_ns,optional,plain" doc:"of those, ns since 1970"`
	Rivals     string `parquet:"rivals_json,plain" doc:"codes that fit what was captured as well"`
}

type noteRow struct {
	TS       int64  `parquet:"ts,optional,plain,timestamp(microsecond:utc)" doc:"ts_ns for people"`
	TSNS     int64  `parquet:"ts_ns,optional,plain" doc:"ns since 1970; null for a note and on a clock of its own"`
	UptimeNS int64  `parquet:"uptime_ns,optional,plain" doc:"ns on the own clock of what about names; null elsewhere"`
	Kind     string `parquet:"kind,plain" doc:"mark, or note: a mark without a time"`
	About    string `parquet:"about,plain" doc:"glob of the sources that it is about; empty for all"`
	SourceID int32  `parquet:"source_id,plain" doc:"of sources: the file that says so; -1 for the screen"`
	LineNo   int64  `parquet:"line_no,plain" doc:"from 1; 0 for the screen"`
	Text     string `parquet:"text,plain" doc:"what was written"`
}

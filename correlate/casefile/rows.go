package casefile

// The rows of the tables that hold what was read. The tag `doc` is the
// column's line in docs/case.md; a column whose doc begins with "=" follows
// from others and is not needed to open a case again. Each string is valid
// UTF-8 (see encode), each number that may be missing is null.

type sourceRow struct {
	SourceID      int32  `parquet:"source_id,plain" doc:"number of the source, from 0"`
	Path          string `parquet:"path,plain" doc:"as given, or found below a folder that was given; of a member of an archive, the archive's path and its own"`
	LogFileName   string `parquet:"log_file_name,plain" doc:"= last part of path"`
	SHA256        string `parquet:"sha256,plain" doc:"of the decoded bytes, hexadecimal; in a redacted case its HMAC under the key"`
	Container     string `parquet:"container_sha256,optional,plain" doc:"of the file as given, where that was compressed or an archive; in a redacted case its HMAC"`
	Bytes         int64  `parquet:"bytes,plain" doc:"decoded"`
	ModifiedNS    int64  `parquet:"modified_ns,optional,plain" doc:"when the file was last written, ns since 1970"`
	Format        string `parquet:"format,plain" doc:"that most of it is in; empty when nothing was recognised"`
	Wrappers      string `parquet:"wrappers,plain" doc:"prefixes that were taken off each line, outermost first, separated by commas"`
	Columns       string `parquet:"columns,optional,plain" doc:"of a table: whether its head or its shape told them, and behind each separator the name of a column; none where it says nothing to a reader"`
	Pasted        bool   `parquet:"pasted,plain" doc:"prose with lines of several programs between"`
	Namespace     string `parquet:"k8s_namespace_name,optional,plain" doc:"by the layout of the dump"`
	Pod           string `parquet:"k8s_pod_name,optional,plain" doc:"by the layout of the dump"`
	ContainerName string `parquet:"k8s_container_name,optional,plain" doc:"by the layout of the dump"`
	Node          string `parquet:"k8s_node_name,optional,plain" doc:"by the layout of the dump"`
	Instance      string `parquet:"instance,optional,plain" doc:"by the layout of the dump: of which run of the container it is, current, previous or rotated"`
	Run           int32  `parquet:"run,optional,plain" doc:"by the layout of the dump: the container's restart count, plus one; null where it does not say"`
	Bundle        string `parquet:"bundle,optional,plain" doc:"the tool whose layout it is"`
	Broken        string `parquet:"broken,optional,plain" doc:"why it could not be read to its end"`
	Zone          string `parquet:"zone,optional,plain" doc:"that the user gave it"`
	PrintedZone   string `parquet:"printed_zone,optional,plain" doc:"that its lines print, as +08:00; several where they do not agree"`
	Layout        string `parquet:"layout,optional,plain" doc:"the configuration of an access log that its lines follow, where one was given or found"`
	Lines         int64  `parquet:"lines,plain" doc:"all lines"`
	LinesEvents   int64  `parquet:"lines_events,plain" doc:"that are part of an event"`
	LinesOther    int64  `parquet:"lines_other,plain" doc:"known and uninteresting; not stored"`
	LinesUnparsed int64  `parquet:"lines_unparsed,plain" doc:"not understood; not stored"`
	LinesProse    int64  `parquet:"lines_prose,plain" doc:"of lines_other: text of no format"`
}

type problemRow struct {
	SourceID int32  `parquet:"source_id,plain" doc:"of sources"`
	LineNo   int64  `parquet:"line_no,plain" doc:"0: the source as a whole"`
	Text     string `parquet:"text,plain" doc:"what could not be read, and the beginning of it"`
}

type streamRow struct {
	StreamID    int32  `parquet:"stream_id,plain" doc:"number of the stream, from 0: one life of one process as one source tells it"`
	SourceID    int32  `parquet:"source_id,plain" doc:"of sources"`
	Format      string `parquet:"format,plain" doc:"of its lines"`
	Clock       string `parquet:"clock,plain" doc:"what its times count from: wall, uptime, age, yearless; empty: it has none"`
	Namespace   string `parquet:"printed_namespace,optional,plain" doc:"as its lines say"`
	Pod         string `parquet:"printed_pod,optional,plain" doc:"as its lines say"`
	Container   string `parquet:"printed_container,optional,plain" doc:"as its lines say"`
	Node        string `parquet:"printed_node,optional,plain" doc:"as its lines say"`
	Instance    string `parquet:"instance,optional,plain" doc:"of which run of the container it is, where the source holds several: current, previous"`
	Life        int32  `parquet:"life,plain" doc:"restarts seen in the source before it"`
	ZoneBy      string `parquet:"zone_by,optional,plain" doc:"where the zone of its times is from, if its lines print none: beside, of access lines beside them; assumed and unknown, read as UTC"`
	Interleaved bool   `parquet:"interleaved,plain" doc:"told apart from others by its clock alone"`
	FirstLine   int64  `parquet:"first_line_no,plain" doc:"of the source"`
	LastLine    int64  `parquet:"last_line_no,plain" doc:"of the source"`
	Lines       int64  `parquet:"lines,plain" doc:"of this stream"`
	Events      int64  `parquet:"events,plain" doc:"rows in events"`
	WhoNS       string `parquet:"k8s_namespace_name,optional,plain" doc:"= whose log it is, by everything in the case"`
	WhoPod      string `parquet:"k8s_pod_name,optional,plain" doc:"= whose log it is"`
	WhoCont     string `parquet:"k8s_container_name,optional,plain" doc:"= whose log it is"`
	WhoNode     string `parquet:"k8s_node_name,optional,plain" doc:"= the machine that it is of"`
	CopyOf      *int32 `parquet:"copy_of,optional,plain" doc:"= the stream that tells the same, better"`
	AnchorBasis string `parquet:"anchor_basis,plain" doc:"= the rung of the clock ladder: given, printed, reported, bounded, none"`
	AnchorNS    *int64 `parquet:"anchor_ns,optional,plain" doc:"= where the stream's zero is, ns since 1970"`
	AnchorErr   *int64 `parquet:"anchor_uncertainty_ns,optional,plain" doc:"= half-width of anchor_ns"`
	AnchorWhy   string `parquet:"anchor_why,optional,plain" doc:"= what it rests on, in words"`
}

type spanRow struct {
	StreamID int32  `parquet:"stream_id,plain" doc:"of streams"`
	Kind     string `parquet:"kind,plain" doc:"coverage: lines were captured; silence: a pause of a minute or more within"`
	From     int64  `parquet:"from_ns,plain" doc:"on the stream's clock"`
	To       int64  `parquet:"to_ns,plain" doc:"on the stream's clock"`
}

type tieRow struct {
	StreamID int32 `parquet:"stream_id,plain" doc:"of streams"`
	Own      int64 `parquet:"own_ns,plain" doc:"on the stream's clock"`
	Wall     int64 `parquet:"ts_ns,plain" doc:"the same line's wall clock, ns since 1970"`
	SourceID int32 `parquet:"source_id,plain" doc:"of sources"`
	LineNo   int64 `parquet:"line_no,plain" doc:"from 1"`
	Off      int64 `parquet:"byte_offset,plain" doc:"in the decoded source; in a redacted case the number of the line among those that are referred to"`
	Len      int64 `parquet:"line_bytes,plain" doc:"length of the line in the source; 0 in a redacted case"`
	Within   int64 `parquet:"within_ns,optional,plain" doc:"half the width of the printed wall clock; null if it is exact"`
}

type factRow struct {
	SourceID int32  `parquet:"source_id,plain" doc:"of sources"`
	LineNo   int64  `parquet:"line_no,plain" doc:"from 1"`
	Off      int64  `parquet:"byte_offset,plain" doc:"in the decoded source; in a redacted case the number of the line among those that are referred to"`
	Len      int64  `parquet:"line_bytes,plain" doc:"length of the line in the source; 0 in a redacted case"`
	TS       int64  `parquet:"ts,optional,plain,timestamp(microsecond:utc)" doc:"= ts_ns for people"`
	TSNS     int64  `parquet:"ts_ns,optional,plain" doc:"ns since 1970; null when the fact has no time"`
	Within   int64  `parquet:"ts_uncertainty_ns,plain" doc:"half-width of ts"`
	Subject  string `parquet:"subject,plain" doc:"namespace/pod/container, as much of it as is known"`
	Key      string `parquet:"fact,plain" doc:"version, started_at, process_start, image, …"`
	Value    string `parquet:"value,plain" doc:"what is stated"`

	Namespace string `parquet:"k8s_namespace_name,optional,plain" doc:"= whom it is about: the subject, and what that leaves open by whose log the line is in"`
	Pod       string `parquet:"k8s_pod_name,optional,plain" doc:"= whom it is about"`
	Container string `parquet:"k8s_container_name,optional,plain" doc:"= whom it is about"`
}

type eventRow struct {
	EventID      int64   `parquet:"event_id,plain" doc:"= number of the row, from 0: by ts_ns, then by stream; what has no time is last"`
	TS           int64   `parquet:"ts,optional,plain,timestamp(microsecond:utc)" doc:"= ts_ns for people"`
	TSNS         int64   `parquet:"ts_ns,optional,plain" doc:"= when it happened, ns since 1970; null while its stream has no anchor"`
	TSErr        *int64  `parquet:"ts_uncertainty_ns,optional,plain" doc:"= half-width of ts"`
	Own          int64   `parquet:"own_ns,plain" doc:"when it happened on its stream's own clock"`
	Grain        int64   `parquet:"own_width_ns,dict" doc:"width of the printed time"`
	Kind         string  `parquet:"kind,dict" doc:"family.what, see docs/formats.md; user.NAME of --match"`
	SeverityNo   int32   `parquet:"severity_number,optional,dict" doc:"= OpenTelemetry's number of the severity"`
	SeverityText string  `parquet:"severity_text,optional,dict" doc:"trace debug info warn error fatal"`
	Target       string  `parquet:"target,optional,dict" doc:"the service, object or endpoint it happened to"`
	Fact         string  `parquet:"detail,optional,dict" doc:"the kind's own text: a trace id, an innermost error, a reason"`
	Class        int32   `parquet:"class,dict" doc:"the kind's own enumeration, as a number"`
	ErrorType    string  `parquet:"error_type,optional,dict" doc:"= class in words: why a request failed, how a probe failed"`
	Value        float64 `parquet:"value,dict" doc:"the kind's own number: a queue's depth, an HTTP status"`
	Status       int32   `parquet:"http_response_status_code,optional,dict" doc:"= value where that is an HTTP status"`
	DurationNS   int64   `parquet:"duration_ns,optional,plain" doc:"how long it took; null when the line does not say"`
	Count        int64   `parquet:"repeat_count,dict" doc:"how many times it happened: 1, but for counted events"`
	Repeats      bool    `parquet:"is_repeat,plain" doc:"= another stream tells the same event better"`
	Failure      bool    `parquet:"is_failure,plain" doc:"= it counts as a failure: incidents are made of these"`
	StreamID     int32   `parquet:"stream_id,dict" doc:"of streams"`
	SourceID     int32   `parquet:"source_id,dict" doc:"= of sources"`
	LineNo       int64   `parquet:"line_no,plain" doc:"from 1; the event's first line"`
	Off          int64   `parquet:"byte_offset,plain" doc:"in the decoded source; in a redacted case the number of the line among those that are referred to"`
	Len          int64   `parquet:"line_bytes,plain" doc:"length of the line in the source; 0 in a redacted case"`
	Print        int64   `parquet:"fingerprint,plain" doc:"of the line without its prefixes; copies share it"`
	Namespace    string  `parquet:"k8s_namespace_name,optional,dict" doc:"= whom it is about"`
	Pod          string  `parquet:"k8s_pod_name,optional,dict" doc:"= whom it is about"`
	Container    string  `parquet:"k8s_container_name,optional,dict" doc:"= whom it is about"`
}

type lineRow struct {
	EventID  *int64 `parquet:"event_id,optional,plain" doc:"of events; null for a line that a fact or a clock rests on"`
	SourceID int32  `parquet:"source_id,dict" doc:"of sources"`
	LineNo   int64  `parquet:"line_no,plain" doc:"from 1"`
	Off      int64  `parquet:"byte_offset,plain" doc:"in the decoded source; in a redacted case the number of the line among those that are referred to"`
	Len      int64  `parquet:"line_bytes,plain" doc:"length of the line in the source; 0 in a redacted case"`
	Body     string `parquet:"body,optional,plain" doc:"the line as it was, with its prefixes"`
	Unread   string `parquet:"unread,optional,dict" doc:"why the line could not be read again for the export"`
}

type seriesRow struct {
	SeriesID   int64  `parquet:"series_id,plain" doc:"number of the series, from 0"`
	Metric     string `parquet:"metric,dict" doc:"name"`
	LabelsJSON string `parquet:"labels_json,plain" doc:"an object, without the metric's name"`
	Namespace  string `parquet:"k8s_namespace_name,optional,dict" doc:"= of the labels"`
	Pod        string `parquet:"k8s_pod_name,optional,dict" doc:"= of the labels"`
	SourceID   int32  `parquet:"source_id,plain" doc:"of sources"`
	LineNo     int64  `parquet:"line_no,plain" doc:"where it begins"`
	Off        int64  `parquet:"byte_offset,plain" doc:"where it begins"`
	Len        int64  `parquet:"line_bytes,plain" doc:"length of the line in the source; 0 in a redacted case"`
	Samples    int64  `parquet:"samples,plain" doc:"rows in samples"`
}

type sampleRow struct {
	SeriesID int64   `parquet:"series_id,dict" doc:"of series"`
	TS       int64   `parquet:"ts,plain,timestamp(microsecond:utc)" doc:"= ts_ns for people"`
	TSNS     int64   `parquet:"ts_ns,plain" doc:"ns since 1970"`
	Value    float64 `parquet:"value,plain" doc:"bit by bit as it was, NaN too"`
	Stale    bool    `parquet:"stale,plain" doc:"= value is Prometheus' mark of a series that ended"`
}

type volumeRow struct {
	StreamID int32 `parquet:"stream_id,plain" doc:"of streams"`
	Minute   int64 `parquet:"own_minute,plain" doc:"minutes since the zero of the stream's clock"`
	Lines    int64 `parquet:"lines,plain" doc:"in that minute"`
}

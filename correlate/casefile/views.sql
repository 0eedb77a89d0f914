-- The questions that a maintainer asks first, a view each: columns.md says what
-- the columns of the tables are. Run it in the unpacked folder, for example
--   duckdb -cmd ".read views.sql" -c "SELECT * FROM incidents"
-- ClickHouse reads file('NAME.parquet') and Spark parquet.`NAME.parquet` where
-- a quoted name stands here; both take the rest as it is.

-- Which replica stalled, how deep its queue was, and for how long.
CREATE VIEW stalls AS
SELECT event_id, ts, ts_ns, own_ns, stream_id, k8s_pod_name AS replica, value AS depth, duration_ns / 1e6 AS ms, detail AS trace_id
FROM 'events.parquet'
WHERE kind = 'controller.pop_stall' AND NOT is_repeat;

-- The incidents, each with the last replica that stalled in the minute before
-- it and how many seconds before; null where none is known to have.
CREATE VIEW incidents AS
SELECT i.*, n.replica, n.depth, n.ms, n.lead_s
FROM 'incidents.parquet' AS i
LEFT JOIN (
  SELECT i.incident_id, s.replica, s.depth, s.ms, (i.start_ns - s.ts_ns) / 1e9 AS lead_s,
    row_number() OVER (PARTITION BY i.incident_id ORDER BY s.ts_ns DESC, s.event_id DESC) AS nth
  FROM 'incidents.parquet' AS i CROSS JOIN (
    SELECT event_id, ts_ns, k8s_pod_name AS replica, value AS depth, duration_ns / 1e6 AS ms
    FROM 'events.parquet'
    WHERE kind = 'controller.pop_stall' AND NOT is_repeat
  ) AS s
  WHERE s.ts_ns BETWEEN i.start_ns - 60000000000 AND i.start_ns
) AS n ON n.incident_id = i.incident_id AND n.nth = 1;

-- Which version each pod says that it runs.
CREATE VIEW versions AS
SELECT DISTINCT f.k8s_namespace_name AS namespace, f.k8s_pod_name AS pod, f.k8s_container_name AS container, f.subject, f.value AS version, s.path
FROM 'facts.parquet' AS f
JOIN 'sources.parquet' AS s ON s.source_id = f.source_id
WHERE f.fact = 'version';

-- When each process and container began.
CREATE VIEW starts AS
SELECT event_id, ts, ts_ns, stream_id, kind, k8s_namespace_name AS namespace, k8s_pod_name AS pod, k8s_container_name AS container, detail
FROM 'events.parquet'
WHERE kind IN ('controller.started', 'proxy.started', 'container.started') AND NOT is_repeat;

-- The requests that failed, and those that an ingress or an API server logged.
CREATE VIEW requests AS
SELECT event_id, ts, ts_ns, kind, http_response_status_code AS status, error_type AS cause, target, duration_ns / 1e6 AS ms,
  k8s_pod_name AS pod, repeat_count, is_failure
FROM 'events.parquet'
WHERE kind IN ('proxy.request_failed', 'ingress.response', 'apiserver.response') AND NOT is_repeat;

-- What each conclusion rests on, with the line where that is an event.
CREATE VIEW evidence AS
SELECT e.*, s.path, l.body
FROM 'evidence.parquet' AS e
JOIN 'sources.parquet' AS s ON s.source_id = e.source_id
LEFT JOIN 'lines.parquet' AS l ON l.event_id = e.event_id;

-- What a terabyte is cut down to: every event from a minute before an incident
-- (see incidents.sql) to its end, with its line and where that stands. The same
-- text runs in DuckDB, ClickHouse and Spark.
WITH timed AS (
  SELECT e.kind, e.is_failure, e.source_path, e.byte_offset, e.body, e.own_ns + min(c.zero_ns) AS at_ns
  FROM events AS e
  JOIN clocks AS c ON c.source_path = e.source_path AND c.k8s_namespace_name = e.k8s_namespace_name
    AND c.k8s_pod_name = e.k8s_pod_name AND c.k8s_container_name = e.k8s_container_name
  WHERE e.clock = 'uptime' AND e.zero_ns - c.zero_ns BETWEEN -1000000000 AND 1000000000
  GROUP BY e.kind, e.is_failure, e.source_path, e.byte_offset, e.body, e.own_ns
  UNION ALL
  SELECT kind, is_failure, source_path, byte_offset, body, own_ns AS at_ns FROM events WHERE clock = 'wall'
), failures AS (
  SELECT at_ns FROM timed WHERE is_failure AND kind = (SELECT min(kind) FROM timed WHERE is_failure)
), gaps AS (
  SELECT at_ns, at_ns - max(at_ns) OVER (ORDER BY at_ns ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap_ns FROM failures
), bursts AS (
  SELECT at_ns, sum(CASE WHEN gap_ns > 60000000000 THEN 1 ELSE 0 END) OVER (ORDER BY at_ns) AS burst FROM gaps
), incidents AS (
  SELECT min(at_ns) AS start_ns, max(at_ns) AS end_ns FROM bursts GROUP BY burst
)
SELECT i.start_ns, t.at_ns, t.kind, t.source_path, t.byte_offset, t.body
FROM incidents AS i CROSS JOIN timed AS t
WHERE t.at_ns BETWEEN i.start_ns - 60000000000 AND i.end_ns
ORDER BY i.start_ns, t.at_ns, t.source_path, t.byte_offset

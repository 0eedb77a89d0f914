-- The incidents of a dump, over the events of all shards: bursts of failed
-- requests, each within a minute of the one before, counted at the outermost
-- layer that was captured (ingress.response, else proxy.request_failed). The
-- same text runs in DuckDB, ClickHouse and Spark; README.md says how.
WITH timed AS (
  SELECT e.kind, e.own_ns + min(c.zero_ns) AS at_ns
  FROM events AS e
  JOIN clocks AS c ON c.source_path = e.source_path AND c.k8s_namespace_name = e.k8s_namespace_name
    AND c.k8s_pod_name = e.k8s_pod_name AND c.k8s_container_name = e.k8s_container_name
  WHERE e.is_failure AND e.clock = 'uptime' AND e.zero_ns - c.zero_ns BETWEEN -1000000000 AND 1000000000
  GROUP BY e.kind, e.own_ns, e.source_path, e.byte_offset
  UNION ALL
  SELECT kind, own_ns AS at_ns FROM events WHERE is_failure AND clock = 'wall'
), failures AS (
  SELECT at_ns FROM timed WHERE kind = (SELECT min(kind) FROM timed)
), gaps AS (
  SELECT at_ns, at_ns - max(at_ns) OVER (ORDER BY at_ns ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS gap_ns FROM failures
), bursts AS (
  SELECT at_ns, sum(CASE WHEN gap_ns > 60000000000 THEN 1 ELSE 0 END) OVER (ORDER BY at_ns) AS burst FROM gaps
)
SELECT min(at_ns) AS start_ns, max(at_ns) AS end_ns, count(*) AS failures FROM bursts GROUP BY burst ORDER BY start_ns

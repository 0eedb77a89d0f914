-- As onsets.duckdb.sql, for Spark. `events` is spark.read.parquet("events") as a view.
WITH failures AS (
  SELECT timestamp AS at FROM events
  WHERE kind = 'ingress.response' AND http_status = 504 AND timestamp IS NOT NULL
), gaps AS (
  SELECT at, lag(at) OVER (ORDER BY at) AS before FROM failures
)
SELECT at AS onset FROM gaps WHERE before IS NULL OR at - before > INTERVAL 60 SECONDS ORDER BY onset

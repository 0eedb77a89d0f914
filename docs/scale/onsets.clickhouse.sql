-- As onsets.duckdb.sql, for ClickHouse and chdb.
WITH failures AS (
  SELECT timestamp AS at
  FROM file('events/*/*.parquet', Parquet)
  WHERE kind = 'ingress.response' AND http_status = 504 AND timestamp IS NOT NULL
), gaps AS (
  SELECT at, lagInFrame(toNullable(at)) OVER (ORDER BY at ASC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before FROM failures
)
SELECT at AS onset FROM gaps WHERE before IS NULL OR at - before > 60 ORDER BY onset;

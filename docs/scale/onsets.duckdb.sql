-- Onsets of failures as clients saw them, over the events of all shards: a
-- failure with none in the 60 s before it. Run in the folder that shards wrote to:
--   duckdb -c ".read onsets.duckdb.sql"
WITH failures AS (
  SELECT "timestamp" AS at
  FROM read_parquet('events/*/*.parquet', hive_partitioning = true)
  WHERE kind = 'ingress.response' AND http_status = 504 AND "timestamp" IS NOT NULL
), gaps AS (
  SELECT at, lag(at) OVER (ORDER BY at) AS before FROM failures
)
SELECT at AS onset FROM gaps WHERE before IS NULL OR at - before > INTERVAL 60 SECOND ORDER BY onset;

"""Runs incidents.sql and evidence.sql over what shards wrote, in DuckDB, ClickHouse
(chdb) and Spark, and compares each row with the case that one process exports."""

import importlib
import json
import os
import sys

work, case = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
incidents, evidence = (open(os.path.join(here, name + ".sql")).read() for name in ("incidents", "evidence"))
TABLES = ["events", "clocks"]


def with_duckdb():
    import duckdb

    db = duckdb.connect()
    for t in TABLES:
        db.execute(f"CREATE VIEW {t} AS SELECT * FROM read_parquet('{work}/{t}/*/*.parquet', hive_partitioning = true)")
    return duckdb.__version__, lambda q: db.execute(q).fetchall()


def with_chdb():
    import chdb.session

    s = chdb.session.Session()
    s.query("CREATE DATABASE dump ENGINE = Atomic")
    s.query("USE dump")
    for t in TABLES:
        s.query(f"CREATE VIEW {t} AS SELECT * FROM file('{work}/{t}/*/*.parquet', Parquet)")

    def run(q):
        lines = str(s.query(q, "JSONEachRow")).splitlines()  # which writes 64 bits as text
        return [tuple(int(v) if k.endswith("_ns") or k in ("failures", "byte_offset") else v for k, v in json.loads(line).items()) for line in lines]

    return chdb.__version__, run


def with_pyspark():
    import pyspark
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for t in TABLES:
        spark.read.parquet(os.path.join(work, t)).createOrReplaceTempView(t)
    return pyspark.__version__, lambda q: [tuple(r) for r in spark.sql(q).collect()]


def of_go():
    """The same two tables from the case. What has only an age for a time is in no SQL of a shard."""
    import duckdb

    db = duckdb.connect()
    for t in ("incidents", "events", "streams", "sources"):
        db.execute(f"CREATE VIEW {t} AS SELECT * FROM '{case}/{t}.parquet'")
    found = db.execute("SELECT start_ns, end_ns, failures FROM incidents ORDER BY start_ns").fetchall()
    around = db.execute("""
        SELECT i.start_ns, e.ts_ns, e.kind, s.path, e.byte_offset
        FROM incidents AS i JOIN events AS e ON e.ts_ns BETWEEN i.start_ns - 60000000000 AND i.end_ns
        JOIN streams AS t ON t.stream_id = e.stream_id JOIN sources AS s ON s.source_id = e.source_id
        WHERE t.clock IN ('wall', 'uptime')""").fetchall()
    return found, sorted(around)


def same(what, got, want):
    assert len(want) > 10, f"only {len(want)} {what}"
    wrong = [(g, w) for g, w in zip(got, want) if g != w]
    assert len(got) == len(want) and not wrong, f"{what}: {len(got)} rows, Go has {len(want)}; {wrong[:1]}"


try:
    want_incidents, want_evidence = of_go()
except ImportError:
    sys.exit("SKIP: duckdb, which reads the case, is not installed")
failed = False
for name in ["duckdb", "chdb", "pyspark"]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(f"SKIP {name}: not installed", file=sys.stderr)
        continue
    try:
        version, run = globals()["with_" + name]()
        same("incidents", run(incidents), want_incidents)
        rows = run(evidence)
        same("evidence", sorted(r[:5] for r in rows), want_evidence)
        assert all(r[5] for r in rows), "an event without its line"
        print(f"{name:8} {version}: {len(want_incidents)} incidents and {len(rows)} events around them, row for row as Go has them", flush=True)
    except Exception as e:  # the others are still worth a look
        failed = True
        print(f"{name:8} FAILED: {type(e).__name__}: {e}", flush=True)
sys.exit(failed)

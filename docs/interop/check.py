"""Reads a case with duckdb, pyarrow, pandas, polars, chdb and pyspark, as far as
they are installed, and compares with what Go says: row counts, types, sums,
the sample SQL of the case's README, and the incidents that SQL finds."""

import importlib
import json
import os
import re
import sys

case, report = sys.argv[1], json.load(open(sys.argv[2]))
manifest = json.load(open(os.path.join(case, "manifest.json")))
rows = {e["name"][: -len(".parquet")]: e["rows"] for e in manifest["entries"] if e["rows"] is not None}
readme = open(os.path.join(case, "README.md")).read()
sql = re.findall(r"```sql\n(.*?)```", readme, re.S)
assert len(sql) == 3, len(sql)


def path(table):
    return os.path.join(case, table + ".parquet")


def nanos(stamp):
    """ns since 1970 of RFC 3339 in UTC."""
    from datetime import datetime, timezone

    whole, _, part = stamp.rstrip("Z").partition(".")
    seconds = int(datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp())
    return seconds * 10**9 + int((part or "0").ljust(9, "0"))


# What Go says, which prints milliseconds.
go = [(nanos(i["start"]), nanos(i["end"]), i["failures"]) for i in report["incidents"] if i["start"]]


def same_incidents(found):
    found = [(int(a), int(b), int(n)) for a, b, n in found]
    assert len(found) == len(go) > 0, (len(found), len(go))
    for (a, b, n), (x, y, m) in zip(found, go):
        assert a // 10**6 == x // 10**6 and b // 10**6 == y // 10**6 and n == m, ((a, b, n), (x, y, m))


def check_sql(run):
    """The three samples, given a function from SQL to a list of rows."""
    first = run(sql[0])
    assert len(first) == rows["incidents"], len(first)
    assert sum(int(r[2]) for r in first) == sum(i["failures"] for i in report["incidents"])
    around = run(sql[1])
    assert len(around) >= rows["incidents"] and all(r[4] for r in around), len(around)
    same_incidents(run(sql[2]))
    return around


def views(execute, read):
    for table in rows:
        execute(f"CREATE VIEW {table} AS SELECT * FROM {read(table)}")


# A maintainer's questions, one line each over the views, and whether an answer is one.
QUESTIONS = {
    "versions by pod": ("SELECT pod, version FROM versions WHERE pod IS NOT NULL ORDER BY 1, 2", lambda r: len(r) > 1),
    "starts": ("SELECT pod, min(ts_ns) FROM starts WHERE kind = 'controller.started' GROUP BY pod ORDER BY 1", lambda r: len(r) > 1),
    "what stalled": ("SELECT replica, count(*), max(depth), sum(ms) FROM stalls GROUP BY replica ORDER BY 1", lambda r: all(x[0] and x[2] > 0 for x in r)),
    "before each incident": ("SELECT incident_id, replica, depth, lead_s FROM incidents WHERE replica IS NOT NULL ORDER BY 1", lambda r: all(0 <= x[3] <= 60 for x in r)),
    "what failed": ("SELECT target, status, cause, count(*) FROM requests WHERE is_failure GROUP BY target, status, cause ORDER BY 4 DESC, 1, 2, 3", lambda r: r[0][1] >= 500),
    "evidence": ("SELECT of_table, count(*) FROM evidence WHERE body IS NOT NULL GROUP BY of_table ORDER BY 1", lambda r: len(r) > 0),
}
answers = None


def check_views(run, read):
    """views.sql with files as an engine reads them, and each question; the engines agree."""
    global answers
    text = open(os.path.join(case, "views.sql")).read()
    text = re.sub(r"'(\w+)\.parquet'", lambda m: read(m[1]), re.sub(r"--.*", "", text))
    for statement in filter(str.strip, text.split(";")):
        run(statement)
    got = {}
    for what, (sql, holds) in QUESTIONS.items():
        rows_of = [[round(v, 6) if isinstance(v, float) else v for v in r] for r in run(sql)]
        assert rows_of and holds(rows_of), (what, rows_of[:2])
        got[what] = rows_of
    answers = answers or got
    for what in got:
        assert got[what] == answers[what], (what, got[what][:2], answers[what][:2])


def with_duckdb():
    import duckdb

    db = duckdb.connect()
    views(db.execute, lambda t: f"'{path(t)}'")
    for table, n in rows.items():
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == n, table
    types = dict(db.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'events'").fetchall())
    assert types["ts"] == "TIMESTAMP WITH TIME ZONE" and types["ts_ns"] == "BIGINT" and types["kind"] == "VARCHAR" and types["value"] == "DOUBLE", types
    assert db.execute("SELECT count(*) FROM events WHERE ts_ns IS NOT NULL AND epoch_us(ts) <> ts_ns // 1000").fetchone()[0] == 0
    global reference
    reference = sums(lambda q: db.execute(q).fetchone())
    check_sql(lambda q: db.execute(q).fetchall())
    fresh = duckdb.connect()
    check_views(lambda q: [list(r) for r in fresh.execute(q).fetchall()], lambda t: f"'{path(t)}'")
    return duckdb.__version__


reference = None
AGGREGATE = "SELECT count(*), sum(event_id), sum(line_bytes), sum(byte_offset), sum(repeat_count), sum(value), count(target), count(ts_ns) FROM events"


def sums(one):
    return tuple(float(v) for v in one(AGGREGATE))


def frame_sums(events):
    """The same of a frame with pandas' or polars' methods."""
    return (len(events), events["event_id"].sum(), events["line_bytes"].sum(), events["byte_offset"].sum(), events["repeat_count"].sum(), events["value"].sum())


def with_pyarrow():
    import pyarrow
    import pyarrow.parquet as pq

    for table, n in rows.items():
        t = pq.read_table(path(table))
        assert t.num_rows == n, table
        described = json.loads(t.schema.metadata[b"faultline.columns"])
        assert [c["name"] for c in described] == t.column_names, table
        for column, field in zip(described, t.schema):
            want = {"string": "string", "int64": "int64", "int32": "int32", "float64": "double", "bool": "bool", "timestamp(us, UTC)": "timestamp[us, tz=UTC]"}
            assert str(field.type) == want[column["type"]] and field.nullable == column["nullable"], (table, field, column)
        t.validate(full=True)
    return pyarrow.__version__


def with_pandas():
    import pandas

    events = pandas.read_parquet(path("events"))
    assert str(events["ts"].dtype) == "datetime64[us, UTC]", events["ts"].dtype
    assert frame_sums(events) == reference[:6], (frame_sums(events), reference)
    failed = events[events["is_failure"] & events["ts_ns"].notna()].sort_values(["ts_ns", "event_id"])
    burst = (failed["ts_ns"].diff() > 60e9).cumsum()
    grouped = failed.groupby(burst)["ts_ns"]
    same_incidents(zip(grouped.min(), grouped.max(), grouped.count()))
    facts = pandas.read_parquet(path("facts"))
    versions = facts[(facts.fact == "version") & facts.k8s_pod_name.notna()]
    assert sorted(set(zip(versions.k8s_pod_name, versions.value))) == [tuple(r) for r in answers["versions by pod"]]
    stalls = events[(events.kind == "controller.pop_stall") & ~events.is_repeat]
    assert stalls.groupby("k8s_pod_name").size().tolist() == [r[1] for r in answers["what stalled"]]
    return pandas.__version__


def with_polars():
    import polars

    events = polars.read_parquet(path("events"))
    assert str(events.schema["ts"]) == "Datetime(time_unit='us', time_zone='UTC')", events.schema["ts"]
    assert frame_sums(events) == reference[:6], (frame_sums(events), reference)
    context = polars.SQLContext({t: polars.read_parquet(path(t)) for t in rows}, eager=True)
    assert context.execute(sql[0]).height == rows["incidents"]
    failed = events.filter(polars.col("is_failure") & polars.col("ts_ns").is_not_null()).sort("ts_ns", "event_id")
    failed = failed.with_columns(((polars.col("ts_ns").diff() > 60 * 10**9).fill_null(True)).cum_sum().alias("burst"))
    grouped = failed.group_by("burst").agg(a=polars.col("ts_ns").min(), b=polars.col("ts_ns").max(), n=polars.len()).sort("a")
    same_incidents(grouped.select("a", "b", "n").rows())
    return polars.__version__


def with_chdb():
    import chdb.session

    s = chdb.session.Session()
    s.query("CREATE DATABASE c ENGINE = Atomic")
    s.query("USE c")
    views(s.query, lambda t: f"file('{path(t)}', Parquet)")

    def run(q):
        # ClickHouse joins BETWEEN only as a filter of a join on equality.
        q = q.replace("JOIN events AS e ON e.ts_ns", "CROSS JOIN events AS e WHERE_ e.ts_ns")
        if "WHERE_" in q:
            q = re.sub(r"CROSS JOIN events AS e WHERE_ (.*)\nJOIN lines AS l ON (.*)\nWHERE (.*)", r"CROSS JOIN events AS e JOIN lines AS l ON \2 WHERE \1 AND \3", q)
        q = q.replace("lag(ts_ns) OVER (ORDER BY ts_ns, event_id)", "lagInFrame(ts_ns) OVER (ORDER BY ts_ns, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)")
        return [list(json.loads(line).values()) for line in str(s.query(q, "JSONEachRow")).splitlines()]

    for table, n in rows.items():
        assert int(run(f"SELECT count(*) AS n FROM {table}")[0][0]) == n, table
    got = sums(lambda q: [v for v in run("SELECT " + ", ".join(f"{c} AS c{i}" for i, c in enumerate(re.split(r", (?![^(]*\))", q[len("SELECT ") : -len(" FROM events")]))) + " FROM events")[0]])
    assert got == reference, (got, reference)
    check_sql(run)
    s.query("CREATE DATABASE v ENGINE = Atomic")
    s.query("USE v")

    def ask(q):
        out = str(s.query(q, "JSONCompactEachRow")).splitlines()
        return [[int(v) if isinstance(v, str) and v.lstrip("-").isdigit() else v for v in json.loads(line)] for line in out]

    check_views(ask, lambda t: f"file('{path(t)}', Parquet)")
    return chdb.__version__


def with_pyspark():
    import pyspark
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for table, n in rows.items():
        frame = spark.read.parquet(path(table))
        assert frame.count() == n, table
        frame.createOrReplaceTempView(table)
    assert dict(spark.table("events").dtypes)["ts"] == "timestamp"
    assert sums(lambda q: spark.sql(q).collect()[0]) == reference
    check_sql(lambda q: [tuple(r) for r in spark.sql(q).collect()])
    check_views(lambda q: [list(r) for r in spark.sql(q.replace("CREATE VIEW", "CREATE OR REPLACE TEMPORARY VIEW")).collect()], lambda t: f"parquet.`{path(t)}`")
    spark.stop()
    return pyspark.__version__


failed = False
for name in ["duckdb", "pyarrow", "pandas", "polars", "chdb", "pyspark"]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(f"{name:8} not installed")
        continue
    try:
        print(f"{name:8} {globals()['with_' + name]()}: types, counts, sums and {len(go)} incidents as Go has them", flush=True)
    except Exception as e:  # the others are still worth a look
        failed = True
        print(f"{name:8} FAILED: {type(e).__name__}: {e}", flush=True)
sys.exit(failed)

#!/usr/bin/env python3
"""spark.py [OPTIONS] DUMP WORK: reads a dump in the tasks of a Spark cluster, and
judges it. DUMP is a folder, or a prefix of a bucket that the cluster sees as one
(s3a://, gs://, abfss://, dbfs:/); WORK is a folder that all executors see.

    spark-submit --master 'local[2,4]' docs/scale/spark.py dump/ work/ -o report.html
    gcloud dataproc jobs submit pyspark docs/scale/spark.py -- gs://case/dump /gcs/case/work
    Databricks: a task "Python script" with the parameters /Volumes/case/dump /Volumes/case/work

The driver lists and plans (`faultline shard plan`), each task reads one share
(`faultline shard parse`), and the driver judges (`faultline shard merge`). A task
that is lost is run again by Spark: a share writes the same files once more, and
they are seen only when they are whole. The events lie in WORK as Parquet, and are
the table faultline_events for SQL. A bucket that no machine has mounted is copied
into WORK first, by Hadoop's own clients: mount one of terabytes."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("dump")
    p.add_argument("work", help="a folder that the driver and all executors see under one path")
    p.add_argument("-o", "--output", default="report.html", help="where the report goes; its ending says the form")
    p.add_argument("--faultline", default="faultline", help="the program, on each machine")
    p.add_argument("--shards", type=int, default=0, help="how many tasks; four for each core otherwise")
    p.add_argument("--piece", type=int, default=256 << 20, help="bytes of a file that one share reads at most")
    p.add_argument("--all", action="store_true", help="lines of no interest are events too, for SQL")
    return p.parse_args()


def call(*command):
    """Runs faultline; what it says goes into the error."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def mirrored(spark, url, local):
    """Copies a prefix of a bucket into a local folder, by Hadoop's file systems."""
    jvm, conf = spark.sparkContext._jvm, spark.sparkContext._jsc.hadoopConfiguration()
    root = jvm.org.apache.hadoop.fs.Path(url)
    jvm.org.apache.hadoop.fs.FileUtil.copy(root.getFileSystem(conf), root, jvm.org.apache.hadoop.fs.FileSystem.getLocal(conf), jvm.org.apache.hadoop.fs.Path(local), False, conf)
    return local


def share(faultline, plan, work, lost):
    """The work of one task: a share, and again from the start where one was lost."""

    def run(indexes):
        from pyspark import TaskContext

        for index in indexes:
            attempt = TaskContext.get().attemptNumber()
            command = [faultline, "shard", "parse", "--plan", plan, "--index", str(index), "-d", work]
            if index in lost and attempt == 0:  # of the test: a machine that dies in its work
                died = subprocess.Popen(command, stderr=subprocess.DEVNULL)
                try:
                    died.wait(lost[index])
                except subprocess.TimeoutExpired:
                    died.kill()
                    died.wait()
                os.abort()
            call(*command)
            yield index, attempt

    return run


def main():
    o = options()
    spark = SparkSession.builder.appName("faultline").getOrCreate()
    context = spark.sparkContext
    lost = json.loads(os.environ.get("FAULTLINE_LOSE", "{}"))  # of the test: share -> seconds until it dies
    os.makedirs(o.work, exist_ok=True)
    dump, plan = o.dump, os.path.join(o.work, "plan.json")
    if "://" in dump or dump.startswith("dbfs:"):
        dump = mirrored(spark, dump, os.path.join(o.work, "dump"))
    shards = o.shards or 4 * context.defaultParallelism
    call(o.faultline, "shard", "plan", "-o", plan, "--shards", str(shards), "--piece", str(o.piece), *(["--all"] if o.all else []), dump)
    tasks = context.parallelize(range(shards), shards)
    done = tasks.mapPartitions(share(o.faultline, plan, o.work, {int(k): v for k, v in lost.items()})).collect()
    again = sorted(index for index, attempt in done if attempt > 0)
    print(f"{len(done)} shares" + (f", {len(again)} of them run again: {again}" if again else ""), flush=True)
    events = spark.read.parquet(os.path.join(o.work, "events"))
    events.createOrReplaceTempView("faultline_events")
    for row in spark.sql("SELECT kind, count(*) AS n FROM faultline_events GROUP BY kind ORDER BY n DESC, kind LIMIT 10").collect():
        print(f"{row.n:12} {row.kind}", flush=True)
    part = tempfile.mkdtemp()
    report = os.path.join(part, "report." + o.output.rsplit(".", 1)[-1])
    call(o.faultline, "shard", "merge", "--plan", plan, "-d", o.work, "-o", report)
    shutil.move(report, o.output)
    print("written to", o.output)
    spark.stop()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""ask.py FAULTLINE DUMP CASE: asks `faultline mcp` with the Python client.

Lists what is offered, calls each tool, cancels one, reads each resource and
each prompt, and follows the evidence of the bundled incident by tool calls
alone to the line that proves it. Prints a line a check; exits 1 on the first
that does not hold."""
import asyncio
import json
import os
import sys

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

binary, dump, case = sys.argv[1:4]

ARGUMENTS = {
    "explain": {"name": "F1"},
    "lines": None,  # filled with an id of the first finding
    "search": {"text": "failfast"},
    "query": {"expr": "count(faultline_events_total)", "time": "last"},
}


def holds(what, truth):
    print(("ok    " if truth else "WRONG ") + what, flush=True)
    if not truth:
        os._exit(1)


def answer(result, name):
    """The structured answer, which the client held to the tool's schema."""
    said = result.model_dump(by_alias=True)
    if said.get("isError") or json.loads(said["content"][0]["text"]) != said["structuredContent"]:
        holds(f"{name}: {said}", False)
    return said["structuredContent"]


async def every(session):
    """Everything that is offered answers."""
    tools = [t.name for t in (await session.list_tools()).tools]
    holds(f"{len(tools)} tools are offered: {' '.join(tools)}", len(tools) == 14)
    first = answer(await session.call_tool("findings", {}), "findings")["findings"][0]
    ARGUMENTS["lines"] = {"at": first["evidence"][0]["id"]}
    for name in tools:
        if name != "compare":
            answer(await session.call_tool(name, ARGUMENTS.get(name, {})), name)
            holds(f"{name} answers in its schema", True)
    resources = (await session.list_resources()).resources
    for r in resources:
        text = (await session.read_resource(r.uri)).contents[0].text
        holds(f"{r.uri}: {len(text)} characters", len(text) > 1)
    for p in (await session.list_prompts()).prompts:
        text = (await session.get_prompt(p.name)).messages[0].content.text
        holds(f"prompt {p.name}", "overview" in text or "report.md" in text)


async def cancelled(session):
    """A call that is cancelled stops, and the next one is answered."""
    slow = {"expr": "sum(quantile_over_time(0.9, faultline_events_total[2h:10s]))", "step": "20s"}
    with anyio.move_on_after(0.2) as scope:
        await session.call_tool("query", slow)
    answer(await session.call_tool("overview", {}), "overview")
    holds("overview answers after a call that was cancelled", scope.cancelled_caught)


async def investigated(session):
    """From the overview to the line that proves it, by tool calls alone."""
    over = answer(await session.call_tool("overview", {}), "overview")
    leads = answer(await session.call_tool("findings", {"id": over["leading"]}), "findings")["findings"][0]
    holds(f"leading: {leads['rule']}, confidence {leads['confidence']}", leads["diagnosis"] == "resync_stall")
    seen = []
    for e in leads["evidence"]:
        lines = answer(await session.call_tool("lines", {"at": e["id"], "before": 0, "after": 0}), "lines")
        seen.append(lines["lines"][0]["line_text"])
    holds("its evidence is the controller's answer that the target has no endpoints", any("resolve: No endpoints" in s for s in seen))


async def main():
    for path, checks in ((dump, (every, cancelled, investigated)), (case, (investigated,))):
        print(f"-- {os.path.basename(path)}")
        server = StdioServerParameters(command=binary, args=["mcp", "-q", path])
        async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            for check in checks:
                await check(session)


asyncio.run(main())

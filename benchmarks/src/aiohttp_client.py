"""The same call by hand over a bare aiohttp, in a process that talks like worker.ts."""

import asyncio
import hashlib
import json
import sys
import time
from math import inf
from urllib.parse import quote

import aiohttp

ORIGIN = sys.argv[1]
HEADERS = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
# Of nobody, as in form.ts; the fields as in answer.ts.
PARAMETERS = {
    "application_key": "TEST-APPLICATION-KEY",
    "fields": "uid,locale,first_name,last_name,name,gender,age,birthday,has_email,has_phone,private,location,online,"
    "last_online,last_online_ms,friends_count,photo_id,pic_1,pic_2,url_profile",
    "format": "json",
    "method": "users.getCurrentUser",
}
TOKEN = "-s-TEST-ACCESS-TOKEN-0123456789abcdefghijklmnopqrstuvwxyz"
SECRET = "test-session-secret-key-00000000"


def signed() -> str:
    base = "".join(f"{name}={value}" for name, value in PARAMETERS.items())
    form = "".join(f"{name}={quote(value, safe='')}&" for name, value in PARAMETERS.items())
    sig = hashlib.md5((base + SECRET).encode()).hexdigest()
    return f"{form}sig={sig}&access_token={quote(TOKEN, safe='')}"


async def call(session: aiohttp.ClientSession) -> dict:
    async with session.post(f"{ORIGIN}/fb.do", data=signed(), headers=HEADERS) as response:
        return json.loads(await response.text())


async def measure(session: aiohttp.ClientSession, concurrency: int, millis: float, calls: float, least: int) -> dict:
    made = 0
    cpu, start = time.process_time(), time.perf_counter()
    end = start + millis / 1000

    async def lane() -> None:
        nonlocal made
        while made < calls and (made < least or time.perf_counter() < end):
            made += 1
            await call(session)

    await asyncio.gather(*(lane() for _ in range(concurrency)))
    return {
        "calls": made,
        "cpu": (time.process_time() - cpu) * 1e6,
        "wall": (time.perf_counter() - start) * 1e3,
    }


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


async def main() -> None:
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector) as session:
        user = await call(session)
        if user.get("uid") != "570000000194":
            raise RuntimeError(f"aiohttp got {user}")
        say({"ready": True})
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            command = json.loads(line)
            concurrency = command["concurrency"]
            millis, calls = command.get("millis", inf), command.get("calls", inf)
            say(await measure(session, concurrency, millis, calls, command.get("least", concurrency)))


asyncio.run(main())

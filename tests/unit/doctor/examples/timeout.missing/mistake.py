import aiohttp
import asyncpg
import httpx
import redis.asyncio as redis
import requests

session = requests.Session()
client = httpx.AsyncClient(timeout=None)  # <- timeout.missing
cache = redis.from_url("redis://cache")  # <- timeout.missing


def call():
    requests.get("http://partner")  # <- timeout.missing
    session.post("http://partner", json={}, timeout=None)  # <- timeout.missing


async def connect():
    http = aiohttp.ClientSession()  # <- timeout.missing
    return await asyncpg.create_pool("postgresql://db/shop"), http  # <- timeout.missing

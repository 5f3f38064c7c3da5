import aiohttp
import asyncpg
import httpx
import redis.asyncio as redis
import requests

OPTIONS = {"timeout": 3}
client = httpx.AsyncClient()  # five seconds by itself
cache = redis.from_url("redis://cache", socket_timeout=0.5)


def call(values):
    requests.get("http://partner", timeout=(1, 3))
    requests.get("http://partner", **OPTIONS)
    values.get("http://partner")


async def connect():
    http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3))
    return await asyncpg.create_pool("postgresql://db/shop", command_timeout=5), http

import asyncio
import time
from contextlib import asynccontextmanager

import requests
from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

partner = requests.Session()
redis = Redis(host="cache", socket_timeout=1)


def slowly():
    time.sleep(1)
    return partner.get("http://partner", timeout=3)


@asynccontextmanager
async def lifespan(app):
    slowly()  # before the first request
    yield


app = FastAPI(lifespan=lifespan, redirect_slashes=False, exception_handlers={})
router = APIRouter()


@router.head("/threads")
def threads():
    time.sleep(1)
    return slowly()


class Clock:
    def sleep(self, seconds):
        return seconds


async def loops(session: AsyncSession):
    await asyncio.sleep(1)
    await asyncio.to_thread(time.sleep, 1)
    await run_in_threadpool(slowly)
    await session.execute("SELECT 1")
    await redis.get("key")
    later = lambda: time.sleep(1)
    return later


async def shadowed(time: Clock):
    time.sleep(1)
    requests = {}
    return requests.get("key")

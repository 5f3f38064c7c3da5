from contextlib import asynccontextmanager
from functools import cache

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request


@asynccontextmanager
async def lifespan(app):
    async with httpx.AsyncClient() as app.state.client:
        yield


app = FastAPI(lifespan=lifespan, redirect_slashes=False, exception_handlers={})
router = APIRouter()
shared = httpx.AsyncClient(timeout=3)


@cache
def pooled():
    return httpx.Client()


async def get_client(request: Request):
    return request.app.state.client


@router.head("/rates")
async def rates(client=Depends(get_client)):
    await shared.get("http://partner")
    return [await client.get("http://partner/rates"), pooled()]

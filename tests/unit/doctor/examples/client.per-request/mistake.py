import httpx
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import create_async_engine

router = APIRouter()


async def get_client():
    async with httpx.AsyncClient() as client:  # <- client.per-request
        yield client


async def rates():
    async with httpx.AsyncClient(timeout=3) as client:  # <- client.per-request
        return (await client.get("http://partner/rates")).json()


@router.get("/rates")
async def show(client=Depends(get_client)):
    engine = create_async_engine("postgresql+asyncpg://db/shop")  # <- client.per-request
    return [await rates(), engine]


@router.get("/plain")
def plain():
    return httpx.get("http://partner/rates").json()  # <- client.per-request

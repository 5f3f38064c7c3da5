from fastapi import APIRouter

router = APIRouter()


@router.get("/staff")
async def staff(remote: str | None = None):
    return {"remote": bool(remote)}

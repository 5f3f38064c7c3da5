from fastapi import APIRouter

router = APIRouter()


@router.get("/staff")
async def staff(remote: bool = False):  # <- query.bool
    return {"remote": remote}

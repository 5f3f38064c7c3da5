from fastapi import APIRouter

router = APIRouter()


@router.post("/words")
async def create():
    return {"created": True}, 201  # <- return.tuple

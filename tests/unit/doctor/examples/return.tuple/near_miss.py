from fastapi import APIRouter

router = APIRouter()


def pair():
    return {"created": True}, 201


@router.post("/words", status_code=201)
async def create():
    body, _ = pair()
    return body

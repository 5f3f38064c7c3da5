from typing import Annotated, Optional

from fastapi import APIRouter, Query

router = APIRouter()


@router.get("/words/{number}")
async def words(
    number: int,
    page: int = 1,  # <- query.number
    limit: Optional[int] = None,  # <- query.number
    score: Annotated[float | None, Query(ge=0)] = None,  # <- query.number
):
    return {"number": number, "page": page, "limit": limit, "score": score}

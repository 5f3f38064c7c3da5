from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Settings(BaseModel):
    newsletter: bool  # <- model.lax-bool


@router.put("/settings")
async def change(settings: Settings):
    return {"newsletter": settings.newsletter}

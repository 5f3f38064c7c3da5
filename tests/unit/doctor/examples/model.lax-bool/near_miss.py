from fastapi import APIRouter
from pydantic import BaseModel, StrictBool

router = APIRouter()


class Settings(BaseModel):
    newsletter: StrictBool
    name: str


@router.put("/settings")
async def change(settings: Settings):
    return {"newsletter": settings.newsletter}

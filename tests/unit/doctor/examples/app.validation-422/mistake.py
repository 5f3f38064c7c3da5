from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict

app = FastAPI(redirect_slashes=False)  # <- app.validation-422
app.add_exception_handler(HTTPException, print)


class Word(BaseModel):
    model_config = ConfigDict(strict=True)

    text: str


@app.head("/words")
async def words(word: Word):
    return {"words": [word.text]}

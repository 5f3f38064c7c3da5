from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict

app = FastAPI(redirect_slashes=False)
app.add_exception_handler(HTTPException, print)


class Word(BaseModel):
    model_config = ConfigDict(strict=True)

    text: str


@app.exception_handler(RequestValidationError)
async def refuse(request, error):
    return error


@app.head("/words")
async def words(word: Word):
    return {"words": [word.text]}

from fastapi import Response
from fastapi.responses import JSONResponse


async def login(response: Response):
    response.set_cookie("theme", "dark", max_age=60)  # <- cookie.samesite
    answer = JSONResponse({})
    answer.set_cookie("theme", "dark")  # <- cookie.samesite
    return answer

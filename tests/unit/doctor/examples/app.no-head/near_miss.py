from fastapi import FastAPI, HTTPException

app = FastAPI(redirect_slashes=False)
app.add_exception_handler(HTTPException, print)


class Head:
    """Asks the route of GET, and sends no body."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app({**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope, receive, send)


app.add_middleware(Head)


@app.get("/words")
async def words():
    return {"words": []}

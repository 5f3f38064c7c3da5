from fastapi import FastAPI, HTTPException

app = FastAPI(redirect_slashes=False)  # <- app.no-head
app.add_exception_handler(HTTPException, print)


@app.get("/words")
async def words():
    return {"words": []}

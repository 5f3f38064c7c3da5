import hashlib

import bcrypt
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

router = APIRouter()


@router.post("/login")
async def login(password: str):
    await run_in_threadpool(bcrypt.checkpw, password.encode(), b"hash")
    return {"digest": hashlib.sha256(password.encode()).hexdigest()}


@router.post("/register")
def register(password: str):
    return {"hash": bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()}

import hashlib

import bcrypt
from fastapi import APIRouter
from passlib.context import CryptContext
from werkzeug.security import check_password_hash

router = APIRouter()
passwords = CryptContext(schemes=["argon2"])


def strong(password):
    return hashlib.pbkdf2_hmac("sha256", password, b"salt", 600_000)


@router.post("/login")
async def login(password: str):
    bcrypt.checkpw(password.encode(), b"hash")  # <- async.cpu
    check_password_hash("hash", password)  # <- async.cpu
    passwords.verify(password, "hash")  # <- async.cpu
    strong(password)  # <- async.cpu
    return {}

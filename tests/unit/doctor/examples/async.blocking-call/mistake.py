import subprocess
import time as clock
from time import sleep as pause

import psycopg2
import redis
import requests as http
from fastapi import APIRouter, Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from typing import Annotated

from helpers import charge, report

router = APIRouter()
engine = create_engine("postgresql://db/shop")
SessionLocal = sessionmaker(engine)
cache = redis.Redis(host="cache", socket_timeout=1)


def get_session():
    with SessionLocal() as session:
        yield session


Db = Annotated[Session, Depends(get_session)]


@router.get("/orders")
async def orders(session: Db):
    clock.sleep(1)  # <- async.blocking-call
    pause(1)  # <- async.blocking-call
    http.get("http://partner/rates", timeout=3)  # <- async.blocking-call client.per-request
    rows = session.query(dict).filter().all()  # <- async.blocking-call
    with engine.connect() as connection:  # <- async.blocking-call
        connection.execute("SELECT 1")  # <- async.blocking-call
    cache.get("orders")  # <- async.blocking-call
    subprocess.run(["convert"], check=True)  # <- async.blocking-call
    return rows


@router.post("/orders")
async def order():
    charge(12)  # <- async.blocking-call
    await report()
    return {}


class Repository:
    def __init__(self):
        self._connection = psycopg2.connect("dbname=shop", connect_timeout=3)

    def find(self, number):
        cursor = self._connection.cursor()
        return self._connection.execute("SELECT 1", (number,)), cursor


repository = Repository()


@router.get("/orders/{number}")
async def one(number: str):
    return {"order": repository.find(number)}  # <- async.blocking-call

import datetime as dt
from datetime import datetime


def stamps(seconds):
    return [
        datetime.utcnow(),  # <- datetime.naive
        datetime.now(),  # <- datetime.naive
        dt.datetime.fromtimestamp(seconds),  # <- datetime.naive
    ]

import requests

session = requests.Session()


def charge(amount):
    return _post(amount)


def _post(amount):
    return session.post("http://bank/charge", json=amount, timeout=3)


async def report():
    session.get("http://bank/report", timeout=3)  # <- async.blocking-call

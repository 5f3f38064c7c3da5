from fastapi import Response


class Jar:
    def set_cookie(self, name, value):
        return name, value


async def login(response: Response, jar: Jar):
    response.set_cookie("theme", "dark", samesite=None)
    jar.set_cookie("theme", "dark")

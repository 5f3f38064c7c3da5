from fastapi.responses import RedirectResponse


async def moved():
    return RedirectResponse("/new")  # <- redirect.status

from fastapi.responses import RedirectResponse


async def moved():
    # below <- redirect.status ignore.no-reason
    return RedirectResponse("/new")  # gateway: ignore[redirect.status]

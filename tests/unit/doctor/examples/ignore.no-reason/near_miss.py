from fastapi.responses import RedirectResponse


async def moved():
    return RedirectResponse("/new")  # gateway: ignore[redirect.status] a form has to be posted again


async def again():
    # gateway: ignore[redirect.status] the same
    return RedirectResponse("/new")

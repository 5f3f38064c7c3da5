from fastapi.responses import RedirectResponse


async def moved(permanently: bool):
    if permanently:
        return RedirectResponse("/new", 301)
    return RedirectResponse("/new", status_code=302)

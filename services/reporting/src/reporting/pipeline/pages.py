"""The pipeline and the ways as a page."""

from fastapi import Request, Response

from reporting.pipeline import queries
from reporting.programmes.queries import programme_names
from shared.alphabet import danish
from shared.events.recovery.receipts import receipts
from shared.municipalities import municipalities
from shared.web.access import identity_of, public
from shared.web.kernel import language_of
from shared.web.pages import render_page
from shared.web.routes import Work, page_router

router = page_router()


@router.get("/", dependencies=[public])
async def front_page(request: Request, work: Work) -> Response:
    """The pipeline and the way of each course; those who may not see them are told whom it is for."""
    who = identity_of(request)
    if who is None or not queries.READERS & who.roles:
        return render_page(request, "pipeline_closed.html")
    names, language = await programme_names(work), language_of(request)
    by_name = {slug: danish(getattr(each, language)) for slug, each in names.items()}
    return render_page(
        request,
        "pipeline.html",
        pipeline=sorted(await queries.pipeline(work), key=lambda line: by_name.get(line.programme, line.programme)),
        ways=await queries.ways(work),
        programmes=names,
        municipalities=municipalities(),
        had=await receipts(work),
    )

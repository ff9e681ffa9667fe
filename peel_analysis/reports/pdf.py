"""A force's report as a PDF for readers of every kind: tagged (PDF/UA-1), with a title, bookmarks and links."""

from hashlib import sha256

from peel_analysis.data.errors import InputError

TO_INSTALL = (
    "install the extra, pip install 'peel-analysis[pdf]', and the libraries that it draws text with: on Debian and "
    "Ubuntu, apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def check_can_be_made() -> None:
    """Raise InputError, which names what to install, where WeasyPrint or one of the libraries that it needs is missing.

    Importing it loads these libraries, in half a second: a run asks before it does any work.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise InputError(f"--pdf: no WeasyPrint on this machine ({error}); {TO_INSTALL}") from error
    except OSError as error:  # as cffi says that a library is not there
        raise InputError(f"--pdf: no Pango on this machine ({error}); {TO_INSTALL}") from error


def as_pdf(html: str) -> bytes:
    """Return a page, on which everything stands that the PDF shall hold, as a PDF: the same bytes for the same page.

    It holds no date, and its identifier comes from the page; letters are those of the machine's fonts. Nothing is
    fetched: pictures are in the page.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    content = page.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=sha256(html.encode()).hexdigest()[:32].encode(),
        presentational_hints=True,  # the first number of a list
    )
    return bytes(content)

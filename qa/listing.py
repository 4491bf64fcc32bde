"""`dateline articles` and `dateline show`: what is indexed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.terminal import HERE, AsJson, IndexFolder, Verbose, begin, fail, guarded, print_json

if TYPE_CHECKING:
    from ingest.index import Article


def articles(index: IndexFolder = HERE, as_json: AsJson = False, verbose: Verbose = False) -> None:
    """List what is indexed."""
    begin(verbose)

    def run() -> None:
        from ingest.index import Index

        listed = [_article_fields(article) for article in Index.open(index).articles()]
        if as_json:
            print_json({"articles": listed})
            return
        for fields in listed:
            typer.echo("  ".join(str(fields[name] or "-") for name in ("published", "id", "title")))

    guarded(run)


def show(
    article_id: Annotated[
        str, typer.Argument(metavar="ID", help="An article's id, as `dateline articles` lists it.")
    ],
    index: IndexFolder = HERE,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Print one article's text; its offsets are those of the citations."""
    begin(verbose)

    def run() -> None:
        from ingest.index import Index

        try:
            article = Index.open(index).article(article_id)
        except KeyError:
            fail(f"there is no article {article_id!r}: run  dateline articles --index {index}  for the ids")
        if as_json:
            print_json({**_article_fields(article), "text": article.text})
        else:
            typer.echo(article.text)

    guarded(run)


def _article_fields(article: "Article") -> dict[str, Any]:
    fields = {name: getattr(article, name) for name in ("id", "title", "source", "author", "url")}
    return {**fields, "published": article.published.isoformat() if article.published else None}

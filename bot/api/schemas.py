"""What the API takes and gives: the shapes of the command line's JSON, as models that describe and check them.

A reply may hold more fields than its model names: a newer version adds some, and takes none away.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.qa.sanitising import MAX_QUESTION

Words = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
Excluded = Annotated[
    tuple[Annotated[str, Field(max_length=2_000)], ...],
    Field(max_length=100, description="Articles, by URL or id, that are not searched"),
]


class Input(BaseModel):
    """What a request brings. A field that does not exist is an error that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(Input):
    question: Words
    exclude: Excluded = ()
    follows: str | None = Field(
        None, max_length=64, description="The key of the answer that this question follows"
    )


class Query(Input):
    query: Words
    k: int = Field(10, ge=1, le=100, description="How many passages")
    exclude: Excluded = ()


class Listing(Input):
    query: str = Field("", max_length=500, description="Words of title, source or date; all where empty")
    limit: int = Field(25, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)


class ArticleName(Input):
    article: Words = Field(description="An article's id, URL or title")


class Nothing(Input):
    pass


class Reply(BaseModel):
    model_config = ConfigDict(extra="allow")


class ArticleEntry(Reply):
    article_id: str
    title: str
    url: str | None


class Citation(ArticleEntry):
    """`body[start:end] == quote`, counted in code points of the article's body."""

    number: int = Field(description="The mark [number] in the answer")
    source: str | None
    published: str | None
    quote: str
    start: int
    end: int
    answer_span: tuple[int, int] | None = Field(description="The span of the quote that is the answer itself")
    link: str | None = Field(description="Opens the article at the quoted words")


class Dropped(Reply):
    sentence: str
    reason: str


class Usage(Reply):
    tokens_in: int
    tokens_out: int


class Answered(Reply):
    key: str = Field(description="What `follows` names in a question that follows this one")
    outcome: Literal["answered", "not_found"]
    answer: str = Field(description="Marks such as [1] name the citations; empty where nothing was found")
    citations: list[Citation]
    generator: str
    generation: str
    seconds: float
    nearest: list[ArticleEntry]
    dropped: list[Dropped]
    notes: list[str]
    usage: Usage
    confidence: Literal["low", "high"] | None
    chance: float | None
    as_of: str | None = Field(description="The last day whose articles were evidence, where one was set")


class Answer(Answered):
    question: str


class Summary(Answered):
    article: ArticleEntry


class Passage(ArticleEntry):
    """`body[start:end] == text`, counted in code points of the article's body."""

    rank: int
    score: float = Field(description="Comparable within one search only")
    published: str | None
    start: int
    end: int
    text: str


class Passages(Reply):
    query: str
    passages: list[Passage]
    seconds: float


class ArticleHeader(ArticleEntry):
    source: str | None
    author: str | None
    published: str | None


class Article(ArticleHeader):
    body: str


class ArticlePart(Article):
    start: int = Field(description="Where in the whole body this part of it begins")
    characters: int = Field(description="How long the whole body is")


class Articles(Reply):
    articles: list[ArticleHeader]
    total: int = Field(description="Articles in the corpus")


class Corpus(Reply):
    name: str
    generation: str
    articles: int
    passages: int
    oldest: str | None
    newest: str | None
    built_at: str


class Corpora(Reply):
    corpora: list[Corpus]


class Failure(Reply):
    outcome: Literal["failed"]
    error: str = Field(description="What went wrong and what to do about it")


Shape = dict[str, Any]

"""What is asked of a chat in the terminal itself, not of the articles: thanks, help, the last answer anew."""

from __future__ import annotations

from rich.console import Console

from bot.cli.terminal import say, show_answer, show_passages
from bot.qa.answering import Answerer, final_answer
from bot.qa.answers import Answer
from bot.qa.excerpts import shorter
from bot.qa.understanding.wishes import Wish


async def grant(answerer: Answerer, wish: Wish, last: Answer | None, console: Console, greeting: str) -> bool:
    """Do what is wished; False where it is a question after all. None of it becomes a turn of the conversation."""

    match wish.kind:
        case "thanks":
            say(console, "You are welcome.")
        case "talk":
            say(console, "I am here. Ask me anything about the articles.")
        case "help":
            say(console, greeting)
        case "sources":
            show_answer(console, await final_answer(answerer.answer("what are your sources")))
        case "summary" if wish.about:
            return await _summary(answerer, wish.about, console)
        case _ if last is None or last.outcome != "answered":
            say(console, "There is no answer here yet to go on from. Ask a question first.")
        case "summary":
            show_answer(console, await final_answer(answerer.summarise(last.citations[0].article.article_id)))
        case "shorter":
            show_answer(console, shorter(last))
        case "more":
            ids = dict.fromkeys(one.article.article_id for one in last.citations)
            show_passages(console, last, {one: await answerer.find_article(one) for one in ids})
    return True


async def _summary(answerer: Answerer, name: str, console: Console) -> bool:
    match = await answerer.articles_named(name)
    if len(match) == 1:
        show_answer(console, await final_answer(answerer.summarise(match[0].id)))
    elif match:
        titles = "\n".join(f"  · {one.title}" for one in match[:5])
        say(console, f"Which article do you mean?\n{titles}")
    return bool(match)

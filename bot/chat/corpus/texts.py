"""What is said about the corpus and its changes, within what one message holds (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal

from bot.chat.corpus.progress import RunProgress, action_name, busy_text, moment
from bot.chat.messages.differences import difference_line, fitting
from bot.chat.messages.language import Words
from bot.chat.messages.markup import length, one_line, plain
from bot.chat.messages.rendering import TEXT_LIMIT
from ingest.index.index import IndexStatus

SHOWN_REJECTS = 8
ENTRIES_ON_A_PAGE = 8
CHANGES_ON_A_PAGE = 5
_DIFFERENCES = 560  # characters of one article's
_SHOWN_TITLES = 8


def status_text(status: IndexStatus, words: Words) -> str:
    """For everybody: how much there is, and how fresh it is."""
    lines = [
        "### " + words("The corpus"),
        words.plural("{n} article", "{n} articles", status.articles)
        + " · "
        + words.plural("{n} passage", "{n} passages", status.passages),
    ]
    if status.oldest and status.newest:
        oldest, newest = words.date(status.oldest), words.date(status.newest)
        lines.append(words("From {oldest} to {newest}.", oldest=oldest, newest=newest))
    if status.built_at:
        lines.append(words("Last read {when}.", when=moment(status.built_at, "R")))
    return "\n".join(lines)


def full_status_text(
    report: Mapping[str, Any], words: Words, *, next_at: datetime | None = None, mending: bool = False
) -> str:
    """For those who run the corpus: all that `python -m ingest --status --json` knows, and when it runs next."""
    status = IndexStatus(
        str(report.get("generation") or ""), int(report.get("articles") or 0), int(report.get("passages") or 0),
        report.get("oldest"), report.get("newest"), str(report.get("built_at") or ""), "",
    )  # fmt: skip
    lines = [status_text(status, words)]
    if status.generation:
        name, size = f"`{status.generation}`", _size(report, words)
        lines.append(words("Generation {name}, {size} on disk.", name=name, size=size))
    else:
        lines.append(words("Nothing has been read yet. {command} does it.", command="`/corpus refresh`"))
    if report.get("fault"):
        lines.append(
            words("The index cannot be read. {command} makes a new one.", command="`/corpus refresh`")
        )
    if mending:
        lines.append(words("Its vectors are being remade; until that is done I answer by words alone."))
    if next_at is not None:
        lines.append(words("Next refresh {when}.", when=moment(next_at.isoformat(), "R")))
    else:
        setting = "`[corpus] refresh_minutes`"
        lines.append(
            words("It is refreshed by hand only; {setting} would do it by the clock.", setting=setting)
        )
    running, last = report.get("running"), report.get("last_run")
    if isinstance(running, dict):
        lines += ["", busy_text(RunProgress.told(running), words)]
    if isinstance(last, dict):
        lines += ["", _last_run(last, words)]
        named = _rejects(last)
        unnamed = max(0, int(last.get("rejects") or 0) - len(named))
        return listed("\n".join(lines), named, words, shown=SHOWN_REJECTS, more=unnamed)
    return "\n".join(lines)


def report_text(report: Mapping[str, Any], words: Words, *, public: bool = False) -> str:
    """What a run changed; the rejects by name, so that somebody can mend them, unless others can see it."""
    if report.get("action") == "rollback":
        return _rolled_back(report, words)
    articles = [one for one in report.get("articles") or [] if isinstance(one, dict)]
    if report.get("action") == "remove" and articles:
        title = _title(articles[0])
        head = words("{title} is out of the corpus, and stays out until somebody adds it again.", title=title)
    elif report.get("action") == "add":
        head = _added(report, articles, words)
    else:
        head = words("The articles have been read:") + " " + _counts(report, words)
    rejects = _rejects(report)
    if not rejects:
        return head
    head += "\n" + words.plural("{n} could not be read:", "{n} could not be read:", len(rejects))
    if public:
        return head[:-1].rstrip() + ". " + words("{command} names them.", command="`/corpus status`")
    return listed(head, rejects, words, shown=SHOWN_REJECTS)


def removals_text(removals: Mapping[str, Any], words: Words, *, public: bool = False) -> str:
    """Why a refresh stopped before it changed anything: too much would have disappeared."""
    head = words(
        "I stopped, and nothing was changed: {removed} of {articles} articles would disappear, which is more than "
        "{setting} allows. Perhaps a folder or a site is not there today. If it is meant, go on.",
        removed=int(removals.get("removed") or 0),
        articles=int(removals.get("articles") or 0),
        setting="`[corpus] max_removed`",
    )
    titles = [] if public else [f"- {plain(one_line(str(one), 120))}" for one in removals.get("titles") or []]
    more = int(removals.get("removed") or 0) - len(titles)
    return listed(head, titles, words, shown=_SHOWN_TITLES, more=max(0, more) if titles else 0)


def log_text(entries: Sequence[Mapping[str, Any]], words: Words) -> str:
    """One page of the audit log, newest first."""
    lines = []
    for entry in entries:
        who, action = (
            plain(one_line(str(entry.get("by", "")), 100)),
            action_name(str(entry.get("action", ""))),
        )
        counts = " ".join(f"{sign}{int(entry.get(name) or 0)}" for sign, name in _SIGNS)
        what = plain(one_line(", ".join(map(str, entry.get("what") or [])), 160))
        note = plain(one_line(str(entry.get("note") or ""), 120))
        at = moment(str(entry.get("at", "")), "f")
        lines.append(
            " · ".join(part for part in (f"- {at} **{who}** `{action}` {counts}", what, note) if part)
        )
    if not lines:
        return words("Nothing has been changed yet.")
    return listed("### " + words("What was changed"), lines, words, shown=ENTRIES_ON_A_PAGE)


def changes_text(entries: Sequence[Mapping[str, Any]], words: Words) -> str:
    """One page of the articles that changed, newest first, with what differs."""
    lines = []
    for entry in entries:
        removed = f" · {words('removed')}" if entry.get("removed") else ""
        differences = [difference_line(one) for one in entry.get("differences") or []]
        head = f"- {moment(str(entry.get('at', '')), 'f')} {_title(entry)}{removed}"
        lines.append("\n".join([head, *([fitting(differences, _DIFFERENCES)] if differences else [])]))
    if not lines:
        return words("No article has changed yet.")
    return listed("### " + words("What articles said before"), lines, words, shown=CHANGES_ON_A_PAGE)


def listed(head: str, items: Sequence[str], words: Words, *, shown: int, more: int = 0) -> str:
    """The head and at most `shown` items, as many as fit into one message; how many are left out is said."""
    room = TEXT_LIMIT - 40 - length(head)
    kept: list[str] = []
    for item in items[:shown]:
        room -= length(item) + 1
        if room < 0:
            break
        kept.append(item)
    left = len(items) - len(kept) + more
    return "\n".join([head, *kept, *([words("… and {more} more.", more=left)] if left else [])])


_SIGNS = (("+", "added"), ("~", "changed"), ("−", "removed"))


def _added(report: Mapping[str, Any], articles: Sequence[Mapping[str, Any]], words: Words) -> str:
    names = ", ".join(_title(one) for one in articles[:3])
    if not (report.get("added") or report.get("changed")):
        return words("Nothing new: {title} is in the corpus already.", title=names or "…")
    if len(articles) == 1:
        return words("{title} is in the corpus; ask about it.", title=names)
    return words("Added to the corpus:") + " " + _counts(report, words) + (f" {names} …" if names else "")


def _rolled_back(report: Mapping[str, Any], words: Words) -> str:
    return words(
        "Back to generation {name}: {articles} articles, {passages} passages. Refreshes by the clock wait until "
        "somebody refreshes by hand.",
        name=f"`{one_line(str(report.get('generation', '')), 60)}`",
        articles=int(report.get("articles") or 0),
        passages=int(report.get("passages") or 0),
    )


def _last_run(last: Mapping[str, Any], words: Words) -> str:
    values = {
        "action": f"`{action_name(str(last.get('action') or ''))}`",
        "when": moment(str(last.get("started") or ""), "R"),
        "who": plain(one_line(str(last.get("by") or ""), 100)),
    }
    told = words("Last run: {action} by {who}, {when}.", **values) + " "
    if last.get("error"):
        return told + words("It failed: {why}", why=plain(one_line(str(last["error"]), 400)))
    if "added" in last:
        told += _counts(last, words)
    rejects = int(last.get("rejects") or 0)
    return told + (
        "\n" + words.plural("{n} could not be read:", "{n} could not be read:", rejects) if rejects else ""
    )


def _counts(report: Mapping[str, Any], words: Words) -> str:
    counts = [
        words.plural("{n} added", "{n} added", int(report.get("added") or 0)),
        words.plural("{n} changed", "{n} changed", int(report.get("changed") or 0)),
        words.plural("{n} removed", "{n} removed", int(report.get("removed") or 0)),
        words.plural("{n} unchanged", "{n} unchanged", int(report.get("unchanged") or 0)),
    ]
    return ", ".join(counts) + "."


def _rejects(report: Mapping[str, Any]) -> list[str]:
    found: Iterable[Any] = report.get("rejected") or []
    return [
        f"- {plain(one_line(str(one.get('path', '')), 120))}: {plain(one_line(str(one.get('reason', '')), 200))}"
        for one in found
        if isinstance(one, dict)
    ]


def _title(article: Mapping[str, Any]) -> str:
    return f"**{plain(one_line(str(article.get('title', '')), 150))}**"


def _size(report: Mapping[str, Any], words: Words) -> str:
    megabytes = int(report.get("bytes") or 0) / 1_000_000
    return format_decimal(megabytes, format="#,##0.0", locale=words.language) + " MB"

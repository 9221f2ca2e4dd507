from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from bot.qa.generation.budget import DailyBudget


async def test_what_was_spent_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "data" / "budget.sqlite"
    assert await DailyBudget(path, 1_000).reserve(600)
    again = DailyBudget(path, 1_000)
    assert await again.spent() == 600
    assert not await again.reserve(600)
    assert await again.reserve(400)


async def test_reservation_is_settled_by_what_was_billed(tmp_path: Path) -> None:
    budget = DailyBudget(tmp_path / "b.sqlite", 1_000)
    await budget.reserve(900)
    await budget.settle(900, 100)
    assert await budget.spent() == 100


async def test_many_at_once_cannot_overrun_the_limit_together(tmp_path: Path) -> None:
    budgets = [DailyBudget(tmp_path / "b.sqlite", 1_000) for _ in range(4)]
    granted = await asyncio.gather(*(budget.reserve(300) for budget in budgets * 3))
    assert sum(granted) == 3


async def test_new_day_starts_anew(tmp_path: Path) -> None:
    today = date(2022, 12, 18)
    budget = DailyBudget(tmp_path / "b.sqlite", 100, today=lambda: today)
    assert await budget.reserve(100)
    assert not await budget.reserve(1)
    today = date(2022, 12, 19)
    assert await budget.reserve(100)


async def test_no_limit_still_records(tmp_path: Path) -> None:
    budget = DailyBudget(tmp_path / "b.sqlite", 0)
    assert await budget.reserve(10**9)
    assert await budget.spent() == 10**9

from __future__ import annotations

import pytest

from bot.qa.verification.claims import negated, swapped, unattributed

DELIVERY = "Mehdi Sanaei claimed that Russia had begun delivering S-300 missiles to Iran."
FINAL = "Argentina beat France 4-2 on penalties in Lusail."


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Russia did not begin delivering missiles to Iran.", DELIVERY),
        ("Beer was sold at stadiums.", "No beer was sold at stadiums."),
        ("FIFA said no beer would be sold.", "FIFA said beer would be sold at stadiums."),
        ("He did not refuse to take his place.", "He refused to take his place."),
        (
            "The proposal is made to federations and individuals.",
            "The proposal is made to federations and not individuals.",
        ),
        ("Hosting the cup is only about soft power.", "Hosting the cup is not only about soft power."),
        ("Prices fell by 20 percent in May.", "Prices rose by 20 percent in May."),
        ("They will mind that almost as much.", "They won't mind that nearly as much."),
        ("The club was compliant with the code.", "The club was non-compliant with the code."),
        ("The bid was not supported by most members.", "The bid was supported by most members."),
    ],
)
def test_denial_added_or_lost_is_seen(sentence: str, source: str) -> None:
    assert negated(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Beer sales were banned at stadiums.", "Beer would not be sold at stadiums."),
        ("Sanaei claimed that deliveries had begun.", DELIVERY),
        ("He failed to score in the final.", "He did not score in the final."),
        ("The ministry has not confirmed it.", "The ministry did not confirm the delivery."),
        (
            "He is confident there will be no clash.",
            "The president said he is confident there will be no clash.",
        ),
        ("Prices did not fall in May.", "Prices did not fall in May, but rose in June."),
    ],
)
def test_denial_kept_in_other_words_passes(sentence: str, source: str) -> None:
    assert negated(sentence, source) is None


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Sanaei claimed that Iran had begun delivering S-300 missiles to Russia.", DELIVERY),
        ("France beat Argentina 4-2 on penalties.", FINAL),
        ("Argentina was beaten by France on penalties.", FINAL),
        ("Brazil beat France 4-2 on penalties in Lusail.", FINAL),
        (
            "Blatter later released a statement to clarify Fifa's comments.",
            "Fifa later released a statement to clarify Blatter's comments.",
        ),
    ],
)
def test_swapped_parts_are_seen(sentence: str, source: str) -> None:
    assert swapped(sentence, source)


@pytest.mark.parametrize(
    "sentence",
    [
        "France was beaten by Argentina on penalties.",
        "France lost to Argentina on penalties.",
        "In Lusail, Argentina beat France on penalties.",
        "Argentina won 4-2 on penalties against France.",
    ],
)
def test_same_parts_in_another_order_pass(sentence: str) -> None:
    assert swapped(sentence, FINAL) is None


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Russia has begun delivering missiles to Iran.", DELIVERY),
        ("Sanaei confirmed that Russia had begun delivering missiles to Iran.", DELIVERY),
        ("Putin claimed that Russia had begun delivering missiles to Iran.", DELIVERY),
        ("The contract is being carried out.", "“The contract is being carried out,” he said."),
        ("The stadium was finished late.", "According to the union, the stadium was finished late."),
        ("The stadium was finished late.", "The stadium was finished late, Infantino said."),
        ("We want to win every game.", "“We want to win every game this year,” said Regragui."),
    ],
)
def test_lost_speaker_is_seen(sentence: str, source: str) -> None:
    assert unattributed(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("According to Sanaei, Russia had begun delivering missiles.", DELIVERY),
        ("The ambassador is said to have claimed that Russia delivered missiles.", DELIVERY),
        ("Argentina beat France in Lusail.", f"{FINAL[:-1]}, and Messi said he was happy."),
        ("He said the contract was being carried out.", "“The contract is being carried out,” he said."),
        (
            "Regragui said: “We want to win every game this year.”",
            "“We want to win every game this year,” said Regragui.",
        ),
    ],
)
def test_kept_speaker_passes(sentence: str, source: str) -> None:
    assert unattributed(sentence, source) is None


@pytest.mark.parametrize("said", ["4 December", "2 December", "December"])
def test_one_day_of_a_range_or_its_month_is_no_other_date(said: str) -> None:
    assert (
        swapped(f"The team will play on {said} in Doha.", "The team will play on 2–4 December in Doha.")
        is None
    )
    assert swapped(f"The team will play on {said} in Doha.", "The team will play on 7 June in Doha.")

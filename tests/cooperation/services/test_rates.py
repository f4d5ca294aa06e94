"""Exchange rates: loaded whole or not at all, and used newest first."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.models import FrameworkVersion
from cooperation.models import Match, RateSet
from cooperation.selectors.rates import engine_rates, newest_rate_set
from cooperation.services.match_runs import run_matching_for_offer
from cooperation.services.rates import load_rates
from tests.cooperation.factories import make_match
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.errors import Invalid

DAY = date(2026, 5, 1)
GOOD = ["currency,usd_per_unit", "EUR,1.25", "JPY,0.0064", "USD,1"]

pytestmark = pytest.mark.django_db


def test_rates_are_kept_exactly() -> None:
    load_rates(lines=GOOD, dated=DAY, source="A central bank", actor=None)
    row = newest_rate_set()
    rates = {rate.currency: rate.per_base for rate in engine_rates(row, DAY).rates}
    assert rates == {"USD": 1, "EUR": Fraction(4, 5), "JPY": Fraction(625, 4)}


def test_the_newest_set_counts_whatever_the_order_of_loading() -> None:
    load_rates(lines=GOOD, dated=date(2026, 6, 1), source="A central bank", actor=None)
    load_rates(lines=GOOD, dated=DAY, source="A central bank", actor=None)
    newest = newest_rate_set()
    assert newest is not None
    assert newest.dated == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ZZZ,1", "no ISO 4217"),
        ("EUR,1.25\nEUR,1.26", "stands twice"),
        ("EUR,cheap", "is no number"),
        ("EUR,0", "above zero"),
        ("EUR,-1", "above zero"),
        ("EUR,NaN", "above zero"),
        ("EUR,1.0000000001", "at most 9 decimals"),
        ("USD,2", "One US dollar"),
        ("EUR", "is no number"),
    ],
)
def test_a_faulty_line_is_named_and_nothing_is_kept(line: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        load_rates(lines=["currency,usd_per_unit", *line.split("\n")], dated=DAY, source="A bank", actor=None)
    assert not RateSet.objects.exists()


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(Invalid) as invalid:
        load_rates(lines=["currency,usd_per_unit", "ZZZ,1", "EUR,0"], dated=DAY, source=" ", actor=None)
    assert len(invalid.value.errors[""]) == 3


def test_the_rates_of_a_day_are_never_replaced() -> None:
    load_rates(lines=GOOD, dated=DAY, source="A bank", actor=None)
    with pytest.raises(Invalid, match="not changed"):
        load_rates(lines=GOOD, dated=DAY, source="A bank", actor=None)


def test_the_command_loads_a_file_and_names_its_faults(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("\ufeff" + "\n".join(GOOD), encoding="utf-8")
    out = StringIO()
    call_command("load_rates", str(file), "--date", "2026-05-01", "--source", "A bank", stdout=out)
    assert "Loaded 3 rates of 2026-05-01 (A bank)." in out.getvalue()
    file.write_text("currency,rate\n")
    with pytest.raises(CommandError, match="currency,usd_per_unit"):
        call_command("load_rates", str(file), "--date", "2026-05-02", "--source", "A bank")
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_rates", str(tmp_path / "none.csv"), "--date", "2026-05-02", "--source", "A bank")


def test_a_pair_in_two_currencies_waits_for_a_rate(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: dict[str, Territory]
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"], currency="EUR")
    assert not match.eligible
    assert [rule["rule"] for rule in match.rules if rule["outcome"] == "fail"] == ["rate"]
    load_rates(lines=GOOD, dated=DAY, source="A bank", actor=None)
    run_matching_for_offer(match.offer.uuid)
    assert Match.objects.get(status="suggested").eligible

"""The pytest plugin of cashfall: `pytest --cashfall-deal deal.toml` runs every law that applies on generated scenarios.

It is a module of its own, and imports cashfall only once a deal is asked for: pytest loads it in every session.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cashfall.testing.trial import Trial

DEALS = pytest.StashKey[dict[Path, str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the plugin."""
    group = parser.getgroup("cashfall", "cashfall: laws on deals")
    group.addoption(
        "--cashfall-deal",
        action="append",
        default=[],
        metavar="DEAL",
        help="a deal document (.toml or .json) or a shipped deal's name, to be tested by every law; may be repeated. "
        "Without other paths only the deals are tested",
    )
    group.addoption(
        "--cashfall-examples", type=int, default=200, metavar="N", help="scenarios for each deal (default: 200)"
    )
    group.addoption("--cashfall-seed", type=int, default=0, metavar="N", help="seed of the scenarios (default: 0)")
    group.addoption(
        "--cashfall-seniority",
        metavar="NAMES",
        help="payees from senior to junior, such as senior,a=b,junior (a and b rank equally); without it the deal's "
        "own `deal.seniority`, and without that its notes in the order of the document",
    )
    parser.addini("cashfall_deals", "deals to be tested in every session: paths or patterns", "args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find the deals, and have them collected."""
    asked = {path_of(deal, config.invocation_params.dir): deal for deal in config.getoption("cashfall_deal")}
    listed = {
        path: str(path.relative_to(config.rootpath))
        for pattern in config.getini("cashfall_deals")
        for path in sorted(config.rootpath.glob(pattern))
    }
    if config.getoption("cashfall_examples") < 1:
        raise pytest.UsageError(
            f"--cashfall-examples: expected at least 1, found {config.getoption('cashfall_examples')}"
        )
    config.stash[DEALS] = {**listed, **asked}
    if asked and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(path) for path in asked]
    else:
        config.args += [str(path) for path in config.stash[DEALS]]


def path_of(deal: str, directory: Path) -> Path:
    """The file of a deal, or of a shipped deal by its name."""
    path = (directory / deal).resolve()
    if path.is_file():
        return path
    if Path(deal).suffix not in (".toml", ".json"):
        import cashfall

        if deal in cashfall.deals():
            return Path(cashfall.__file__).parent.resolve() / "deals" / f"{deal}.toml"
    raise pytest.UsageError(f"--cashfall-deal: expected a file or the name of a shipped deal, found {deal!r}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DealFile | None:
    """Collect the deals that were asked for."""
    name = parent.config.stash[DEALS].get(file_path.resolve())
    return None if name is None else DealFile.from_parent(parent, path=file_path, nodeid=name, deal=name)


class DealFile(pytest.File):
    """A deal document; its tests are the laws that apply to it."""

    def __init__(self, *, deal: str, **options: Any) -> None:
        super().__init__(**options)
        self.deal = deal

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each law; all look at the same scenarios, run once."""
        import cashfall
        from cashfall.testing.trial import Trial

        option = self.config.getoption
        try:
            plan = cashfall.load(self.path).compile()
            seniority = ranks(option("cashfall_seniority"))
            trial = Trial(plan, option("cashfall_examples"), option("cashfall_seed"), seniority)
        except cashfall.CashfallError as error:
            raise self.CollectError(str(error)) from None
        for name in trial.names():
            yield LawItem.from_parent(self, name=name, trial=trial)


def ranks(text: str | None) -> list[list[str]] | None:
    """`a,b=c` as ranks: a before b and c."""
    return [rank.split("=") for rank in text.replace(" ", "").split(",")] if text else None


class LawBrokenError(Exception):
    """A law does not hold; its text is the report."""


class LawItem(pytest.Item):
    """One law of one deal."""

    def __init__(self, *, trial: Trial, **options: Any) -> None:
        super().__init__(**options)
        self.trial = trial

    def runtest(self) -> None:
        """Fail if any scenario breaks the law."""
        if self.trial.failure(self.name) is not None:
            raise LawBrokenError(self.trial.report(self.name, self.parent.deal))  # type: ignore[union-attr]  # its parent is a DealFile

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report alone; a traceback for what is not a broken law."""
        return str(excinfo.value) if isinstance(excinfo.value, LawBrokenError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test is, and its name."""
        return self.path, None, f"{self.path.name}: {self.name}"

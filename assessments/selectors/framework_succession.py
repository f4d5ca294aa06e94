"""Whether the item map of a framework file fits the version that it replaces, which must be published here."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from assessments.enums import NodeKind
from assessments.frameworks import Framework
from assessments.frameworks.errors import ErrorList, Path
from assessments.frameworks.export import supplements_content
from assessments.frameworks.fields import shortened
from assessments.frameworks.schema import Replacement
from assessments.frameworks.succession import stored_map
from assessments.models import FrameworkVersion, Node


def check_succession(framework: Framework) -> None:
    """Check the item map against the version that it replaces.

    Raises `FrameworkErrors` with every problem: no such published version, items that it does not have, levels that
    the scales do not have, and items of it that are neither mapped nor dropped.
    """
    replaces = framework.replaces
    if replaces is None:
        return
    errors = ErrorList()
    old = FrameworkVersion.objects.published().filter(framework__key=framework.key, version=replaces.version).first()
    if old is None:
        message = _("Version %(version)s of this framework is not published here.")
        errors.add(("replaces", "version"), message % {"version": replaces.version})
    else:
        for path, text in _problems(framework, replaces, old):
            errors.add(path, text)
    errors.raise_if_any()


def _problems(framework: Framework, replaces: Replacement, old: FrameworkVersion) -> Iterator[tuple[Path, str]]:
    nodes = Node.objects.filter(framework_version=old, kind=NodeKind.INDICATOR).order_by("position")
    scales = dict(nodes.values_list("key", "scale"))
    options = _option_keys(old)
    absent = _("Version %(version)s has no indicator “%(key)s”.")
    for path, key in _named_keys(replaces):
        if key not in scales:
            yield path, absent % {"version": old.version, "key": shortened(key)}
    for item in replaces.items:
        known = {option for key in item.sources for option in options.get(scales.get(key), ())}
        scale = next((one.scale for one in framework.indicators() if one.key == item.key), "")
        for before, after in item.levels:
            place: Path = ("replaces", "items", item.key, "levels", before)
            if before not in known or (found := framework.scale(scale)) is None or found.option(after) is None:
                message = _("“%(old)s: %(new)s” names a level that one of the two scales does not have.")
                yield place, message % {"old": shortened(before), "new": shortened(after)}
    mapping = stored_map(
        supplements_content(framework)["replaces"], scales, [one.key for one in framework.indicators()]
    )
    for key in mapping.unmapped(scales):
        message = _("“%(key)s” of version %(version)s is neither mapped nor dropped.")
        yield ("replaces",), message % {"key": key, "version": old.version}
    yield from _both(replaces)


def _named_keys(replaces: Replacement) -> Iterator[tuple[Path, str]]:
    for item in replaces.items:
        for key in item.sources:
            yield ("replaces", "items", item.key), key
    for index, dropped in enumerate(replaces.dropped):
        yield ("replaces", "dropped", index), dropped.key


def _both(replaces: Replacement) -> Iterator[tuple[Path, str]]:
    mapped = {key for item in replaces.items for key in item.sources}
    for index, dropped in enumerate(replaces.dropped):
        if dropped.key in mapped:
            yield ("replaces", "dropped", index), _("“%(key)s” is both mapped and dropped.") % {"key": dropped.key}


def _option_keys(version: FrameworkVersion) -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = {}
    for scale, key in version.scales.values_list("pk", "options__key"):
        found.setdefault(scale, set()).add(key)
    return found

"""Whether the item map of a framework file fits the version that it replaces, which must be published here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

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
    """Check the item map of a framework that was read before. Raises `FrameworkErrors` with every problem."""
    errors = ErrorList()
    note_succession(framework, errors, True)
    errors.raise_if_any()


def note_succession(framework: Framework, errors: ErrorList, is_whole: bool) -> None:
    """Note what of the item map does not fit the version that it replaces: a `Check` while a file is read.

    No such published version, items that it does not have, levels that the scales do not have, and items of it that
    are neither mapped nor dropped. What rests on parts of the file that are wrong themselves is told once they are
    mended.
    """
    replaces = framework.replaces
    if replaces is None or not replaces.version or not framework.key or errors.has_any_under("key"):
        return
    old = FrameworkVersion.objects.published().filter(framework__key=framework.key, version=replaces.version).first()
    if old is None:
        message = _("Version %(version)s of this framework is not published here.")
        errors.add(("replaces", "version"), message % {"version": replaces.version})
        return
    is_sound = is_whole and not any(errors.has_any_under(part) for part in ("scales", "default_scale", "nodes"))
    is_mapped = is_sound and not errors.has_any_under("replaces")
    scales = _scales_of_indicators(old)
    problems = [*_unknown_keys(replaces, old, scales), *_both(replaces)]
    if is_sound:
        problems += _unknown_levels(framework, replaces, old, scales)
    if is_mapped:
        problems += _unmapped(framework, old, scales)
    for path, text in problems:
        errors.add(path, text)


def _scales_of_indicators(version: FrameworkVersion) -> dict[str, int | None]:
    """The scale of each indicator by its key, in the order of the version."""
    nodes = Node.objects.filter(framework_version=version, kind=NodeKind.INDICATOR).order_by("position")
    return dict(nodes.values_list("key", "scale"))


def _unknown_keys(replaces: Replacement, old: FrameworkVersion, known: Collection[str]) -> Iterator[tuple[Path, str]]:
    absent = _("Version %(version)s has no indicator “%(key)s”.")
    for path, key in _named_keys(replaces):
        if key and key not in known:
            yield path, absent % {"version": old.version, "key": shortened(key)}


def _unknown_levels(
    framework: Framework, replaces: Replacement, old: FrameworkVersion, scales: Mapping[str, int | None]
) -> Iterator[tuple[Path, str]]:
    options = _option_keys(old)
    for item in replaces.items:
        known = {option for key in item.sources for option in options.get(scales.get(key), ())}
        scale = next((one.scale for one in framework.indicators() if one.key == item.key), "")
        for before, after in item.levels:
            place: Path = ("replaces", "items", item.key, "levels", before)
            if before not in known or (found := framework.scale(scale)) is None or found.option(after) is None:
                message = _("“%(old)s: %(new)s” names a level that one of the two scales does not have.")
                yield place, message % {"old": shortened(before), "new": shortened(after)}


def _unmapped(framework: Framework, old: FrameworkVersion, keys: Collection[str]) -> Iterator[tuple[Path, str]]:
    mapping = stored_map(supplements_content(framework)["replaces"], keys, [one.key for one in framework.indicators()])
    for key in mapping.unmapped(keys):
        message = _("“%(key)s” of version %(version)s is neither mapped nor dropped.")
        yield ("replaces",), message % {"key": key, "version": old.version}


def _named_keys(replaces: Replacement) -> Iterator[tuple[Path, str]]:
    for item in replaces.items:
        for key in item.sources:
            yield ("replaces", "items", item.key), key
    for index, dropped in enumerate(replaces.dropped):
        yield ("replaces", "dropped", index, "key"), dropped.key


def _both(replaces: Replacement) -> Iterator[tuple[Path, str]]:
    mapped = {key for item in replaces.items for key in item.sources}
    message = _("“%(key)s” is both mapped and dropped.")
    for index, dropped in enumerate(replaces.dropped):
        if dropped.key in mapped:
            yield (
                ("replaces", "dropped", index, "key"),
                message % {"key": dropped.key},
            )


def _option_keys(version: FrameworkVersion) -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = {}
    for scale, key in version.scales.values_list("pk", "options__key"):
        found.setdefault(scale, set()).add(key)
    return found

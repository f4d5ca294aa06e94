"""Values to plain JSON and back, and the hash of a run's inputs.

The codec reads the dataclasses' own annotations, so that a new field needs no second list: a set becomes a sorted list,
a date its ISO 8601 text, a fraction "n/d", an undisclosed field `{"not_disclosed": true}`.
"""

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import rfc8785

from cooperation.matching.results import Plain, Shown
from cooperation.matching.values import NOT_DISCLOSED, NotDisclosed

Value = TypeVar("Value")

_UNDISCLOSED = {"not_disclosed": True}
_MISMATCH = object()


class DecodeError(ValueError):
    """JSON that is not the form of the value asked for; the message names the place."""


def to_json(value: object) -> Any:  # noqa: PLR0911 - one line per kind of value reads best
    """Plain JSON data (dict, list, str, int, bool, None) of any value of the engine. Raises TypeError for others."""
    if value is NOT_DISCLOSED:
        return dict(_UNDISCLOSED)
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_json(getattr(value, name)) for name in _hints(type(value))}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((to_json(item) for item in value), key=rfc8785.dumps)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    raise TypeError(f"a {type(value).__name__} is no value of the engine")


def from_json(kind: type[Value], data: object) -> Value:
    """The value of dataclass `kind` that `to_json` gave as `data`.

    Raises DecodeError with the place when the form is wrong, ValueError when a value is out of its bounds.
    """
    value: Value = _decode(kind, data, kind.__name__)
    return value


def input_hash(values: object) -> str:
    """SHA-256, in hexadecimal, of the RFC 8785 canonical JSON of the inputs of a run."""
    return hashlib.sha256(rfc8785.dumps(to_json(values))).hexdigest()


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


@cache
def _optional(kind: type[Any]) -> frozenset[str]:
    absent = (MISSING, MISSING)
    return frozenset(item.name for item in fields(kind) if (item.default, item.default_factory) != absent)


def _decode(hint: Any, data: object, place: str) -> Any:
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return _decode_union(get_args(hint), data, place)
    if origin in {tuple, frozenset}:
        return _decode_many(origin, get_args(hint), data, place)
    value = _decode_record(hint, data, place) if is_dataclass(hint) else _decode_single(hint, data)
    if value is _MISMATCH:
        raise DecodeError(f"{place}: not a {getattr(hint, '__name__', hint)}")
    return value


def _decode_single(hint: Any, data: object) -> Any:  # noqa: PLR0911 - one line per kind of value reads best
    if hint is NoneType:
        return None if data is None else _MISMATCH
    if hint is NotDisclosed:
        return NOT_DISCLOSED if data == _UNDISCLOSED else _MISMATCH
    if hint in {bool, int}:
        # a truth value is an int to Python; only where no bool is asked for would that be wrong
        return data if type(data) is hint else _MISMATCH
    if not isinstance(data, str):
        return _MISMATCH
    if hint is str:
        return data
    try:
        return date.fromisoformat(data) if hint is date else hint(data)
    except (ValueError, ZeroDivisionError):
        return _MISMATCH


def _decode_union(hints: tuple[Any, ...], data: object, place: str) -> Any:
    for hint in hints:
        try:
            return _decode(hint, data, place)
        except DecodeError:
            continue
    names = ", ".join(str(getattr(hint, "__name__", hint)) for hint in hints)
    raise DecodeError(f"{place}: none of {names}")


def _decode_many(origin: Any, hints: tuple[Any, ...], data: object, place: str) -> Any:
    if not isinstance(data, list):
        raise DecodeError(f"{place}: not a list")
    if origin is tuple and hints[-1] is not Ellipsis:
        if len(data) != len(hints):
            raise DecodeError(f"{place}: not {len(hints)} values")
        return tuple(_decode(hints[i], item, f"{place}[{i}]") for i, item in enumerate(data))
    return origin(_decode(hints[0], item, f"{place}[{i}]") for i, item in enumerate(data))


def _plain(data: object, place: str) -> Plain:
    if isinstance(data, list):
        return tuple(_plain(item, place) for item in data)
    if data is None or isinstance(data, str | int):
        return data
    raise DecodeError(f"{place}: not plain data")


def _decode_record(kind: Any, data: object, place: str) -> Any:
    if not isinstance(data, dict):
        return _MISMATCH
    hints = _hints(kind)
    odd = sorted(map(str, data.keys() ^ hints.keys()))
    # What was stored before a field was thought of says nothing of it, as one who leaves it out today.
    if not _optional(kind).issuperset(odd):
        raise DecodeError(f"{place}: missing or unknown: {', '.join(odd)}")
    if kind is Shown:  # its value is free plain data, so there is no form to check
        return Shown(_decode(str, data["kind"], f"{place}.kind"), _plain(data.get("value"), f"{place}.value"))
    given = {name: hint for name, hint in hints.items() if name in data}
    return kind(**{name: _decode(hint, data[name], f"{place}.{name}") for name, hint in given.items()})

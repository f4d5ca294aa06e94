"""From the text of a framework file to a `Framework`, or to the list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import AssistanceType, FunctionalArea, Lens, LifeCycleStage, NodeKind, Technology
from assessments.frameworks.errors import ErrorList, Path
from assessments.frameworks.fields import Fields, shortened
from assessments.frameworks.rules import asked_by, read_rules
from assessments.frameworks.schema import (
    DEFAULT_WEIGHT,
    KEY_LENGTH,
    LABEL_LENGTH,
    LANGUAGE_LENGTH,
    MAX_INDICATORS,
    MAX_NODES,
    MAX_OPTIONS,
    MAX_SCALES,
    MAX_TREE_DEPTH,
    MAX_VALUE,
    MAX_WEIGHT,
    QUESTION_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    VERSION_LENGTH,
    WEIGHT_PLACES,
    Framework,
    Group,
    Indicator,
    Node,
    Option,
    Scale,
)
from assessments.frameworks.strict_yaml import Document, Plain, read_yaml
from assessments.frameworks.supplements import read_replacement, read_selections
from assessments.frameworks.translations import LANGUAGE_TAG, read_translations, take_in_translation

_LEAST_WEIGHT = Decimal("0.01")
_LEAST_OPTIONS = 2


Check = Callable[[Framework, ErrorList, bool], None]
"""Notes what else is wrong with a framework, even one of which parts are wrong; the flag tells whether it was read
whole, so that what seems to be missing is."""


def parse_framework(
    document: str | bytes, beside: Mapping[str, str | bytes] | None = None, check: Check | None = None
) -> Framework:
    """Read a framework file (see `schema` for the format), with the translations from files beside it by their names.

    Raises `FrameworkErrors` with every problem found, those of `check` among them, each with its line, path and a plain
    sentence.
    """
    source = read_yaml(document)
    for name, translation in (beside or {}).items():
        take_in_translation(source, name, translation)
    return framework_from(source, check)


def framework_from(source: Document, check: Check | None = None) -> Framework:
    """Read a framework from plain values, whatever file they come from; `source.lines` says where each path began.

    Numbers are texts, as in a YAML file. Raises `FrameworkErrors` with every problem found, those of `check` among
    them; the `steps` of each are its path.
    """
    errors = ErrorList(source.lines, source.files)
    framework = _Parser(errors).framework(source.value)
    if check is not None:
        check(framework, errors, source.is_whole)
    errors.raise_if_any()
    return framework


class _Parser:
    """Holds what the whole file must agree on: its scales, the keys and codes already given, the counts."""

    def __init__(self, errors: ErrorList) -> None:
        self._errors = errors
        self._scales: dict[str, Scale] = {}
        self._scales_are_sound = False
        self._default_scale = ""
        self._keys: dict[str, Path] = {}
        self._codes: dict[str, Path] = {}
        self._nodes = 0
        self._indicators = 0

    def framework(self, value: Plain) -> Framework:
        fields = Fields(value, (), self._errors)
        key = fields.take_key("key")
        version = fields.take_text("version", VERSION_LENGTH, required=True)
        title = fields.take_text("title", TITLE_LENGTH, required=True)
        notice = fields.take_text("notice", TEXT_LENGTH, lines=True)
        language = self._read_language(fields)
        scales = self._read_scales(fields)
        nodes = self._read_nodes(fields, depth=1)
        if not self._indicators and not self._errors.has_any_under("nodes"):
            self._errors.add(("nodes",), _("The framework holds no indicator."))
        framework = Framework(
            key=key,
            version=version,
            title=title,
            notice=notice,
            language=language,
            scales=scales,
            default_scale=self._default_scale,
            nodes=nodes,
        )
        framework = replace(
            framework, groups=read_selections(fields, framework), replaces=read_replacement(fields, framework)
        )
        framework = replace(framework, quality_rules=read_rules(fields, asked_by(framework)))
        translations = read_translations(fields.take("translations"), framework, self._errors)
        fields.finish()
        return replace(framework, translations=translations)

    def _read_language(self, fields: Fields) -> str:
        language = fields.take_text("language", LANGUAGE_LENGTH, required=True)
        if language and not LANGUAGE_TAG.fullmatch(language):
            self._errors.add(
                ("language",), _("“%(tag)s” is not a language tag, like en, fr or zh-Hans.") % {"tag": language}
            )
        return language

    # Scales

    def _read_scales(self, fields: Fields) -> tuple[Scale, ...]:
        items = fields.take_list("scales", MAX_SCALES)
        if not items:
            self._errors.add(("scales",), _("At least one scale is required."))
        scales = tuple(self._read_scale(item, ("scales", index)) for index, item in enumerate(items))
        for index, scale in enumerate(scales):
            if scale.key in self._scales:
                self._errors.add(("scales", index, "key"), _("Another scale has this key."))
            elif scale.key:
                self._scales[scale.key] = scale
        # With a scale that cannot be read, every reference to it would look wrong: the problem is told once, there.
        self._scales_are_sound = bool(scales) and not self._errors.has_any_under("scales")
        self._read_default_scale(fields, scales)
        return scales

    def _read_default_scale(self, fields: Fields, scales: tuple[Scale, ...]) -> None:
        path: Path = ("default_scale",)
        named = fields.take_text("default_scale", KEY_LENGTH)
        if named:
            self._check_scale(named, path)
        elif len(scales) > 1:
            self._errors.add(path, _("There are several scales: name the one that counts where none is named."))
        self._default_scale = named or (scales[0].key if len(scales) == 1 else "")

    def _read_scale(self, value: Plain, path: Path) -> Scale:
        fields = Fields(value, path, self._errors)
        key = fields.take_key("key")
        title = fields.take_text("title", LABEL_LENGTH) or key
        items = fields.take_list("options", MAX_OPTIONS)
        options = self._read_options(items, (*path, "options"))
        target = fields.take_text("target", KEY_LENGTH, required=True)
        if target and len(options) == len(items) and target not in {option.key for option in options}:
            self._errors.add((*path, "target"), _("The scale has no option “%(key)s”.") % {"key": shortened(target)})
        fields.finish()
        return Scale(key=key, title=title, options=options, target=target)

    def _read_options(self, items: list[Plain], path: Path) -> tuple[Option, ...]:
        """The options that could be read, lowest value first whatever the order of the file."""
        options: list[Option] = []
        if len(items) < _LEAST_OPTIONS:
            self._errors.add(path, _("A scale needs at least two options."))
        for index, item in enumerate(items):
            option = self._read_option(item, (*path, index))
            if option is None:
                continue
            if any(option.key == other.key for other in options):
                self._errors.add((*path, index, "key"), _("Another option has this key."))
            if any(option.value == other.value for other in options):
                self._errors.add((*path, index, "value"), _("Another option has this value."))
            options.append(option)
        return tuple(sorted(options, key=lambda option: option.value))

    def _read_option(self, value: Plain, path: Path) -> Option | None:
        fields = Fields(value, path, self._errors)
        key = fields.take_key("key")
        number = fields.take_whole_number("value", low=-MAX_VALUE, high=MAX_VALUE)
        label = fields.take_text("label", LABEL_LENGTH, required=True)
        meaning = fields.take_text("meaning", TEXT_LENGTH, lines=True)
        fields.finish()
        return None if not key or number is None else Option(key=key, value=number, label=label, meaning=meaning)

    def _check_scale(self, key: str, path: Path) -> Scale | None:
        scale = self._scales.get(key)
        if scale is None and self._scales_are_sound:
            self._errors.add(path, _("There is no scale “%(key)s”.") % {"key": shortened(key)})
        return scale

    # Nodes

    def _read_nodes(self, fields: Fields, *, depth: int) -> tuple[Node, ...]:
        path = (*fields.path, "nodes")
        items = fields.take_list("nodes", MAX_NODES)
        if items and depth > MAX_TREE_DEPTH:
            self._errors.add(path, _("Nodes are nested more than %(limit)d levels deep.") % {"limit": MAX_TREE_DEPTH})
            return ()
        nodes: list[Node] = []
        for index, item in enumerate(items):
            self._nodes += 1
            if self._nodes > MAX_NODES:
                if self._nodes == MAX_NODES + 1:
                    self._errors.add(path, _("There are more than %(limit)d nodes.") % {"limit": MAX_NODES})
                break
            node = self._read_node(item, (*path, index), depth)
            if node is not None:
                nodes.append(node)
        return tuple(nodes)

    def _read_node(self, value: Plain, path: Path, depth: int) -> Node | None:
        fields = Fields(value, path, self._errors)
        match fields.take_text("kind", LABEL_LENGTH):
            case NodeKind.INDICATOR:
                if depth == 1:
                    self._errors.add(path, _("An indicator must stand below a heading or an area."))
                return self._read_indicator(fields)
            case NodeKind.HEADING:
                return self._read_group(fields, NodeKind.HEADING, depth)
            case NodeKind.AREA:
                return self._read_group(fields, NodeKind.AREA, depth)
            case _:
                if isinstance(value, dict):
                    self._errors.add((*path, "kind"), _("The kind of a node must be one of: heading, area, indicator."))
                return None

    def _read_group(self, fields: Fields, kind: NodeKind, depth: int) -> Group:
        group = Group(
            kind=kind,
            key=self._read_node_key(fields),
            title=fields.take_text("title", TITLE_LENGTH, required=True),
            code=self._read_node_code(fields, required=kind == NodeKind.AREA),
            scope=fields.take_text("scope", TEXT_LENGTH, lines=True),
            guidance=fields.take_text("guidance", TEXT_LENGTH, lines=True),
            references=fields.take_texts("references"),
            functional_area=fields.take_choice("functional_area", FunctionalArea.values),
            nodes=self._read_nodes(fields, depth=depth + 1),
        )
        fields.finish()
        return group

    def _read_indicator(self, fields: Fields) -> Indicator:
        self._indicators += 1
        if self._indicators == MAX_INDICATORS + 1:
            self._errors.add(fields.path, _("There are more than %(limit)d indicators.") % {"limit": MAX_INDICATORS})
        scale = self._read_indicator_scale(fields)
        indicator = Indicator(
            key=self._read_node_key(fields),
            code=self._read_node_code(fields, required=True),
            question=fields.take_text("question", QUESTION_LENGTH, required=True),
            scale=scale.key if scale else "",
            target=self._read_target(fields, scale),
            levels=self._read_levels(fields, scale),
            guidance=fields.take_text("guidance", TEXT_LENGTH, lines=True),
            evidence=fields.take_texts("evidence"),
            references=fields.take_texts("references"),
            stage=fields.take_choice("stage", LifeCycleStage.values),
            lenses=fields.take_choices("lenses", Lens.values),
            technologies=fields.take_choices("technologies", Technology.values),
            assistance_types=fields.take_choices("assistance_types", AssistanceType.values),
            weight=self._read_weight(fields),
        )
        fields.finish()
        return indicator

    def _read_weight(self, fields: Fields) -> Decimal:
        weight = fields.take_number(
            "weight", low=_LEAST_WEIGHT, high=MAX_WEIGHT, places=WEIGHT_PLACES, default=DEFAULT_WEIGHT
        )
        return DEFAULT_WEIGHT if weight is None else weight

    def _read_indicator_scale(self, fields: Fields) -> Scale | None:
        named = fields.take_text("scale", KEY_LENGTH)
        if named:
            return self._check_scale(named, (*fields.path, "scale"))
        return self._scales.get(self._default_scale)

    def _read_target(self, fields: Fields, scale: Scale | None) -> str:
        target = fields.take_text("target", KEY_LENGTH)
        if scale is None or not self._scales_are_sound:
            return ""
        if target and scale.option(target) is None:
            self._errors.add(
                (*fields.path, "target"),
                _("The scale “%(scale)s” has no option “%(key)s”.") % {"scale": scale.key, "key": shortened(target)},
            )
        return target or scale.target

    def _read_levels(self, fields: Fields, scale: Scale | None) -> tuple[tuple[str, str], ...]:
        path = (*fields.path, "levels")
        texts = fields.take_text_map("levels", TEXT_LENGTH)
        if scale is None or not self._scales_are_sound:
            return ()
        for key in texts:
            if scale.option(key) is None:
                self._errors.add(
                    (*path, key),
                    _("The scale “%(scale)s” has no option “%(key)s”.") % {"scale": scale.key, "key": shortened(key)},
                )
        # Without texts of its own an indicator is rated by what the options of its scale mean.
        needed = [option for option in scale.options if option.key and (texts or not option.meaning)]
        for option in needed:
            if not texts.get(option.key):
                self._errors.add(path, _("The text for option “%(key)s” is missing.") % {"key": option.key})
        return tuple((option.key, texts[option.key]) for option in scale.options if texts.get(option.key))

    def _read_node_key(self, fields: Fields) -> str:
        key = fields.take_key("key")
        earlier = self._keys.setdefault(key, fields.path)
        if key and earlier != fields.path:
            message = _("The key “%(key)s” is already used %(place)s.")
            self._errors.add((*fields.path, "key"), message % {"key": key, "place": self._errors.place(earlier)})
        return key

    def _read_node_code(self, fields: Fields, *, required: bool) -> str:
        code = fields.take_code("code", required=required)
        earlier = self._codes.setdefault(code, fields.path)
        if code and earlier != fields.path:
            message = _("The code “%(code)s” is already used %(place)s.")
            self._errors.add((*fields.path, "code"), message % {"code": code, "place": self._errors.place(earlier)})
        return code

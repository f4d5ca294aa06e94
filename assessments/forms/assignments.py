"""Forms for saying who rates what, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.enums import AssignmentMode
from assessments.forms.assessments import day_input
from assessments.frameworks.tree import FrameworkTree, NodeView
from assessments.selectors.assignments import named_nodes
from wam_portal.accounts.models import Membership

if TYPE_CHECKING:
    _MemberChoice = forms.ModelChoiceField[Membership]
else:
    # Django's fields take no type arguments when they run.
    _MemberChoice = forms.ModelChoiceField


class MemberField(_MemberChoice):
    """Chooses a member by name and agency."""

    def label_from_instance(self, obj: Membership) -> str:
        """Write the name, with the agency where one is known."""
        return f"{obj.user.full_name} ({obj.agency})" if obj.agency else obj.user.full_name


@dataclass(frozen=True, slots=True)
class NodeChoice:
    """A section or an indicator to tick; a section has its indicators below it, open where one of them is ticked.

    `headings` are those above a section that did not stand above the one before.
    """

    value: str
    label: str
    code: str
    checked: bool
    children: tuple[NodeChoice, ...] = ()
    headings: tuple[NodeView, ...] = ()

    @property
    def open(self) -> bool:
        """Whether a single indicator below is ticked."""
        return any(child.checked for child in self.children)


class AssignmentForm(forms.Form):
    """Who rates what: several sections and indicators for one person."""

    mode = forms.ChoiceField(
        label=_("Task"),
        choices=AssignmentMode.choices,
        initial=AssignmentMode.FOR_STATE,
        help_text=_("Whoever rates independently sees neither the answer of your State nor other ratings."),
    )
    due_on = forms.DateField(label=_("Due on"), widget=day_input(), required=False)

    field_order = ("membership", "mode", "due_on", "nodes")

    def __init__(self, *args: Any, tree: FrameworkTree, contributors: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = tree
        self.fields["nodes"] = forms.MultipleChoiceField(
            label=_("Sections and indicators"),
            choices=list(named_nodes(tree).items()),
            error_messages={"required": _("Choose at least one section or indicator.")},
        )
        self.fields["membership"] = MemberField(
            label=_("Person"), queryset=contributors, empty_label=_("Choose a person")
        )
        self.order_fields(self.field_order)

    @property
    def node_choices(self) -> list[NodeChoice]:
        """The sections with their indicators, as they are ticked."""
        chosen = set(self["nodes"].value() or ())
        return [
            NodeChoice(
                section.key,
                section.node.title,
                section.node.code,
                section.key in chosen,
                tuple(
                    NodeChoice(item.key, item.question, item.code or item.key, item.key in chosen)
                    for item in section.indicators
                ),
                section.new_headings(before),
            )
            for section, before in zip(self.tree.sections, [None, *self.tree.sections], strict=False)
        ]


class DueDateForm(forms.Form):
    """Until when somebody rates."""

    due_on = forms.DateField(
        label=_("Due on"), widget=day_input(), required=False, help_text=_("Leave it empty for no date.")
    )

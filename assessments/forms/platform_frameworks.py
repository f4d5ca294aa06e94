"""Uploading a framework file with its translations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from assessments.frameworks.strict_yaml import MAX_BYTES
from wam_portal.workbooks import UnreadableWorkbook, is_workbook

MAX_TRANSLATIONS = 12
SIGNATURE = 8


class SeveralFilesInput(forms.ClearableFileInput):
    """A file field that takes several files at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file by the rules of one."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MAX_TRANSLATIONS:
            raise forms.ValidationError(_("These are more files than there are languages."))
        return [super(SeveralFilesField, self).clean(one, initial) for one in files]


class FrameworkUploadForm(forms.Form):
    """A framework file, and translations that lie in files of their own."""

    file = forms.FileField(
        label=_("Framework file"),
        help_text=_("YAML, or an Excel workbook (.xlsx); at most 4 MB."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.xlsx"}),
        error_messages={"required": _("Choose a file.")},
    )
    translations = SeveralFilesField(
        label=_("Translations in files of their own"),
        help_text=_("Named after their language, like framework.fr.yaml. Leave empty where the file holds them."),
        required=False,
        widget=SeveralFilesInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is named like a workbook and is none: as YAML every line of it would be wrong."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if str(file.name).lower().endswith((".xlsx", ".xlsm", ".xls")):
            begins_like_one = is_workbook(file.read(SIGNATURE))
            file.seek(0)
            if not begins_like_one:
                raise forms.ValidationError(UnreadableWorkbook("type").message)
        return file

    @property
    def document(self) -> bytes:
        """The framework file: one byte more than allowed is enough to see that it is too large."""
        return _read(self.cleaned_data["file"])

    @property
    def beside(self) -> dict[str, bytes]:
        """The translations by file name."""
        return {str(one.name): _read(one) for one in self.cleaned_data["translations"]}


def _read(upload: UploadedFile[Any]) -> bytes:
    content: bytes = upload.read(MAX_BYTES + 1)
    return content

"""Why a match was declined, in one of a few kinds; what was declined before counts as for another reason."""

from django.db import migrations, models

KINDS = [
    ("budget", "No budget is left for it"),
    ("priorities", "It lies outside our priorities"),
    ("timing", "The time does not suit"),
    ("conditions", "A condition cannot be met"),
    ("duplicate", "Others do it already"),
    ("partner", "We would rather work with somebody else"),
    ("not_ready", "It is not ready yet"),
    ("other", "Another reason"),
]


def fill_in(apps, schema_editor):
    apps.get_model("cooperation", "Match").objects.filter(status="declined").update(decline_kind="other")


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0012_workbook_uploads")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="decline_kind",
            field=models.CharField(blank=True, choices=KINDS, default="", max_length=12, verbose_name="kind of reason"),
            preserve_default=False,
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]

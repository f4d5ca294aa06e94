from django.db import migrations

from wam_portal.append_only import append_only


class Migration(migrations.Migration):
    """What a framework asks never changes in place: a draft is replaced whole, a published version stands."""

    dependencies = [("assessments", "0002_append_only")]

    operations = [
        append_only(
            "assessments_frameworkversion",
            "uuid",
            "framework_id",
            "version",
            "title",
            "notice",
            "language",
            "content_hash",
        ),
        append_only("assessments_scale"),
        append_only("assessments_scaleoption"),
        append_only("assessments_node"),
    ]

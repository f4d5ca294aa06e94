from django.db import migrations

from wam_portal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        append_only("assessments_assessmentversion"),
        append_only("assessments_answerrevision"),
        append_only("assessments_requestversion"),
        append_only("assessments_release"),
        append_only(
            "assessments_grant",
            "uuid",
            "release_id",
            "recipient_kind",
            "recipient_id",
            "level",
            "keys",
            "purpose",
            "granted_by_id",
            "granted_at",
            "expires_at",
        ),
    ]

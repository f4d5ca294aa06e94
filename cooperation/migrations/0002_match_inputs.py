"""What a stored match needs in order to be listed and recomputed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cooperation", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="matchrun",
            name="declined",
            field=models.JSONField(default=list, verbose_name="earlier refusals that counted"),
        ),
        migrations.AddField(
            model_name="match",
            name="input_hash",
            field=models.CharField(default="", max_length=64, verbose_name="input hash"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="match",
            name="request",
            field=models.JSONField(default=dict, verbose_name="request as matched"),
            preserve_default=False,
        ),
    ]

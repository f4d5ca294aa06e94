from django.db import migrations, models

from wam_portal.append_only import append_only, not_append_only

# What was dismissed and why stands for good; only that it was undone, or ended by an upgrade, is added.
KEPT = (
    'assessments_findingdismissal',
    'assessment_id',
    'rule',
    'subject',
    'fingerprint',
    'reason',
    'dismissed_by_id',
    'dismissed_at',
)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0016_words_of_open_items'),
    ]

    operations = [
        not_append_only(*KEPT),
        migrations.AddField(
            model_name='findingdismissal',
            name='lapsed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='no longer held after an upgrade'),
        ),
        append_only(*KEPT),
        migrations.AddField(
            model_name='gap',
            name='dismissal_lapsed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='dismissal no longer held after an upgrade'),
        ),
    ]

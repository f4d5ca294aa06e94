import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from wam_portal.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0012_evidence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('body', models.TextField(max_length=4000, verbose_name='comment')),
                ('created_at', models.DateTimeField(verbose_name='written')),
                ('resolved_at', models.DateTimeField(null=True, verbose_name='resolved')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='assessments.assessment', verbose_name='assessment')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.node', verbose_name='indicator')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='assessments.comment', verbose_name='reply to')),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='resolved by')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ('created_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(max_length=500, verbose_name='note')),
                ('flagged_at', models.DateTimeField(verbose_name='flagged')),
                ('cleared_at', models.DateTimeField(null=True, verbose_name='taken down')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='assessments.assessment', verbose_name='assessment')),
                ('cleared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken down by')),
                ('flagged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='flagged by')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.node', verbose_name='indicator')),
            ],
            options={
                'verbose_name': 'flag',
                'verbose_name_plural': 'flags',
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done_at', models.DateTimeField(null=True, verbose_name='read')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='assessments.comment', verbose_name='comment')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'mention',
                'verbose_name_plural': 'mentions',
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('seen_at', models.DateTimeField(verbose_name='seen')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.assessment', verbose_name='assessment')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.node', verbose_name='section')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'presence',
                'verbose_name_plural': 'presences',
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('answer_version', models.PositiveIntegerField(verbose_name='version of the answer')),
                ('reason', models.TextField(max_length=2000, verbose_name='reason')),
                ('ratings', models.JSONField(verbose_name='ratings')),
                ('reconciled_at', models.DateTimeField(verbose_name='reconciled')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reconciliations', to='assessments.assessment', verbose_name='assessment')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.node', verbose_name='indicator')),
                ('reconciled_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reconciled by')),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
                'ordering': ('assessment', 'indicator', '-number'),
            },
        ),
        migrations.AddField(
            model_name='independentrating',
            name='reconciliation',
            field=models.ForeignKey(blank=True, help_text='The last one that took this rating into account; none after the rater changed it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settled', to='assessments.reconciliation', verbose_name='reconciliation'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['assessment', 'indicator', 'created_at'], name='comment_by_indicator'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='comment_says_something', violation_error_message='Write a comment first.'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), ('resolved_at__isnull', True), _connector='OR'), name='comment_reply_is_not_resolved', violation_error_message='Only a whole thread is resolved.'),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('assessment', 'indicator'), name='flag_once_an_indicator', violation_error_message='This indicator is flagged already.'),
        ),
        migrations.AddConstraint(
            model_name='flag',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='flag_has_note', violation_error_message='Say why you flag this.'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('comment', 'user'), name='mention_once_a_comment'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('assessment', 'section', 'user'), name='presence_once'),
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.UniqueConstraint(fields=('assessment', 'indicator', 'number'), name='reconciliation_once'),
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reconciliation_has_reason', violation_error_message='Say why you chose this.'),
        ),
        # The indicator is left out: an upgrade of the framework moves what hangs on it to the one that replaces it.
        append_only(
            "assessments_reconciliation",
            "assessment_id",
            "number",
            "answer_version",
            "reason",
            "ratings",
            "reconciled_by_id",
            "reconciled_at",
        ),
        append_only(
            "assessments_comment",
            "uuid",
            "assessment_id",
            "parent_id",
            "author_id",
            "body",
            "created_at",
        ),
    ]

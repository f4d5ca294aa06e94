import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was a section given to a contributor is now any task; every row stays, as an answer for the State."""

    dependencies = [("accounts", "0001_initial"), ("assessments", "0003_frameworks_append_only")]

    operations = [
        migrations.RemoveConstraint(model_name="sectionassignment", name="section_assignment_once"),
        migrations.RenameModel(old_name="SectionAssignment", new_name="Assignment"),
        migrations.RenameField(model_name="assignment", old_name="section", new_name="node"),
        migrations.CreateModel(
            name='IndependentRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('rating', models.CharField(choices=[('rated', 'Rated'), ('not_applicable', 'Not applicable'), ('unknown', 'Unknown'), ('not_rated', 'Not rated (outside the agreed scope)')], max_length=14, verbose_name='rating')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('narrative', models.TextField(blank=True, max_length=8000, verbose_name='narrative')),
                ('basis', models.CharField(choices=[('law', 'Law'), ('document', 'Document'), ('observation', 'Observation'), ('testimony', 'Testimony'), ('none', 'None')], default='none', max_length=12, verbose_name='basis')),
                ('confidence', models.CharField(blank=True, choices=[('high', 'High'), ('medium', 'Medium'), ('low', 'Low')], max_length=6, verbose_name='confidence')),
                ('updated_at', models.DateTimeField(verbose_name='saved')),
            ],
            options={
                'verbose_name': 'independent rating',
                'verbose_name_plural': 'independent ratings',
            },
        ),
        migrations.AlterModelOptions(
            name='assignment',
            options={'verbose_name': 'assignment', 'verbose_name_plural': 'assignments'},
        ),
        migrations.AddField(
            model_name='assignment',
            name='mode',
            field=models.CharField(choices=[('for_state', 'Answers for the State'), ('independent', 'Rates independently')], default='for_state', max_length=12, verbose_name='task'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='version',
            field=models.PositiveIntegerField(default=1, verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='accounts.membership', verbose_name='person'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='node',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.node', verbose_name='section or indicator'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('assessment', 'node', 'membership'), name='assignment_once', violation_error_message='This person already rates this.'),
        ),
        migrations.AddField(
            model_name='independentrating',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='independent_ratings', to='assessments.assessment', verbose_name='assessment'),
        ),
        migrations.AddField(
            model_name='independentrating',
            name='indicator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.node', verbose_name='indicator'),
        ),
        migrations.AddField(
            model_name='independentrating',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='independent_ratings', to='accounts.membership', verbose_name='rater'),
        ),
        migrations.AddField(
            model_name='independentrating',
            name='option',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.scaleoption', verbose_name='level'),
        ),
        migrations.AddConstraint(
            model_name='independentrating',
            constraint=models.UniqueConstraint(fields=('assessment', 'indicator', 'membership'), name='independent_rating_once_a_rater'),
        ),
        migrations.AddConstraint(
            model_name='independentrating',
            constraint=models.CheckConstraint(condition=models.Q(('rating__in', ('rated', 'not_applicable', 'unknown'))), name='independent_rating_is_a_view', violation_error_message='Choose a level, or say why there is none.'),
        ),
        migrations.AddConstraint(
            model_name='independentrating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('option__isnull', False), ('rating', 'rated')), models.Q(models.Q(('rating', 'rated'), _negated=True), ('option__isnull', True)), _connector='OR'), name='independent_rating_level_when_rated', violation_error_message='Choose a level, or say why there is none.'),
        ),
        migrations.AddConstraint(
            model_name='independentrating',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rating', 'not_applicable'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='independent_rating_na_has_reason', violation_error_message='Say why this does not apply to your State.'),
        ),
        migrations.AddConstraint(
            model_name='independentrating',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='independent_rating_from_one'),
        ),
    ]
